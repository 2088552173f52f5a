"""Code that runs inside the sandbox, under the *adopted repository's* interpreter.

Only the standard library and that environment's own pytest and coverage may be imported here, and
nothing of Journeyman: the folder is mounted read-only and started as a script. Python 3.9+.
"""
