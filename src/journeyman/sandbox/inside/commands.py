"""The fork server for suites that are run by a command: no pytest is needed, or imported.

The same `server` with another runner in the place of `pytest_run`.
"""

from __future__ import annotations

import sys

import command_run

if __name__ == "__main__":
    sys.modules["pytest_run"] = command_run
    import server

    server.main()
