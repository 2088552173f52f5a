"""Prove a change to be a question: its tests are red without it and green with it, every time.

A question stands on its own commit. The base tree is the commit's, so that tests, their data
(binary or not), and the configuration are there as they were when the tests passed; `broken` takes
everything else that the commit changed back to what it was before, and the reference `fix` is the
change to the code alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from journeyman.grading.grader import Grader
from journeyman.records import Patch, Place, Task, TestReport
from journeyman.records.tried import Outcome
from journeyman.repository.git import Git
from journeyman.tasks.history.candidate import Candidate
from journeyman.tasks.history.sides import Sides, added_lines, place_of, take_apart
from journeyman.tasks.prove import hide

MOST_KEPT = 40
"""Tests that must stay green, at most: those of the same files, the quickest first."""

MOST_NAMED = 400
"""More tests than this are asked for by their files: naming each takes pytest too long."""

SLOW_S = 10.0
"""Tests slower than this judge no question."""


Words = Callable[[Candidate, Sequence[str], Sequence[tuple[str, str]]], tuple[str, tuple[str, ...]]]
"""Makes a statement and labels of a candidate, the lines its fix adds, and what the failing tests
said (id, text)."""


@dataclass
class Result:
    """What became of a candidate; `ran` is false where no test passes even with the fix."""

    outcome: Outcome
    why: str = ""
    task: Task | None = None
    runs: int = 0
    ran: bool = True
    elsewhere: bool = False
    """Whether another environment might do better."""


@dataclass
class Evidence:
    """What repeated runs agree on: always green with the fix; green, or ever so, without."""

    good: set[str] = field(default_factory=set)
    bad: set[str] = field(default_factory=set)
    ever_bad: set[str] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)
    first_bad: TestReport | None = None


@dataclass(frozen=True)
class Questioner:
    """Proves candidates on the trees of their own commits.

    Args:
        runs: How many runs with and without the fix have to agree.
        words: Makes the statement.
    """

    repository: str
    git: Git
    runs: int
    words: Words

    def ask(
        self, candidate: Candidate, grader: Grader, modules: Sequence[str], labels: Iterable[str]
    ) -> Result:
        """Prove one candidate, whose commit's tree `grader` judges, by the tests in `modules`."""
        sides = take_apart(candidate, self.git, grader)
        if isinstance(sides, str):
            return Result("rejected", sides)
        good = grader.suite.run(Patch(), modules)
        if good.ending != "finished":
            why = f"its tests do not come to their end ({good.ending}){_last_error(good)}"
            return Result("unfinished", why, runs=1, ran=False, elsewhere=True)
        passing = {one.id for one in good.results if good.good(one.id)}
        if not passing:
            return Result("rejected", _why_nothing_runs(good), runs=1, ran=False, elsewhere=True)
        grader.suite.expected_s = {one.id: one.seconds for one in good.results}
        named = sorted(passing) if len(passing) <= MOST_NAMED else modules
        bad = grader.suite.run(sides.broken, named)
        turned = passing - {one.id for one in bad.results if bad.good(one.id)}
        if bad.ending != "finished":
            why = f"without the fix its tests do not come to their end ({bad.ending})"
            return Result("unfinished", why, runs=2)
        if not turned:
            ill = any(one.outcome in ("failed", "error") for one in good.results)
            return Result("survived", _why_none_turns(good), runs=2, elsewhere=ill)
        return self._proven(candidate, grader, sides, good, bad, turned, labels)

    def _proven(
        self,
        candidate: Candidate,
        grader: Grader,
        sides: Sides,
        good: TestReport,
        bad: TestReport,
        turned: set[str],
        labels: Iterable[str],
    ) -> Result:
        seen = self._agreed(grader, sides, good, bad, turned)
        quick = {test for test, seconds in seen.seconds.items() if seconds <= SLOW_S}
        red = sorted((seen.good - seen.ever_bad) & turned & quick)
        runs = 2 * self.runs
        if not red:
            slow = (seen.good - seen.ever_bad) & turned
            why = (
                "its tests are too slow"
                if slow
                else "its tests turn from red to green only at times"
            )
            return Result("unfinished" if slow else "flaky", why, runs=runs)
        kept = sorted(seen.good & seen.bad - turned, key=lambda test: (seen.seconds[test], test))
        green = sorted(test for test in kept if seen.seconds[test] <= 1.0)[:MOST_KEPT]
        for fix in [sides.fix] if sides.fix == sides.whole else [sides.fix, sides.whole]:
            task = self._task(candidate, sides, fix, red, green, bad, labels, grader)
            if grader.grade(task, Patch()).solved:
                return Result("gameable", "the empty patch passes", runs=runs)
            verdict = grader.grade(task, fix)
            if verdict.solved:
                return Result("valid", task=task, runs=runs)
        if verdict.dropped:
            lost = ", ".join(verdict.dropped[:3])
            why = f"the fix needs a change to tests or settings ({lost})"
            return Result("rejected", why, runs=runs)
        return Result("rejected", "the fix does not pass as a patch to code alone", runs=runs)

    def _agreed(
        self, grader: Grader, sides: Sides, good: TestReport, bad: TestReport, turned: set[str]
    ) -> Evidence:
        """Run what will judge as often as asked for; the first runs count among them."""
        settled = {one.id for one in bad.results if bad.good(one.id) and good.good(one.id)}
        seen = Evidence(good=turned | settled, bad=set(settled), first_bad=bad)
        seen.seconds = {one.id: one.seconds for one in good.results}
        tests = sorted(turned | settled)
        for attempt in range(1, self.runs):
            after = grader.suite.run(Patch(), tests, attempt=attempt)
            before = grader.suite.run(sides.broken, tests, attempt=attempt)
            green = {test for test in tests if before.good(test)}
            seen.good &= {test for test in tests if after.good(test)}
            seen.bad &= green
            seen.ever_bad |= green
        return seen

    def _task(
        self,
        candidate: Candidate,
        sides: Sides,
        fix: Patch,
        red: list[str],
        green: list[str],
        bad: TestReport,
        labels: Iterable[str],
        grader: Grader,
    ) -> Task:
        hidden = hide(red) + hide(green)
        told = [(test, _said(bad, test)) for test in red if test not in hidden]
        statement, more = self.words(candidate, added_lines(sides), told)
        read = grader.broken_text

        def after(path: str) -> str | None:
            return fix.files.get(path)

        task = Task(
            repository=self.repository,
            base=candidate.id,
            source="history",
            family=candidate.family,
            quiet=False,
            statement=statement,
            broken=sides.broken,
            fix=fix,
            place=Place(path=next(iter(fix.files)), function="", first=1, last=1),
            fail_to_pass=tuple(red),
            pass_to_pass=tuple(green),
            hidden=tuple(sorted(hidden)),
            identity=fix == sides.whole,
            labels=tuple(sorted({*labels, *more})),
        )
        place = place_of(tuple(fix.files), lambda path: read(task, path), after)
        return task.model_copy(update={"place": place})


def _said(report: TestReport, test: str) -> str:
    if test in report.by_id:
        return report.by_id[test].message
    module = test.partition("::")[0]
    broken = [one for one in report.results if one.id.partition("::")[0] == module]
    errors = [one.message for one in broken if one.outcome == "error" and one.message]
    return errors[0] if errors else "it could not be collected"


def _why_nothing_runs(report: TestReport) -> str:
    said = [one.message for one in report.results if one.message]
    if not said:
        return f"none of its tests is found or runs, even with it{_last_error(report)}"
    common = max(sorted(set(said)), key=said.count).splitlines()[0][:160]
    return f"none of its tests passes, even with it: {common}"


def _last_error(report: TestReport) -> str:
    lines = [line.strip() for line in report.output.splitlines()]
    told = [line for line in lines if re.search(r"\w*(Error|Exception)\b", line)]
    return f": {told[-1][:160]}" if told else ""


def _why_none_turns(good: TestReport) -> str:
    failing = [one for one in good.results if one.outcome in ("failed", "error")]
    if failing:
        said = failing[0].message.splitlines()[0][:120] if failing[0].message else "no message"
        return (
            "no test turns from red to green "
            f"({len(failing)} fail in this environment with it too: {said})"
        )
    return "no test turns from red to green"
