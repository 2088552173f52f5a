"""A virtual environment shown where it does not lie, on a machine that cannot mount.

Environments are built as lying at ``/env``, for a tree at ``/repo``; link files, scripts and
finders say so. A view is a folder of links to one, except for those few files, which are copied
with other paths in them. `settle` does the opposite to an environment just built in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_MOST_BYTES = 1 << 20


def show(environment: Path, at: Path, places: Mapping[str, str]) -> None:
    """Make at `at` a view of `environment`, its paths as `places` maps them."""
    at.mkdir(parents=True, exist_ok=True)
    special = set(_texts_with_paths(environment))
    opened = {environment, *(folder for path in special for folder in path.parents)}
    _link(environment, at, special, opened, places)


def settle(environment: Path, places: Mapping[str, str]) -> None:
    """Rewrite the paths in an environment in place."""
    for path in list(_texts_with_paths(environment)):
        text = path.read_text("utf-8", "surrogateescape")
        other = translate(text, places)
        if other != text:
            path.write_text(other, "utf-8", "surrogateescape")


def translate(text: str, places: Mapping[str, str]) -> str:
    """Return `text` with every path below a key of `places` moved to below its value."""
    if not places:
        return text
    longest_first = sorted(places, key=len, reverse=True)
    names = "|".join(map(re.escape, longest_first))
    found = re.compile(rf"(?<![\w./-])(?:(file://))?({names})(?![\w.-])")
    return found.sub(lambda hit: (hit[1] or "") + places[hit[2]], text)


def _link(
    source: Path, target: Path, special: set[Path], opened: set[Path], places: Mapping[str, str]
) -> None:
    for entry in source.iterdir():
        place = target / entry.name
        if entry in special:
            text = entry.read_text("utf-8", "surrogateescape")
            place.write_text(translate(text, places), "utf-8", "surrogateescape")
            place.chmod(entry.stat().st_mode & 0o777)
        elif entry.is_symlink() and len(entry.readlink().parts) == 1:
            place.symlink_to(entry.readlink())
        elif entry in opened:
            place.mkdir()
            _link(entry, place, special, opened, places)
        else:
            place.symlink_to(entry)


def _texts_with_paths(environment: Path) -> Iterator[Path]:
    """Yield the files of an environment that say where it and the tree lie."""
    candidates = [environment / "pyvenv.cfg", *(environment / "bin").glob("*")]
    for packages in (environment / "lib").glob("python*/site-packages"):
        for pattern in ("*.pth", "*.egg-link", "*.py", "*.dist-info/direct_url.json"):
            candidates += packages.glob(pattern)
    for path in candidates:
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= _MOST_BYTES:
            with path.open("rb") as file:
                if b"\0" not in file.read(4096):
                    yield path
