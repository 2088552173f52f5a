"""A commit laid out as files: the base that sandboxes put their own layer over.

There is no `.git` in it (a repository holds the answer to its own past bugs), every file has the
same time stamp, and no link leads out of it. By convention nobody writes into it: sandboxes mount
it read-only. The write bits stay, because a copy-on-write layer shows them to the code under test,
which may create files.
"""

from __future__ import annotations

import ast
import os
import stat
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from pydantic import Field

from journeyman.errors import SourceError
from journeyman.records import Record
from journeyman.repository.git import Entry, Git
from journeyman.repository.partial import partial

TIME_S = 946_684_800
"""The modification time of every file, so that equal trees are equal: 2000-01-01 UTC."""

MAX_BYTES = 4 << 30
MAX_LINK_HOPS = 40
MAX_PARSED_BYTES = 2 << 20

_LFS = b"version https://git-lfs.github.com/spec/"


class Contents(Record):
    """What a tree holds; kept beside it, so that opening one again costs nothing.

    `text` are the UTF-8 files, `other` the remaining ones, `unparsable` the Python files (among
    both) that this Python cannot parse, each with the reason.
    """

    commit: str
    text: tuple[str, ...]
    other: tuple[str, ...] = ()
    unparsable: dict[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tree:
    """The files of one commit below the directory `root`."""

    root: Path
    contents: Contents

    @property
    def commit(self) -> str:
        """The id of the commit."""
        return self.contents.commit

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know: links dropped, submodules left out, files not readable."""
        return self.contents.notes

    @cached_property
    def _real_root(self) -> Path:
        return self.root.resolve()

    def files(self) -> tuple[str, ...]:
        """Return the paths of the UTF-8 text files, sorted; symbolic links are not listed."""
        return self.contents.text

    def python_files(self) -> tuple[str, ...]:
        """Return the paths of the Python files that parse."""
        return tuple(
            path
            for path in self.contents.text
            if path.endswith(".py") and path not in self.contents.unparsable
        )

    def exists(self, path: str) -> bool:
        """Whether there is a file or directory at `path` inside the tree."""
        try:
            self._inside(path)
        except FileNotFoundError:
            return False
        return True

    def read(self, path: str) -> str:
        """Return the text of the file at `path`, with its line ends as they are.

        Raises `FileNotFoundError` where there is none inside the tree, links included, and
        `UnicodeDecodeError` where it is not UTF-8.
        """
        return self._inside(path).read_bytes().decode("utf-8")

    def _inside(self, path: str) -> Path:
        try:
            real = (self.root / path).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            raise FileNotFoundError(f"{path}: no such file in the tree") from None
        if not real.is_relative_to(self._real_root):
            raise FileNotFoundError(f"{path}: leads out of the tree")
        return real


def export(git: Git, commit: str, target: Path) -> Tree:
    """Lay out `commit` at the directory `target`, or open the one that is there.

    Raises `SourceError` for a tree that is too large to be one, `OSError` for a full disk.
    """
    description = target.with_name(target.name + ".json")
    if target.is_dir() and description.is_file():
        tree = Tree(target, Contents.model_validate_json(description.read_text("utf-8")))
        if tree.commit == commit:
            return tree
        raise SourceError(
            f"{target} holds commit {tree.commit}, not {commit}.", "Delete it and run again."
        )
    with partial(target) as work:
        contents = _write(git, commit, work)
        temporary = description.with_name(f"{description.name}.{os.getpid()}")
        temporary.write_text(contents.model_dump_json(indent=1), "utf-8")
        temporary.replace(description)
    return Tree(target, contents)


def _write(git: Git, commit: str, root: Path) -> Contents:
    notes: list[str] = []
    entries = [entry for entry in git.entries(commit) if _acceptable(entry, notes)]
    total = sum(entry.size for entry in entries)
    if total > MAX_BYTES:
        raise SourceError(
            f"Commit {commit[:12]} holds {total >> 20} MiB of files; {MAX_BYTES >> 20} MiB are "
            "the limit.",
            "Adopt a smaller repository, or a commit without the large files.",
        )
    links = [entry for entry in entries if entry.mode == "120000"]
    files = [entry for entry in entries if entry.mode in ("100644", "100755", "100664")]
    listing = _Listing(notes)
    for entry, content in zip(files, git.objects([e.object for e in files]), strict=True):
        if _put(root, entry, content, notes):
            listing.add(os.fsdecode(entry.path), content)
    for entry in entries:
        if entry.mode == "160000":
            name = os.fsdecode(entry.path)
            (root / name).mkdir(parents=True, exist_ok=True)
            notes.append(f"Submodule {name} is left out: its directory is empty.")
    targets = git.objects([entry.object for entry in links])
    _link(root, {os.fsdecode(e.path): t for e, t in zip(links, targets, strict=True)}, notes)
    _stamp(root)
    return listing.contents(commit)


def _acceptable(entry: Entry, notes: list[str]) -> bool:
    try:
        path = entry.path.decode("utf-8")
    except UnicodeDecodeError:
        notes.append(f"{entry.path!r} is left out: its name is not UTF-8.")
        return False
    parts = path.split("/")
    if any(part in ("", ".", "..") or part.lower() == ".git" for part in parts):
        notes.append(f"{path!r} is left out: no file of a repository may have such a name.")
        return False
    return True


def _put(root: Path, entry: Entry, content: bytes, notes: list[str]) -> bool:
    place = root / os.fsdecode(entry.path)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            file.write(content)
    except (FileExistsError, NotADirectoryError):
        notes.append(f"{entry.path.decode()} is left out: another file has the same place.")
        return False
    place.chmod(0o755 if entry.mode == "100755" else 0o644)
    return True


def _link(root: Path, links: dict[str, bytes], notes: list[str]) -> None:
    """Create the links, then drop those that do not end inside until none is left to drop."""
    made: dict[str, Path] = {}
    for name, target in links.items():
        place = root / name
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(os.fsdecode(target))
            made[name] = place
        except (OSError, ValueError):
            notes.append(f"Link {name} is left out: it cannot be made.")
    while bad := [name for name in made if not _ends_inside(root, name)]:
        for name in bad:
            made.pop(name).unlink()
            notes.append(f"Link {name} is left out: it leads out of the tree, round, or nowhere.")


def _ends_inside(root: Path, name: str) -> bool:
    """Walk as the kernel would with `root` as the ceiling: leaving it, even for a step, is out."""
    pending = list(reversed(PurePosixPath(name).parts))
    here: list[str] = []
    hops = 0
    while pending:
        part = pending.pop()
        if part == "..":
            if not here:
                return False
            here.pop()
            continue
        place = root.joinpath(*here, part)
        if place.is_symlink():
            target = PurePosixPath(place.readlink())
            hops += 1
            if target.is_absolute() or hops > MAX_LINK_HOPS:
                return False
            pending.extend(reversed(target.parts))
        elif place.exists():
            here.append(part)
        else:
            return False
    return True


class _Listing:
    """Sorts files into text and other, and collects what is worth a note."""

    def __init__(self, notes: list[str]) -> None:
        self.text: list[str] = []
        self.other: list[str] = []
        self.large: list[str] = []
        self.unparsable: dict[str, str] = {}
        self.notes = notes

    def add(self, path: str, content: bytes) -> None:
        if content.startswith(_LFS) and len(content) < 1024:
            self.large.append(path)
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            self.other.append(path)
            if path.endswith(".py"):
                self.unparsable[path] = "it is not UTF-8"
            return
        self.text.append(path)
        if path.endswith(".py") and (reason := _why_unparsable(text)):
            self.unparsable[path] = reason

    def contents(self, commit: str) -> Contents:
        notes = list(self.notes)
        if self.large:
            notes.append(f"Git LFS: only pointers, not contents: {_some(self.large)}.")
        if self.unparsable:
            named = [f"{path} ({reason})" for path, reason in sorted(self.unparsable.items())]
            notes.append(f"Python files left alone: {_some(named)}.")
        return Contents(
            commit=commit,
            text=tuple(sorted(self.text)),
            other=tuple(sorted(self.other)),
            unparsable=self.unparsable,
            notes=tuple(notes),
        )


def _why_unparsable(text: str) -> str:
    if len(text) > MAX_PARSED_BYTES:
        return "it is too large"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__
    return ""


def _some(names: Iterable[str], most: int = 5) -> str:
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _stamp(root: Path) -> None:
    for directory, directories, files in os.walk(root):
        for name in (*directories, *files):
            path = os.path.join(directory, name)  # noqa: PTH118 (thousands of times)
            os.utime(path, (TIME_S, TIME_S), follow_symlinks=False)
        if not stat.S_ISLNK(os.lstat(directory).st_mode):
            os.chmod(directory, 0o755)  # noqa: PTH101
    os.utime(root, (TIME_S, TIME_S))
