"""A difference between two trees, held as whole file texts so that it always applies."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from journeyman.records.base import Record


class Patch(Record):
    """Files that differ from a base tree: repository-relative POSIX path to new text.

    `None` deletes the file. Texts are UTF-8; a patch never carries modes, links or bytes, so
    nothing but text crosses from an agent's sandbox to the grader's.
    """

    files: dict[str, str | None] = {}

    def over(self, earlier: Patch) -> Patch:
        """Return the patch that does `earlier` first and then this one."""
        return Patch(files={**earlier.files, **self.files})

    def without(self, drop: Callable[[str], bool]) -> Patch:
        """Return the patch less the files whose path `drop` accepts."""
        return Patch(files={path: text for path, text in self.files.items() if not drop(path)})

    def diff(self, read: Callable[[str], str | None]) -> str:
        """Return a unified diff against the tree that `read` reads (`None`: no such file)."""
        chunks: list[str] = []
        for path, new in sorted(self.files.items()):
            old = read(path)
            if old == new:
                continue
            lines = difflib.unified_diff(
                (old or "").splitlines(keepends=True),
                (new or "").splitlines(keepends=True),
                "/dev/null" if old is None else f"a/{path}",
                "/dev/null" if new is None else f"b/{path}",
            )
            chunks += [
                line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
                for line in lines
            ]
        return "".join(chunks)
