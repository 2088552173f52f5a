"""What installing left behind: files added to the tree, and copies of its code elsewhere.

Both are seen from outside the sandbox and written by the repository's own setup code, so links are
never followed, and what was in the tree before is taken from the tree.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from journeyman.repository.tree import TIME_S, Tree

_LEFT_BEHIND = {"__pycache__", "build", "dist", ".eggs", ".git", ".pytest_cache", ".venv"}
MIN_COPY_BYTES = 64
"""Shorter files (an empty `__init__.py`) are alike by chance."""


@dataclass(frozen=True)
class Copies:
    """Files of site-packages with the text of one of the repository's own."""

    own: tuple[Path, ...]
    foreign: tuple[Path, ...]


def collect_additions(tree: Tree, installed: Path, target: Path) -> tuple[str, ...]:
    """Copy to `target` what installing added to the tree at `installed`; return the paths.

    Left out are links, caches, build directories and copies of the tree's own code. Files that
    installing changed are not taken: the tree's text stands.
    """
    known = {_digest(tree.root / path) for path in tree.python_files()}
    added: list[str] = []
    for path in _files(installed):
        name = path.relative_to(installed).as_posix()
        place = tree.root / name
        if place.exists() or place.is_symlink() or _LEFT_BEHIND & set(name.split("/")):
            continue
        size = path.lstat().st_size
        if name.endswith(".py") and size >= MIN_COPY_BYTES and _digest(path) in known:
            continue
        copied = target / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copied, follow_symlinks=False)
        added.append(name)
    return tuple(sorted(added))


def lay_out(tree: Tree, additions: Path, target: Path) -> None:
    """Write to the directory `target` the tree and over it what installing added to it."""
    shutil.copytree(tree.root, target, symlinks=True, dirs_exist_ok=True)
    for path in _files(additions):
        place = target / path.relative_to(additions)
        if place.is_symlink() or place.exists():
            continue
        if any((target / parent).is_symlink() for parent in path.relative_to(additions).parents):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
        os.utime(place, (TIME_S, TIME_S))


def find_copies(tree: Tree, site_packages: Path) -> Copies:
    """Return what in `site_packages` repeats the code: the answer, once that is broken."""
    texts = {
        _digest(tree.root / path)
        for path in tree.python_files()
        if (tree.root / path).stat().st_size >= MIN_COPY_BYTES
    }
    own_records = _own_records(site_packages)
    own: list[Path] = []
    foreign: list[Path] = []
    for path in _files(site_packages):
        if path.suffix == ".py" and _digest(path) in texts:
            name = path.relative_to(site_packages).as_posix()
            (own if name in own_records else foreign).append(path)
    return Copies(tuple(own), tuple(foreign))


def redirect(copies: Copies, site_packages: Path, roots: list[str]) -> None:
    """Remove the repository's own installed copies and put `roots` on the path instead."""
    for path in copies.own:
        path.unlink()
        for cached in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
            cached.unlink()
    (site_packages / "journeyman.pth").write_text("".join(f"{root}\n" for root in roots), "utf-8")


def _own_records(site_packages: Path) -> set[str]:
    """Return the files that the distribution built from ``/repo`` says it installed."""
    names: set[str] = set()
    for information in site_packages.glob("*.dist-info"):
        direct, record = information / "direct_url.json", information / "RECORD"
        if any(path.is_symlink() or not path.is_file() for path in (direct, record)):
            continue
        try:
            url = json.loads(direct.read_text("utf-8")).get("url", "")
        except (ValueError, AttributeError):
            continue
        if url.rstrip("/") == "file:///repo":
            lines = record.read_text("utf-8", "replace").splitlines()
            names |= {line.rsplit(",", 2)[0].strip('"') for line in lines}
    return names


def _files(root: Path) -> Iterator[Path]:
    """Yield the regular files below `root`, links neither followed nor yielded."""
    for directory, directories, files in os.walk(root):
        directories.sort()
        for name in sorted(files):
            path = Path(directory, name)
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
