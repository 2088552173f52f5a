"""A copy-on-write tree that one agent works in: edits are held here, commands run isolated.

The tree itself is never written. A session's changes are a `Patch`; each command starts in fresh
namespaces with that patch applied, and the text files it changed are folded back into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Protocol

from journeyman.errors import UserError
from journeyman.records import Patch
from journeyman.sandbox.forkserver import Pool
from journeyman.sandbox.limits import Limits


class BaseTree(Protocol):
    """What a session needs of the tree it stands on."""

    def read(self, path: str) -> str:
        """Return the text of a file; raises `OSError` or `UnicodeDecodeError` when it has none."""
        ...

    def files(self) -> Sequence[str]:
        """Return the repository-relative paths of the text files."""
        ...


@dataclass(frozen=True)
class Result:
    """How a command in a session ended."""

    ending: str
    exit_code: int
    output: str


class Session:
    """One agent's view of a tree: read, write, run, and at the end the patch.

    Args:
        tree: The base tree.
        start: From the base tree to the tree the session begins with.
        pool: Where commands run; `None` for a session that only reads and writes.
    """

    def __init__(
        self,
        tree: BaseTree,
        start: Patch | None = None,
        pool: Pool | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._tree = tree
        self._start = start or Patch()
        self._pool = pool
        self._limits = limits or Limits()
        self._edits: dict[str, str | None] = {}

    def files(self) -> list[str]:
        """Return the paths of the text files, sorted."""
        paths = set(self._tree.files())
        for path, text in {**self._start.files, **self._edits}.items():
            (paths.discard if text is None else paths.add)(path)
        return sorted(paths)

    def read(self, path: str) -> str:
        """Return a file's text.

        Raises:
            UserError: There is no such text file.
        """
        path = _clean(path)
        for layer in (self._edits, self._start.files):
            if path in layer:
                text = layer[path]
                if text is None:
                    raise UserError(f"{path}: no such file")
                return text
        try:
            return self._tree.read(path)
        except (OSError, ValueError) as error:
            raise UserError(f"{path}: no such text file") from error

    def write(self, path: str, text: str | None) -> None:
        """Write a file's text, or delete it with `None`."""
        self._edits[_clean(path)] = text

    def patch(self) -> Patch:
        """Return the session's changes, from the tree it began with."""
        kept = {p: text for p, text in self._edits.items() if text != self._before(p)}
        return Patch(files=dict(sorted(kept.items())))

    def reset(self) -> None:
        """Forget every change."""
        self._edits.clear()

    def run(self, command: Sequence[str], timeout_s: int = 60) -> Result:
        """Run a command in the tree, isolated; keep the text files it changes.

        Raises:
            UserError: The session has no sandbox to run commands in.
            InfrastructureError: The sandbox failed.
        """
        if self._pool is None:
            raise UserError("this session has no sandbox to run commands in")
        whole = self.patch().over(self._start)
        sizes = {path: len(self.read(path).encode()) for path in self.files()}
        answer = self._pool.ask(
            {
                "command": list(command),
                "files": whole.files,
                "limits": replace(self._limits, wall_s=timeout_s).plain(),
                "collect": sizes or {"": 0},
            },
            timeout_s,
        )
        for path, text in answer.get("changed", {}).items():
            if path and text != self._now(path):
                self._edits[path] = text
        return Result(answer["ending"], answer["status"], answer["output"])

    def close(self) -> None:
        """Nothing is left behind by a session; kept for symmetry with other tiers."""
        self._edits.clear()

    def _before(self, path: str) -> str | None:
        if path in self._start.files:
            return self._start.files[path]
        return self._tree.read(path) if path in set(self._tree.files()) else None

    def _now(self, path: str) -> str | None:
        return self._edits[path] if path in self._edits else self._before(path)


def _clean(path: str) -> str:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise UserError(f"{path!r} is not a path inside the repository")
    return pure.as_posix()
