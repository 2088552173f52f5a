"""Long runs of marks, which no program has and which take queries quadratic time."""

from __future__ import annotations

import re

_RUN = re.compile(rb"(?:[\[\](){}<>,;:.+\-*/%&|^!~?=@#\\\"'`$]\s*+){50,}+")
_LONG = 2000
_KEPT = 500


def without_runs(text: bytes) -> bytes:
    """Return the text with spaces in the middle of runs of thousands of brackets and other marks.

    tree-sitter looks from each child of an error node for the next one with a name; where 100,000
    brackets stand in one, that takes a minute. Lines stay where they are.
    """
    return _RUN.sub(_shortened, text)


def _shortened(found: re.Match[bytes]) -> bytes:
    run = found[0]
    if len(run) < _LONG:
        return run
    middle = re.sub(rb"\S", b" ", run[_KEPT:-_KEPT])
    return run[:_KEPT] + middle + run[-_KEPT:]
