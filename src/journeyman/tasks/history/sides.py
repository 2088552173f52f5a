"""A change taken apart: the side with the bug, and the side with the fix."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from journeyman.grading.grader import Grader
from journeyman.records import Patch, Place
from journeyman.repository.git import Change, Git
from journeyman.tasks.history.candidate import Candidate
from journeyman.tasks.history.paths import role
from journeyman.understanding.functions import functions

MOST_MODULES = 12
"""Test modules that are run for one change."""

_HAS_TESTS = re.compile(
    r"^\s*(async\s+)?def test|^class \w+\(.*Test\w*\)|^class Test", re.MULTILINE
)


@dataclass(frozen=True)
class Sides:
    """A change taken apart. `broken` leads from the commit's tree to the one with the bug;
    `fix` from there to code that is right, `whole` to the commit's tree."""

    broken: Patch
    fix: Patch
    whole: Patch


def take_apart(candidate: Candidate, git: Git, grader: Grader) -> Sides | str:
    """Return both sides of a change, or say why it cannot be taken apart."""
    commit = candidate.step.commit
    broken: dict[str, str | None] = {}
    whole: dict[str, str | None] = {}
    needed: set[str] = set()
    for change in commit.changes:
        what = role(change.path)
        if what in ("test", "test data") or grader.protected(change.path):
            continue
        try:
            before, after = _both(git, commit.parents[0], commit.id, change)
        except UnicodeDecodeError:
            if what in ("code", "other"):
                return f"{change.path} is not UTF-8 text, which is all that a patch carries"
            continue
        if what in ("code", "other", "generated"):
            needed |= {change.path, change.old or change.path}
        broken.update(before)
        whole.update(after)
    fix = {path: text for path, text in whole.items() if path in needed}
    if not any(path.endswith(".py") for path in fix):
        return "all code that it changes is protected (tests, settings, packaging)"
    return Sides(Patch(files=broken), Patch(files=fix), Patch(files=whole))


def test_modules(
    candidate: Candidate, tests: Sequence[str], read: Callable[[str], str]
) -> list[str]:
    """Return the test modules to run: those changed, else those beside the changed test files.

    Args:
        tests: The files of the commit's tree that hold or help tests.
    """
    known = {path for path in tests if path.endswith(".py")}
    changed = [change.path for change in candidate.step.commit.changes if change.status != "D"]
    found = [path for path in changed if path in known and _HAS_TESTS.search(read(path))]
    if found:
        return sorted(found)[:MOST_MODULES]
    folders = {path.rpartition("/")[0] for path in changed if role(path) in ("test", "test data")}
    beside = [p for p in sorted(known) if any(p.startswith(f"{folder}/") for folder in folders)]
    return [path for path in beside if _HAS_TESTS.search(read(path))][:MOST_MODULES]


def place_of(
    code: Sequence[str], before: Callable[[str], str | None], after: Callable[[str], str | None]
) -> Place:
    """Return the first function that the fix changes, or the first file of code."""
    modules = [path for path in code if path.endswith(".py")] or list(code)
    for path in modules:
        old = {function.qualname: function for function in functions(path, before(path) or "")}
        for function in functions(path, after(path) or ""):
            was = old.get(function.qualname)
            if was is not None and was.text != function.text:
                return Place(path=path, function=was.qualname, first=was.first, last=was.last)
    return Place(path=modules[0], function="", first=1, last=1)


def added_lines(sides: Sides) -> list[str]:
    """Return the lines that the fix adds to the code."""
    found: list[str] = []
    for path, text in sides.fix.files.items():
        before = set((sides.broken.files.get(path) or "").splitlines())
        found += [line for line in (text or "").splitlines() if line not in before]
    return found


def _both(
    git: Git, parent: str, commit: str, change: Change
) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """Return a file's text before and after a change; a renamed one has two places."""
    old, new = git.read(parent, change.old or change.path), git.read(commit, change.path)
    if old is None and new is None:
        return {}, {}  # a link or a submodule
    before: dict[str, str | None] = {change.path: None}
    after: dict[str, str | None] = {change.path: None if new is None else new.decode("utf-8")}
    if change.status == "R" and change.old:
        after[change.old] = None
    if old is not None:
        before[change.old or change.path] = old.decode("utf-8")
    return before, after
