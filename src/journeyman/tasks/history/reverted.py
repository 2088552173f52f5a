"""Undo an older fix in today's tree: a bug that people really made, for practice.

The tests of today are the judges, and the tree of today is the answer, so nothing has to be
installed or laid out anew.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from journeyman.grading.grader import Grader
from journeyman.records import Patch, Task, TestReport
from journeyman.repository.git import Change, Git
from journeyman.repository.merge import renamed_since, undo
from journeyman.tasks.history.candidate import Candidate
from journeyman.tasks.history.paths import role
from journeyman.tasks.history.question import Result, Words
from journeyman.tasks.history.sides import place_of
from journeyman.tasks.history.syntax import same_program
from journeyman.tasks.prove import SLOW_BROKEN_S, hide
from journeyman.tasks.steady import steady


@dataclass(frozen=True)
class Reverter:
    """Makes tasks of one base tree by undoing older fixes in it.

    Args:
        repository, base: Names that the tasks carry.
        runs: How many runs on the broken tree have to agree.
        read: Reads a file of the base tree (`None`: there is none).
        tests_for: The tests that can judge lines of a file (`Prover.tests_for`).
        words: Makes the statement.
    """

    repository: str
    base: str
    git: Git
    grader: Grader
    runs: int
    read: Callable[[str], str | None]
    tests_for: Callable[[Iterable[tuple[str, int, int]]], tuple[str, ...]]
    words: Words

    def revert(self, candidate: Candidate) -> Result:
        """Undo one fix, and prove that the tests of today notice."""
        broken = self.undone(candidate)
        if isinstance(broken, str):
            return Result("rejected", broken)
        tests = self._tests(broken)
        if not tests:
            return Result("uncovered", "no steady test goes through the lines that it changed")
        reports: list[TestReport] = []
        failing: set[str] = set()
        for attempt in range(self.runs):
            report = steady(self.grader.suite.run(broken, tests, attempt=attempt))
            reports.append(report)
            now = {test for test in tests if not report.good(test)}
            slow = sum(result.seconds for result in report.results) > SLOW_BROKEN_S
            if report.ending != "finished" or slow:
                return Result("unfinished", "the tests hang without it", runs=len(reports))
            if not now and not attempt:
                return Result("survived", "the tests of today do not notice", runs=1)
            if attempt and now != failing:
                return Result("flaky", "the tests fail now and then", runs=len(reports))
            failing = now
        task = self._task(candidate, broken, tests, failing, reports[0])
        if self.grader.grade(task, Patch()).solved:
            return Result("gameable", "the empty patch passes", runs=len(reports))
        return Result("valid", task=task, runs=len(reports))

    def undone(self, candidate: Candidate) -> Patch | str:
        """Return the patch that takes a fix back in the base tree, or say why there is none."""
        commit = candidate.step.commit
        code = [change for change in commit.changes if role(change.path) == "code"]
        moved: dict[str, str] | None = None
        files: dict[str, str | None] = {}
        for change in code:
            if change.status not in "MR":
                return "it added or deleted whole files"
            path = change.path
            if self.read(path) is None:
                if moved is None:
                    moved = renamed_since(self.git, commit.id, self.base)
                path = moved.get(path, path)
            today = self.read(path)
            if today is None:
                return f"{change.path} is not there any more"
            text = self._without(change, commit.parents[0], commit.id, today)
            if text is None:
                return "its code has changed since: undoing it conflicts"
            if text != today:
                files[path] = text
        if all(same_program(self.read(path) or "", text or "") for path, text in files.items()):
            return "nothing of it is left in today's code"
        return Patch(files=files)

    def _without(self, change: Change, parent: str, commit: str, today: str) -> str | None:
        before = self.git.read(parent, change.old or change.path)
        after = self.git.read(commit, change.path)
        if before is None or after is None:
            return None
        return undo(today, after.decode("utf-8"), before.decode("utf-8"))

    def _tests(self, broken: Patch) -> tuple[str, ...]:
        return self.tests_for(
            (path, first, last)
            for path, text in broken.files.items()
            for first, last in changed_lines(self.read(path) or "", text or "")
        )

    def _task(
        self,
        candidate: Candidate,
        broken: Patch,
        tests: Sequence[str],
        failing: set[str],
        report: TestReport,
    ) -> Task:
        red, green = sorted(failing), sorted(set(tests) - failing)
        hidden = hide(red) + hide(green)
        fix = Patch(files={path: self.read(path) for path in broken.files})
        shown = [test for test in red if test not in hidden]
        told = [(test, report.by_id[test].message) for test in shown if test in report.by_id]
        statement, labels = self.words(candidate, _added(broken, fix), told)
        return Task(
            repository=self.repository,
            base=self.base,
            source="reverted",
            family="reverted fix",
            quiet=False,
            statement=statement,
            broken=broken,
            fix=fix,
            place=place_of(tuple(fix.files), broken.files.get, fix.files.get),
            fail_to_pass=tuple(red),
            pass_to_pass=tuple(green),
            hidden=tuple(sorted(hidden)),
            labels=tuple(sorted({*labels, f"undoes {candidate.id[:12]}"})),
        )


def changed_lines(today: str, other: str) -> list[tuple[int, int]]:
    """Return the line ranges (from 1, both ends included) of `today` that `other` lacks or alters.

    Where `other` only has more, the lines on both sides of the gap.
    """
    old, new = today.splitlines(), other.splitlines()
    found = []
    for tag, first, last, _, _ in difflib.SequenceMatcher(a=old, b=new).get_opcodes():
        if tag == "insert":
            found.append((max(1, first), min(len(old), first + 1)))
        elif tag != "equal":
            found.append((first + 1, last))
    return found


def _added(broken: Patch, fix: Patch) -> list[str]:
    lines: list[str] = []
    for path, text in fix.files.items():
        before = set((broken.files.get(path) or "").splitlines())
        lines += [line for line in (text or "").splitlines() if line not in before]
    return lines
