"""Somebody else's SWE-bench row as a task of the repository at hand.

The row's tree (its base commit with its test patch) becomes the broken tree, its patch the fix.
Both are expressed over the commit that the repository was adopted at, because that is where an
environment exists; whether the tests agree with the row there is for the grader to prove.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from journeyman.interchange.losses import Refused
from journeyman.interchange.scratch import Applied, Scratch, known_commit, scratch
from journeyman.interchange.swebench import FOREIGN
from journeyman.records import Patch, Place, Task
from journeyman.repository.git import Git
from journeyman.tasks.prove import hide
from journeyman.understanding.functions import functions

NEEDED = (
    *("instance_id", "repo", "base_commit", "patch", "test_patch", "problem_statement"),
    *("FAIL_TO_PASS", "PASS_TO_PASS"),
)
_NAME = re.compile(r"\w[\w.-]*", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


def foreign_task(
    row: Mapping[str, Any],
    base: str,
    repositories: Sequence[Git],
    read: Callable[[str], str | None],
) -> tuple[Task, tuple[str, ...]]:
    """Return the task of a row, and what of it could not be taken over.

    Args:
        base: The commit that is adopted; the first of `repositories` holds it.
        repositories: Where the row's base commit is looked for.
        read: Reads a file of the base tree.

    Raises:
        Refused: Why there is none.
    """
    _check(row)
    turned, kept = (_tests(row, column) for column in ("FAIL_TO_PASS", "PASS_TO_PASS"))
    if not turned:
        raise Refused("FAIL_TO_PASS names no test")
    if known_commit(repositories, row["base_commit"]) is None:
        raise Refused(f"base_commit {row['base_commit'][:12]} is not in this repository")
    with scratch(repositories[0], *repositories[1:]) as place:
        broken, fix, lost = _patches(place, row, base)
    if not fix.files:
        raise Refused("its patch changes nothing")
    task = Task(
        repository=row["repo"],
        base=base,
        source="history",
        family="imported",
        quiet=False,
        statement=row["problem_statement"],
        broken=broken,
        fix=fix,
        place=_place(fix, broken, read),
        fail_to_pass=turned,
        pass_to_pass=kept,
        hidden=tuple(sorted(hide(list(turned)) + hide(list(kept)))),
        identity=False,
        labels=(f"{FOREIGN}{row['instance_id']}",),
    )
    return task, lost


def _check(row: Mapping[str, Any]) -> None:
    missing = [column for column in NEEDED if row.get(column) is None]
    if missing:
        raise Refused(f"columns are missing: {', '.join(missing)}")
    for column in NEEDED[:-2]:
        if not isinstance(row[column], str):
            raise Refused(f"{column} is not text")
    if not _NAME.fullmatch(row["instance_id"]):
        raise Refused("instance_id cannot name a folder")
    if not _COMMIT.fullmatch(row["base_commit"]):
        raise Refused(f"base_commit {row['base_commit'][:60]!r} is not a commit's id")


def _patches(
    place: Scratch, row: Mapping[str, Any], base: str
) -> tuple[Patch, Patch, tuple[str, ...]]:
    commit = row["base_commit"]
    tests = _applied(place, commit, row, "test_patch")
    start = place.tree(commit, tests.patch)
    fix = _applied(place, start, row, "patch")
    broken, lost = place.difference(base, start)
    return broken, fix.patch, (*tests.lost, *fix.lost, *lost)


def _applied(place: Scratch, tree: str, row: Mapping[str, Any], column: str) -> Applied:
    try:
        return place.apply(tree, row[column])
    except Refused as refused:
        raise Refused(f"{column}: {refused.why}") from None


def _tests(row: Mapping[str, Any], column: str) -> tuple[str, ...]:
    value = row[column]
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise Refused(f"{column} is not a JSON list") from None
    if not isinstance(found, list) or not all(isinstance(test, str) for test in found):
        raise Refused(f"{column} is not a list of tests")
    return tuple(sorted(set(found)))


def _place(fix: Patch, broken: Patch, read: Callable[[str], str | None]) -> Place:
    """Return the first function that the fix changes, or the first file."""
    task_read = _over(broken, read)
    paths = sorted(fix.files, key=lambda path: (not path.endswith(".py"), path))
    for path in paths:
        new = {item.qualname: item.text for item in functions(path, fix.files[path] or "")}
        for item in functions(path, task_read(path) or ""):
            if new.get(item.qualname, item.text) != item.text:
                return Place(path=path, function=item.qualname, first=item.first, last=item.last)
    return Place(path=paths[0], function="", first=1, last=1)


def _over(patch: Patch, read: Callable[[str], str | None]) -> Callable[[str], str | None]:
    return lambda path: patch.files[path] if path in patch.files else read(path)
