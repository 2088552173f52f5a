"""Columns: characters on our side, the code units of the agreed encoding on the server's.

Python counts characters; the protocol counts UTF-16 code units unless both sides agree on UTF-8.
The three differ on every line with a character outside ASCII before the column, and UTF-16 differs
from characters only on those outside the basic plane, which is why that fault is rarely noticed.
"""

from __future__ import annotations

import io
from typing import Literal

Encoding = Literal["utf-8", "utf-16"]


def split_lines(text: str) -> list[str]:
    r"""Return the lines, ends included, split where the protocol does: ``\n``, ``\r\n``, ``\r``."""
    return list(io.StringIO(text, newline=""))


def to_units(line: str, column: int, encoding: Encoding) -> int:
    """Return how many code units of `encoding` lie before the character `column` (from 0)."""
    before = line[:column]
    if before.isascii():
        return len(before)
    if encoding == "utf-8":
        return len(before.encode())
    return len(before.encode("utf-16-le")) // 2


def to_column(line: str, units: int, encoding: Encoding) -> int:
    """Return the character (from 0) that begins after `units` code units.

    Rounds down inside a character; what lies beyond the end of the line is its end.
    """
    if line.isascii():
        return min(units, len(line))
    if encoding == "utf-8":
        return len(line.encode()[:units].decode("utf-8", "ignore"))
    return len(line.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))
