"""A history kept beside the index: read from Git once, and only what is new after that.

What is remembered is worked out from all commits in the order of their times and names, so it does
not matter in how many steps they came.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from journeyman.repository.git import Git, GitError
from journeyman.understanding.past.log import Past, Touch, read_log
from journeyman.understanding.past.memory import Memory, Remembered, remember

_LOG, _ARRAYS = "log.jsonl", "memory.npz"
_PLAIN = (
    *("row_commit", "row_file", "word_commit", "word_term", "word_times"),
    *("times", "authors"),
)


class Keeper:
    """Keeps one repository's history in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def bring_up_to_date(self, git: Git, revision: str = "HEAD") -> int:
        """Read the commits that are new; return how many. A rewritten history is read anew."""
        head = git.resolve(revision) or ""
        known = self.head
        if head == known and (self._folder / _ARRAYS).is_file():
            return 0
        old: list[Past] = []
        new: list[Past] = []
        if known and _leads_to(git, known, head):
            old = self.log()
            new = list(read_log(git, head, without=known))
        elif head:
            new = list(read_log(git, head))
        whole = sorted({one.id: one for one in [*old, *new]}.values(), key=_order)
        self._write(head, whole)
        return len(new)

    @property
    def head(self) -> str:
        """The commit up to which is known, empty for nothing."""
        try:
            with (self._folder / _LOG).open(encoding="utf-8") as file:
                return str(json.loads(file.readline() or '""'))
        except (OSError, ValueError):
            return ""

    def log(self) -> list[Past]:
        """Return the commits in the order in which they were made."""
        with (self._folder / _LOG).open(encoding="utf-8") as file:
            next(file, "")
            return [_past(json.loads(line)) for line in file]

    def memory(self) -> Memory | None:
        """Return what is remembered, or `None` where there is no history."""
        path = self._folder / _ARRAYS
        if not path.is_file():
            return None
        with np.load(path, allow_pickle=False) as held:
            paths = _lines(held["paths"])
            numbers = dict(zip(paths, map(int, held["numbers"]), strict=True))
            return Memory(
                Remembered(
                    commits=int(held["commits"]),
                    **{name: held[name] for name in _PLAIN},
                    names=tuple(_lines(held["names"])),
                    people=tuple(_lines(held["people"])),
                    numbers=numbers,
                )
            )

    def _write(self, head: str, log: list[Past]) -> None:
        """Write both files, the one that says how far they go last."""
        held = remember(log)
        arrays = {name: getattr(held, name) for name in _PLAIN}
        partial = self._folder / f"{_ARRAYS}.partial.npz"
        np.savez(
            partial,
            commits=np.array(held.commits),
            names=_text(held.names),
            people=_text(held.people),
            paths=_text(held.numbers),
            numbers=np.array(list(held.numbers.values()), np.int32),
            **arrays,
        )
        partial.replace(self._folder / _ARRAYS)
        unfinished = self._folder / f"{_LOG}.partial"
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(json.dumps(head) + "\n")
            for one in log:
                file.write(json.dumps(one) + "\n")
        unfinished.replace(self._folder / _LOG)


def _order(one: Past) -> tuple[int, str]:
    return one.time, one.id


def _past(row: list[Any]) -> Past:
    name, time, author, subject, body, touches = row
    return Past(name, time, author, subject, body, tuple(Touch(*one) for one in touches))


def _leads_to(git: Git, old: str, new: str) -> bool:
    try:
        git.run("merge-base", "--is-ancestor", old, new)
    except GitError:
        return False
    return True


def _text(lines: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def _lines(raw: NDArray[np.uint8]) -> list[str]:
    text = raw.tobytes().decode()
    return text.split("\n") if text else []
