"""Small matters of language that several makers of sentences share."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LINKISH = re.compile(r"\](?=\()")


def plain(text: str, most: int = 160) -> str:
    """Return somebody's text as data: one line, no backquotes, nothing that reads as a link."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    line = _LINKISH.sub("] ", line.replace("`", "'").replace("“", '"').replace("”", '"'))
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def count(number: int, one: str, many: str = "") -> str:
    """Return ``1 file``, ``1,234 files``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def named(title: str) -> str:
    """Return what a concept or a repository is called, set off from the sentence around it."""
    return f"‘{plain(title)}’"


def code(name: str) -> str:
    """Return a name of code in backquotes."""
    return f"`{name.replace('`', '')}`"
