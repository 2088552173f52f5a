"""Which definition each call means, as a language server says: exact for one state of the files.

Names are always there and never stale; what a server said is true for the files it saw. So it is
kept with the state that it is of, and not used for any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from journeyman.progress import Progress
from journeyman.records import digest
from journeyman.understanding.index.store import IndexStore
from journeyman.understanding.precise import Coverage, Found, Site, resolve

_STATE = "settled for"
_TABLE = """CREATE TABLE IF NOT EXISTS settled (
    use INTEGER PRIMARY KEY, path TEXT NOT NULL, ordinal INTEGER NOT NULL)"""


def settle(
    store: IndexStore,
    root: Path,
    progress: Progress | None = None,
    *,
    language: str = "python",
    server: Found | None = None,
) -> Coverage:
    """Ask a language server about every call in the files under `root`, and keep what it says.

    Raises:
        LanguageServerError: There is no server, or it cannot be started.
    """
    rows = store.query(
        "SELECT reference.rowid, path, line, name FROM reference JOIN file ON file = serial"
        " WHERE language = ? AND kind = 'call' ORDER BY path, line, reference.rowid",
        (language,),
    )
    sites: dict[str, dict[Site, list[int]]] = {}
    for path, uses in _by_path(rows):
        try:
            lines = (root / path).read_text("utf-8", "replace").split("\n")
        except OSError:
            continue
        sites[path] = _sites(uses, lines)
    asked = {path: list(each) for path, each in sites.items()}
    said = resolve(root, language, asked, server, progress)
    starts = {
        (str(path), int(str(first))): int(str(ordinal))
        for path, first, ordinal in store.query(
            "SELECT path, first, ordinal FROM symbol JOIN file ON file = serial"
            " ORDER BY ordinal DESC"
        )
    }
    with store.step():
        store.run(_TABLE)
        store.run("DELETE FROM settled")
        for path, targets in said.targets.items():
            for site, found in targets.items():
                meant = _meant([(one.path, one.line) for one in found], starts)
                if meant is not None:
                    for use in sites[path][site]:
                        store.run("INSERT INTO settled VALUES (?, ?, ?)", (use, *meant))
        store.put(_STATE, state_of(store))
    return said.coverage


def settled(store: IndexStore) -> dict[int, tuple[str, int]]:
    """Return use to the definition it means (path and ordinal; an empty path is outside).

    Nothing where no server was asked about the files as they are now.
    """
    if store.get(_STATE) != state_of(store):
        return {}
    rows = store.query("SELECT use, path, ordinal FROM settled")
    return {int(str(use)): (str(path), int(str(ordinal))) for use, path, ordinal in rows}


def state_of(store: IndexStore) -> str:
    """Return what names the files as they are held now."""
    return digest(sorted(store.serials().items()))


def _by_path(
    rows: list[tuple[object, ...]],
) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    held: dict[str, list[tuple[int, int, str]]] = {}
    for use, path, line, name in rows:
        held.setdefault(str(path), []).append((int(str(use)), int(str(line)), str(name)))
    yield from held.items()


def _sites(uses: list[tuple[int, int, str]], lines: list[str]) -> dict[Site, list[int]]:
    """Return where on its line each use stands: the same name twice stands at two places."""
    found: dict[Site, list[int]] = {}
    for use, line, name in uses:
        text = lines[line - 1] if line <= len(lines) else ""
        places = [one.start() for one in re.finditer(rf"\b{re.escape(name)}\b(?=\s*\()", text)]
        places = places or [one.start() for one in re.finditer(rf"\b{re.escape(name)}\b", text)]
        free = [place for place in places if Site(line, place, name) not in found]
        if places:
            found.setdefault(Site(line, (free or places)[0], name), []).append(use)
    return found


def _meant(
    places: list[tuple[str | None, int]], starts: dict[tuple[str, int], int]
) -> tuple[str, int] | None:
    """Return the one definition that a server's answers lead to, or `None` where they do not."""
    inside = [(path, line) for path, line in places if path is not None]
    if places and not inside:
        return "", -1
    known = {(path, starts[path, line]) for path, line in inside if (path, line) in starts}
    return known.pop() if len(known) == 1 else None
