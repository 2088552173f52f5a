"""A file cut into the regions that a search finds: functions, and what lies between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from journeyman.understanding.parsing.parsed import Symbol

LONGEST, BETWEEN = 70, 40
"""Lines of a function, and of what lies between functions, that stay in one piece."""

_LEADS = ("@", "#", "//", "/*", "*")
"""What lines above a definition begin with that belong to it."""

_FUNCTIONS = ("function", "method")


class Chunk(NamedTuple):
    """Lines `first` to `last` (from 1, inclusive); `symbol` is the index of what they are part of:
    the outermost function, else the innermost class around them, else -1."""

    first: int
    last: int
    symbol: int


def chunks_of(symbols: Sequence[Symbol], lines: Sequence[str]) -> list[Chunk]:
    """Cut a file of `lines` into pieces; together they are all lines but blank ends."""
    owners = _owners(symbols, lines)
    found: list[Chunk] = []
    start = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or owners[number] != owners[start]:
            symbol = owners[start]
            whole = symbol >= 0 and symbols[symbol].kind in _FUNCTIONS
            found += _cut(start, number, symbol, LONGEST if whole else BETWEEN, lines)
            start = number
    return found


def _owners(symbols: Sequence[Symbol], lines: Sequence[str]) -> list[int]:
    owners = [-1] * len(lines)
    inside = 0
    for index, symbol in enumerate(symbols):
        if symbol.kind in ("constant", "field", "type") or symbol.first <= inside:
            continue  # `inside` is the last line of a function: what it contains is part of it
        first = symbol.first
        if symbol.kind in _FUNCTIONS:
            inside = symbol.last
            while first > 1 and lines[first - 2].lstrip().startswith(_LEADS):
                first -= 1
        for number in range(first - 1, min(symbol.last, len(lines))):
            owners[number] = index
    return owners


def _cut(start: int, end: int, symbol: int, longest: int, lines: Sequence[str]) -> Iterator[Chunk]:
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    pieces = -(-(end - start) // longest)
    for piece in range(pieces):
        first = start + (end - start) * piece // pieces
        last = start + (end - start) * (piece + 1) // pieces
        yield Chunk(first + 1, last, symbol)
