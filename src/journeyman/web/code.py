"""The lines of files, at the commit that a wiki describes or at another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from journeyman.repository.git import Git
from journeyman.understanding.index.categories import LARGEST, is_binary
from journeyman.understanding.index.places import AtCommit, Place

MOST_LINES = 20_000
"""Lines of a file that are shown on one page."""

WIDEST = 2_000
"""Characters of a line that are shown."""


@dataclass(frozen=True)
class Lines:
    """What is shown of a file: lines from number `first`, and why not all of it, if so."""

    path: str
    commit: str
    lines: tuple[str, ...]
    first: int = 1
    note: str = ""


class Code(Protocol):
    """Reads files of a repository."""

    def show(self, path: str, commit: str = "", around: int = 1) -> Lines | None:
        """Return a file at a commit (the wiki's own without one), `None` where there is none.

        Args:
            around: A line that has to be among those shown.
        """
        ...


class FromPlace:
    """Files of a commit where there is a history, else as they lie there now."""

    def __init__(self, place: Place, git: Git | None, commit: str) -> None:
        self._place, self._git = place, git
        known = git.resolve(commit) if git is not None and _is_commit(commit) else None
        self.commit = known or ""
        self._files = lru_cache(4)(self._listed)

    def show(self, path: str, commit: str = "", around: int = 1) -> Lines | None:
        """See `Code.show`; a commit of ``now`` means as the files lie there now."""
        wanted = "" if commit == "now" else commit or self.commit
        if commit not in ("", "now"):
            known = self._git.resolve(commit) if self._git and _is_commit(commit) else None
            if known is None:
                return None
            wanted = known
        files = self._files(wanted) if wanted else self._place.files()
        if path not in files:
            return None
        (raw,) = self._at(wanted).read([(path, files[path])])
        return shown(path, wanted, raw, around)

    def _listed(self, commit: str) -> Mapping[str, str]:
        return self._at(commit).files()

    def _at(self, commit: str) -> Place:
        return AtCommit(self._git, commit) if self._git and commit else self._place


def shown(path: str, commit: str, raw: bytes, around: int = 1) -> Lines:
    """Return what is shown of a file's bytes: no binary ones, no endless lines."""
    if is_binary(raw):
        return Lines(path, commit, (), note="This file is not text.")
    if len(raw) > LARGEST:
        size = f"{LARGEST >> 20} MiB"
        return Lines(path, commit, (), note=f"This file has more than {size} and is not shown.")
    lines = raw.decode("utf-8", "replace").removesuffix("\n").split("\n")
    first, notes = 1, []
    if len(lines) > MOST_LINES:
        first = max(1, min(around - MOST_LINES // 2, len(lines) - MOST_LINES + 1))
        notes.append(f"{MOST_LINES:,} of {len(lines):,} lines are shown.")
        lines = lines[first - 1 : first - 1 + MOST_LINES]
    if any(len(line) > WIDEST for line in lines):
        notes.append(f"Lines are cut after {WIDEST:,} characters.")
        lines = [line if len(line) <= WIDEST else f"{line[:WIDEST]} …" for line in lines]
    return Lines(path, commit, tuple(line.rstrip("\r") for line in lines), first, " ".join(notes))


def _is_commit(name: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{7,64}", name) is not None
