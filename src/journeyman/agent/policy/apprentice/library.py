"""Makes the shipped n-gram table out of the running Python's standard library.

    python -m journeyman.agent.policy.apprentice.library

The library is under the Python Software Foundation licence; what is kept of it are counts of hashed
token sequences seen at least twice. The same Python gives the same table.
"""

from __future__ import annotations

import sysconfig
from pathlib import Path

from journeyman.agent.policy.apprentice.features.language import TABLE
from journeyman.understanding.ngrams import NgramTable, save_table

_LEFT_OUT = frozenset({"test", "tests", "site-packages", "idlelib", "lib2to3", "__pycache__"})
_BITS = 19
_LEAST = 3


def library_files() -> list[Path]:
    """Return the standard library's own modules, tests left out, in a fixed order."""
    root = Path(sysconfig.get_paths()["stdlib"])
    return sorted(
        path for path in root.rglob("*.py") if _LEFT_OUT.isdisjoint(path.relative_to(root).parts)
    )


def build_library_table() -> NgramTable:
    """Return the counts over all of the standard library; takes some ten seconds."""
    table = NgramTable(_BITS)
    for path in library_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        if len(text) < 500_000:
            table.add(text)
    return table


if __name__ == "__main__":
    save_table(build_library_table(), TABLE, _LEAST)
