"""A repository's wiki, search and graph as pages: served on this machine, or written to disk.

Pages are made on the way out, from data: nothing of a repository is code here, and nothing that is
shown comes from anywhere else. `serve.serve` and `export.export` are what there is to call.
"""
