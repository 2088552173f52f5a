"""Git, spoken to through its command line and never trusted with a hostile repository's wishes.

Repositories we read are bare copies whose configuration we wrote. No hook, filter, file-system
monitor, pager, prompt or system-wide setting takes part, and files are read from objects
(`ls-tree`, `cat-file`), so that no attribute of the repository changes or hides a byte.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from journeyman.errors import SourceError
from journeyman.records import Record

TIMEOUT_S = 600.0

_KEPT = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_ASKPASS")
_SAFE = (
    *("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"),
    *("-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "safe.directory=*"),
)


class GitError(SourceError):
    """Git said no; `output` is what it said."""

    def __init__(self, message: str, cure: str = "", output: str = "") -> None:
        super().__init__(message, cure)
        self.output = output


class Change(Record):
    """A file that a commit touched; `old` is where a renamed file was before.

    Lines `added` and `removed`, `binary`, and the contents `before` and `after` (names of objects,
    empty where there is no file) are told by `repository.walk` alone.
    """

    status: Literal["A", "M", "D", "R", "C", "T"]
    path: str
    old: str | None = None
    added: int = 0
    removed: int = 0
    binary: bool = False
    before: str = ""
    after: str = ""


class Commit(Record):
    """A state of the repository: what was done, when (seconds since 1970, UTC) and to what.

    `changes` are against the only parent; a merge has none, the first commit adds all it has.
    """

    id: str
    parents: tuple[str, ...]
    date: int
    subject: str
    body: str
    changes: tuple[Change, ...] = ()


MISSING = -1
"""The size of a file whose content is not there, as in partial clones."""

_NO_SIZE = {"-": 0, "BAD": MISSING}


@dataclass(frozen=True)
class Entry:
    """One entry of a tree: `mode` as Git writes it (``100644``, ``120000``, ``160000`` …)."""

    mode: str
    object: str
    size: int
    path: bytes


@dataclass(frozen=True)
class Git:
    """A bare repository at `directory`; all methods raise `GitError`."""

    directory: Path

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Return what `git ARGUMENTS` prints."""
        return run_git(["--git-dir", str(self.directory), *arguments], stdin=stdin)

    def resolve(self, revision: str) -> str | None:
        """Return the id of the commit that `revision` names, or `None`."""
        try:
            found = self.run(
                *("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
            )
        except GitError:
            return None
        return found.decode().strip() or None

    def log(self, revision: str, limit: int | None = None) -> Iterator[Commit]:
        """Yield the commits reachable from `revision`, newest first, children before parents."""
        bound = [f"--max-count={limit}"] if limit is not None else []
        ids = self.run("rev-list", "--topo-order", *bound, "--end-of-options", revision)
        order = ids.decode().split()
        for first in range(0, len(order), 500):
            part = order[first : first + 500]
            changes = self._changes(part)
            for name, raw in zip(part, self.objects(part), strict=True):
                yield parse_commit(name, raw, changes.get(name, ()))

    def entries(self, commit: str) -> Iterator[Entry]:
        """Yield every file, link and submodule of `commit`."""
        listing = self.run("ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", commit)
        for line in listing.split(b"\0")[:-1]:
            description, _, path = line.partition(b"\t")
            mode, _, name, size = description.decode().split()
            yield Entry(mode, name, int(size) if size.isdigit() else _NO_SIZE[size], path)

    def objects(self, names: Sequence[str]) -> Iterator[bytes]:
        """Yield the content of each object, in order, a few at a time in memory."""
        for first in range(0, len(names), 256):
            part = names[first : first + 256]
            output = self.run("cat-file", "--batch", stdin="\n".join(part).encode() + b"\n")
            position = 0
            for name in part:
                end = output.index(b"\n", position)
                header = output[position:end].decode().split()
                if len(header) != 3:
                    raise GitError(
                        f"{self.directory}: object {name} is missing.",
                        "The copy is damaged: delete it and run again.",
                    )
                size = int(header[2])
                yield output[end + 1 : end + 1 + size]
                position = end + 1 + size + 1

    def read(self, commit: str, path: str) -> bytes | None:
        """Return the bytes of the file at `path` in `commit`, or `None` where there is none."""
        listing = self.run(
            *("--literal-pathspecs", "ls-tree", "-z", "--full-tree", commit, "--", path)
        )
        for line in listing.split(b"\0")[:-1]:
            mode, kind, name = line.partition(b"\t")[0].decode().split()
            if kind == "blob" and mode != "120000":
                return next(self.objects([name]))
        return None

    def describe(self, commit: str) -> str:
        """Return the version in the nearest tag behind `commit`, or an empty string."""
        try:
            tag = self.run("describe", "--tags", "--abbrev=0", commit).decode().strip()
        except GitError:
            return ""
        found = re.search(r"\d+(\.\d+)*([._-]?(a|b|rc|post|dev)\d*)?$", tag)
        return found.group().replace("_", ".").replace("-", ".") if found else ""

    def _changes(self, names: Sequence[str]) -> dict[str, tuple[Change, ...]]:
        output = self.run(
            *("diff-tree", "--stdin", "-r", "-z", "--name-status", "--root", "-M"),
            stdin="\n".join(names).encode() + b"\n",
        )
        tokens = iter(output.decode("utf-8", "replace").split("\0")[:-1])
        changes: dict[str, list[Change]] = {}
        current: list[Change] = []
        for token in tokens:
            if re.fullmatch(r"[0-9a-f]{40,64}", token):
                current = changes.setdefault(token, [])
            elif token[0] in "RC":
                old = next(tokens)
                current.append(Change(status=status_of(token), path=next(tokens), old=old))
            else:
                current.append(Change(status=status_of(token), path=next(tokens)))
        return {name: tuple(found) for name, found in changes.items()}


def run_git(
    arguments: Iterable[str],
    *,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> bytes:
    """Return what Git prints; the whole process group is gone when this returns or raises."""
    command = ["git", "--no-optional-locks", "--no-pager", *_SAFE, *arguments]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**_environment(), **(environment or {})},
            start_new_session=True,
        )
    except FileNotFoundError:
        raise GitError(
            "The program `git` is not installed.", "Install Git 2.34 or later."
        ) from None
    try:
        output, errors = process.communicate(stdin, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        raise GitError(
            f"`git` did not answer within {timeout_s:g} seconds.",
            "Try again, or clone the repository yourself and give its path.",
        ) from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode != 0:
        said = errors.decode("utf-8", "replace").strip()
        raise GitError(f"git: {said or f'exit status {process.returncode}'}", output=said)
    return output


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT
    }
    return {
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
        **kept,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }


def parse_commit(name: str, raw: bytes, changes: tuple[Change, ...]) -> Commit:
    """Return a commit from the bytes of its object."""
    head, _, message = raw.decode("utf-8", "replace").partition("\n\n")
    parents = tuple(line[7:] for line in head.split("\n") if line.startswith("parent "))
    committer = re.search(r"^committer .*> (\d+) ", head, re.MULTILINE)
    subject, _, body = message.strip("\n").partition("\n")
    return Commit(
        id=name,
        parents=parents,
        date=int(committer.group(1)) if committer else 0,
        subject=subject,
        body=body.strip("\n"),
        changes=changes,
    )


def status_of(token: str) -> Literal["A", "M", "D", "R", "C", "T"]:
    """Return the kind of a change from what Git calls it (``R100``, ``M`` …)."""
    known: dict[str, Literal["A", "M", "D", "R", "C", "T"]] = {
        "A": "A", "D": "D", "R": "R", "C": "C", "T": "T",
    }  # fmt: skip
    return known.get(token[0], "M")
