"""Undo an old change in a text that has changed since: a three-way merge of plain texts.

The merge is Git's own (``git merge-file``), on files in a folder of its own: no repository, no
index and no work tree takes part.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from journeyman.repository.git import Git, GitError, run_git
from journeyman.repository.walk import parse


def undo(today: str, after: str, before: str) -> str | None:
    """Return `today`'s text without the change from `before` to `after`; `None` on a conflict."""
    if today == after:
        return before
    with tempfile.TemporaryDirectory() as scratch:
        names = [Path(scratch, name) for name in ("today", "after", "before")]
        for path, text in zip(names, (today, after, before), strict=True):
            path.write_bytes(text.encode())
        try:
            merged = run_git(["merge-file", "-p", "-q", *map(str, names)])
        except GitError:
            return None
    return merged.decode()


def renamed_since(git: Git, earlier: str, later: str) -> dict[str, str]:
    """Return where files of `earlier` are in `later`, for those that were renamed."""
    output = git.run("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "-M", earlier, later)
    # Without --stdin no commit is named in front of the changes.
    tokens = ["0" * 40, *output.decode("utf-8", "replace").split("\0")[:-1]]
    changes = parse(tokens)["0" * 40]
    return {change.old: change.path for change in changes if change.old is not None}
