"""What the readers of import statements share."""

from __future__ import annotations

import re
from collections.abc import Iterator

Named = tuple[str, str, str]
"""A module, what of it, and what it is called here."""

QUOTED = re.compile(r"""["'`]([^"'`\n]*)["'`]""")
SLASHES = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
"""Comments of most languages."""


def aliased(listed: str, word: str = " as ") -> Iterator[tuple[str, str]]:
    """Yield each name of a list with its alias, empty where it has none."""
    for part in listed.split(","):
        name, _, alias = " ".join(part.split()).partition(word)
        if name.strip():
            yield name.strip(), alias.strip()
