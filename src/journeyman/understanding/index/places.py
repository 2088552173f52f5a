"""Where files are read from: a commit, or a folder as it lies there. Nothing in them is run.

A file's version is the name that Git gives its content, so a file that is committed as it lay there
is not read again.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from journeyman.errors import SourceError
from journeyman.repository.git import MISSING, Git, GitError, run_git
from journeyman.understanding.index.categories import LARGEST

SKIPPED_FOLDERS = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".journeyman"})

Stat = tuple[int, int, int]
"""Modification time in nanoseconds, size in bytes, inode."""


class Place(Protocol):
    """A state of a repository; can be sent to another process."""

    def files(self) -> dict[str, str]:
        """Return path to version of every file; links and submodules are none."""
        ...

    def read(self, files: Sequence[tuple[str, str]]) -> Iterator[bytes]:
        """Yield the bytes of files given by path and version, at most `LARGEST` + 1 of each."""
        ...


@dataclass(frozen=True)
class AtCommit:
    """The files of a commit; in a partial clone, those whose content is there."""

    git: Git
    commit: str

    def files(self) -> dict[str, str]:
        """See `Place.files`."""
        return {
            shown(entry.path): entry.object
            for entry in self.git.entries(self.commit)
            if entry.mode.startswith("100") and entry.size != MISSING
        }

    def read(self, files: Sequence[tuple[str, str]]) -> Iterator[bytes]:
        """See `Place.read`."""
        for text in self.git.objects([version for _, version in files]):
            yield text[: LARGEST + 1]


@dataclass
class InFolder:
    """The files of a folder as they are now: those Git knows or does not ignore, else all.

    Args:
        known: Path to what a file looked like when it was read last, and its version then; a file
            that looks the same is not read.
    """

    root: Path
    known: Mapping[str, tuple[Stat, str]] = field(default_factory=dict)
    looks: dict[str, Stat] = field(default_factory=dict)
    """What each file looks like; filled by `files`."""

    def files(self) -> dict[str, str]:
        """See `Place.files`."""
        found: dict[str, str] = {}
        for name in self._names():
            place = b"/".join((os.fsencode(self.root), name))
            try:
                state = os.lstat(place)
                if not stat.S_ISREG(state.st_mode):
                    continue
                look = (state.st_mtime_ns, state.st_size, state.st_ino)
                path = shown(name)
                seen = self.known.get(path)
                found[path] = seen[1] if seen and seen[0] == look else _version(place)
                self.looks[path] = look
            except OSError:
                continue  # it has gone meanwhile, or may not be read
        return found

    def read(self, files: Sequence[tuple[str, str]]) -> Iterator[bytes]:
        """See `Place.read`; a file that has gone meanwhile is empty."""
        names = None
        for path, _ in files:
            place = self.root / path
            if "\\" in path and not place.exists():
                names = names or {shown(name): name for name in self._names()}
                place = self.root / os.fsdecode(names[path])
            try:
                with place.open("rb") as file:
                    yield file.read(LARGEST + 1)
            except OSError:
                yield b""

    def _names(self) -> list[bytes]:
        """Return every file's path, whatever it is called."""
        try:
            listing = run_git(
                [
                    *("-C", str(self.root), "ls-files", "-z", "--cached", "--others"),
                    *("--exclude-standard", "--deduplicate"),
                ]
            )
        except GitError:
            return sorted(self._walk())
        names = listing.split(b"\0")[:-1]
        skipped = {os.fsencode(name) for name in SKIPPED_FOLDERS}
        return [name for name in names if not skipped & set(name.split(b"/")[:-1])]

    def _walk(self) -> Iterator[bytes]:
        root = os.fsencode(self.root)
        for folder, folders, names in os.walk(root):
            folders[:] = [name for name in folders if os.fsdecode(name) not in SKIPPED_FOLDERS]
            for name in names:
                yield b"/".join((folder, name))[len(root) + 1 :]


def shown(name: bytes) -> str:
    """Return a path as text; bytes that are no UTF-8 are shown as such (``caf\\xe9.py``)."""
    return name.decode("utf-8", "backslashreplace")


def _version(place: bytes) -> str:
    """Return the name that Git would give a file's content."""
    with open(place, "rb") as file:  # noqa: PTH123 - the name may be no text
        size = os.fstat(file.fileno()).st_size
        digest = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()


def place_of(source: str) -> tuple[Place, Git | None]:
    """Return where the files of a local repository or folder lie, and its history if it has one.

    Raises:
        SourceError: There is no such folder.
    """
    root = Path(source).expanduser()
    if not root.is_dir():
        raise SourceError(
            f"{source}: there is no such folder.",
            "Give the path of a repository on this machine; others are fetched by"
            " journeyman adopt.",
        )
    bare = (root / "HEAD").is_file() and (root / "objects").is_dir()
    if bare:
        git = Git(root)
        head = git.resolve("HEAD")
        if head is None:
            raise SourceError(f"{source}: there is no commit in it.", "Commit something first.")
        return AtCommit(git, head), git
    try:
        found = run_git(["-C", str(root), "rev-parse", "--absolute-git-dir"]).decode().strip()
    except GitError:
        return InFolder(root), None
    history = Git(Path(found))
    return InFolder(root), history if history.resolve("HEAD") else None
