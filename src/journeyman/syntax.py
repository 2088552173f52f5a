"""Python source as a syntax tree, from any thread.

CPython up to 3.12 counts the depth of a tree under construction in one place for all threads, so
that two parsing at once can fail with a `SystemError` for no fault of the source (gh-106905).
"""

from __future__ import annotations

import ast
import threading
import warnings

_ONE_AT_A_TIME = threading.Lock()


def parse(source: str | bytes) -> ast.Module:
    """Return the syntax tree of a module; what its text is warned of is not shown.

    Raises what `ast.parse` does: `SyntaxError`, `ValueError`, `RecursionError`, `MemoryError`.
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)
