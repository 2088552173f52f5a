"""Turn a break into a proven task, or say why it is none.

Proven means: the chosen tests passed in every run on the base tree; those that fail on the broken
tree all do so in several runs; the tree with the reference fix is byte-identical to the base tree
(so the base's repeated results are the "after"); and the empty patch, judged like any other, scores
zero.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from journeyman.grading.grader import Grader
from journeyman.records import Coverage, Patch, Place, Task, TestReport, TestResult, digest
from journeyman.records.baseline import Baseline
from journeyman.records.tried import Outcome, Tried
from journeyman.sandbox.testing.suite import Repeated
from journeyman.tasks.breaking import Break
from journeyman.tasks.mixture import TRIVIAL
from journeyman.tasks.sieve import Sieve, sampled
from journeyman.tasks.statement import from_failures
from journeyman.tasks.steady import steady
from journeyman.tasks.told import LABEL, untold

MOST_TESTS = 30
SLOW_S = 1.0
"""Tests slower than this judge no task: practice runs them thousands of times."""

FEW_TESTS, ENOUGH_S = 5, 0.05
"""Tests of a task usually take no longer than this altogether, unless there are fewer of them."""

IDLE = "one of its parts changes nothing that the tests see"

SLOW_BROKEN_S = 3 * SLOW_S
"""Broken code that makes its tests wait longer than this in all is no task either."""


@dataclass(frozen=True)
class Prover:
    """Proves breaks of one base tree.

    Args:
        repository, base: Names that the tasks carry.
        runs: How many runs on the broken tree have to agree.
        read: Reads a file of the base tree.
        sieve: Throws out beforehand what the tests do not notice, if there is one.
    """

    repository: str
    base: str
    grader: Grader
    baseline: Baseline
    coverage: Coverage
    runs: int
    read: Callable[[str], str]
    sieve: Sieve | None = None
    label: Callable[[str], str] = lambda path: "python"
    """Says which language a file's tasks are in."""
    select: Callable[[Sequence[str], int], Sequence[str]] = lambda tests, most: tests[:most]
    """Chooses at most so many of the tests that can judge a change, given most specific first."""

    def prove(self, made: Break) -> Tried:
        """Try one break; everything but the seconds and how it was found follows from it."""
        started = time.perf_counter()
        result = self._tried(made, "duplicate") if made.duplicate else self._screened(made)
        seconds = round(time.perf_counter() - started, 3)
        return result.model_copy(update={"seconds": seconds})

    def tests_for(self, touched: Iterable[tuple[str, int, int]]) -> tuple[str, ...]:
        """Return the tests that can judge a change of these lines (path, first, last), sorted.

        Only tests that always pass and take less than a second; at most 30, taking those first
        that go through the fewest lines, and slow ones only where there are not five others.
        """
        return tuple(sorted(self.judges(touched)))

    def judges(self, touched: Iterable[tuple[str, int, int]]) -> list[str]:
        """Return the tests of `tests_for`, the most specific first."""
        passing, breadth = self.baseline.passing, self.coverage.breadth
        covering = {test for lines in touched for test in self.coverage.tests_of(*lines)}
        quick = [test for test in covering & passing.keys() if passing[test] < SLOW_S]
        quick.sort(key=lambda test: (breadth[test], test))
        chosen: list[str] = []
        spent = 0.0
        for test in quick:
            if spent + passing[test] <= ENOUGH_S:
                chosen.append(test)
                spent += passing[test]
        slower = [test for test in quick if test not in set(chosen)]
        chosen += slower[: max(0, FEW_TESTS - len(chosen))]
        return list(self.select(chosen, MOST_TESTS))

    def _screened(self, made: Break) -> Tried:
        """Ask the fast way first; prove what it lets pass, and a sample of what it does not."""
        judges = self.judges(made.touched())
        if not judges:
            return self._tried(made, "uncovered")
        broken = made.patch(self.read)
        tests = tuple(sorted(judges))
        if self.sieve is None:
            return self._proven(made, broken, tests)
        word = self.sieve.word(broken, judges, f"{made.path}::{made.function}")
        if word == "noticed" and self._seems_idle(made, judges):
            return self._tried(made, "rejected", why=IDLE, fast="rejected")
        if word == "noticed" or word == "unknown":
            return self._proven(made, broken, tests).model_copy(update={"fast": word})
        if not sampled(made.key):
            return self._tried(made, word, fast="rejected")
        result = self._proven(made, broken, tests)
        wrong = result.outcome in ("valid", "flaky", "gameable")
        return result.model_copy(update={"fast": "wrong" if wrong else "checked"})

    def _proven(self, made: Break, broken: Patch, tests: tuple[str, ...]) -> Tried:
        """Run the tests on the broken tree in isolation; those that fail, as often as is asked."""
        first = steady(self.grader.suite.run(broken, tests))
        if _unfit(first):
            return self._tried(made, "unfinished", 1, why=first.ending)
        failing = _failing(first, tests)
        if not failing:
            return self._tried(made, "survived", 1)
        noticing = tuple(sorted(failing))
        for count, report in enumerate(self._again(broken, noticing), start=2):
            if _unfit(report):
                return self._tried(made, "unfinished", count, why=report.ending)
            if _failing(report, noticing) != failing:
                return self._tried(made, "flaky", count)
        if len(made.parts) > 1 and not self._all_needed(made, noticing):
            return self._tried(made, "rejected", self.runs, why=IDLE)
        task = self._task(made, broken, tests, failing, first)
        if self.grader.grade(task, Patch()).solved:
            return self._tried(made, "gameable", self.runs)
        tried = self._tried(made, "valid", self.runs)
        return tried.model_copy(update={"task": task})

    def _again(self, broken: Patch, tests: tuple[str, ...]) -> Iterator[TestReport]:
        """Make the runs after the first, in another sandbox than that had."""
        suite, more = self.grader.suite, self.runs - 1
        if isinstance(suite, Repeated):
            yield from map(steady, suite.again(broken, tests, 1, more) if more else ())
            return
        for attempt in range(1, self.runs):
            yield steady(suite.run(broken, tests, attempt=attempt))

    def _seems_idle(self, made: Break, judges: list[str]) -> bool:
        """Whether the fast way sees nothing of a part of a combined break."""
        if self.sieve is None or len(made.parts) == 1:
            return False
        parts = (made.alone(index) for index in range(len(made.parts)))
        return any(
            self.sieve.word(one.patch(self.read), judges, f"{one.path}::{one.function}")
            == "survived"
            for one in parts
        )

    def _all_needed(self, made: Break, tests: tuple[str, ...]) -> bool:
        """Whether each part of a combined break fails one of `tests` by itself: none is idle."""
        alone = (made.alone(index).patch(self.read) for index in range(len(made.parts)))
        return all(
            any(not report.good(test) for test in tests)
            for report in (self.grader.suite.run(one, tests) for one in alone)
        )

    def _tried(self, made: Break, outcome: Outcome, runs: int = 0, **more: str) -> Tried:
        return Tried(
            source="breakage",
            family=made.family,
            language=self.label(made.path),
            quiet=made.quiet,
            name=made.key,
            outcome=outcome,
            runs=runs,
            **more,  # type: ignore[arg-type]
        )

    def _task(
        self,
        made: Break,
        broken: Patch,
        tests: tuple[str, ...],
        failing: set[str],
        report: TestReport,
    ) -> Task:
        hidden = hide(sorted(failing)) + hide(sorted(set(tests) - failing))
        shown = [test for test in sorted(failing) if test not in hidden]
        failures = [report.by_id[test] for test in shown if test in report.by_id]
        failures = failures or [result for result in report.results if result.outcome == "error"]
        statement = from_failures(failures)
        told = [statement, *(text for text in broken.files.values() if text is not None)]
        python = self.label(made.path) == "python"
        labels = [LABEL] if python and untold(sorted(failing), self.read, told) else []
        labels += [TRIVIAL] if _trivial(made, failures) else []
        return Task(
            repository=self.repository,
            base=self.base,
            source="breakage",
            family=made.family,
            quiet=made.quiet,
            language=self.label(made.path),
            statement=statement,
            broken=broken,
            fix=Patch(files={path: self.read(path) for path in broken.files}),
            place=Place(path=made.path, function=made.function, first=made.first, last=made.last),
            fail_to_pass=tuple(sorted(failing)),
            pass_to_pass=tuple(sorted(set(tests) - failing)),
            hidden=tuple(sorted(hidden)),
            labels=tuple(sorted(labels)),
        )


def _failing(report: TestReport, tests: Iterable[str]) -> set[str]:
    return {test for test in tests if not report.good(test)}


def _unfit(report: TestReport) -> bool:
    """Whether a run did not come to its end, or let its tests wait."""
    slow = sum(result.seconds for result in report.results) > SLOW_BROKEN_S
    return report.ending != "finished" or slow


def _trivial(made: Break, failures: Iterable[TestResult]) -> bool:
    """Whether the failures name the very line that is broken, and not by a wrong result."""
    if made.severity in ("does not parse", "does not import"):
        return True
    broken = {(part.path, part.line) for part in made.parts}
    return all(
        (one.path, one.line) in broken and not one.message.startswith(("AssertionError", "assert"))
        for one in failures
    )


def hide(tests: list[str]) -> tuple[str, ...]:
    """Choose a third of `tests`, rounded down, that only the grader will run.

    Which ones follows from their names, not from their order in a file, so that neighbours with
    like parameters end up on both sides.
    """
    return tuple(sorted(sorted(tests, key=digest)[: len(tests) // 3]))
