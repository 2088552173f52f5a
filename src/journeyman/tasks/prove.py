"""Turn a break into a proven task, or say why it is none.

Proven means: the chosen tests passed in every run on the base tree; on the broken tree several
runs agree on exactly which of them fail; the tree with the reference fix is byte-identical to the
base tree (so the base's repeated results are the "after"); and the empty patch, judged like any
other, scores zero.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from journeyman.grading.grader import Grader
from journeyman.records import Coverage, Patch, Place, Task, TestReport, digest
from journeyman.records.baseline import Baseline
from journeyman.records.tried import Outcome, Tried
from journeyman.tasks.breaking import Site
from journeyman.tasks.statement import from_failures
from journeyman.tasks.steady import steady

MOST_TESTS = 30
SLOW_S = 1.0
"""Tests slower than this judge no task: practice runs them thousands of times."""

SLOW_BROKEN_S = 3 * SLOW_S
"""Broken code that makes its tests wait longer than this in all is no task either."""


@dataclass(frozen=True)
class Prover:
    """Proves breaks of one base tree.

    Args:
        repository, base: Names that the tasks carry.
        runs: How many runs on the broken tree have to agree.
        read: Reads a file of the base tree.
    """

    repository: str
    base: str
    grader: Grader
    baseline: Baseline
    coverage: Coverage
    runs: int
    read: Callable[[str], str]
    label: Callable[[str], str] = lambda path: "python"
    """Says which language a file's tasks are in."""
    select: Callable[[Sequence[str], int], Sequence[str]] = lambda tests, most: tests[:most]
    """Chooses at most so many of the tests that can judge a change, given most specific first."""

    def prove(self, site: Site, quiet: bool) -> Tried:
        """Try one break; everything but the seconds follows from the arguments."""
        started = time.perf_counter()
        nothing: tuple[Outcome, int, None] = ("duplicate", 0, None)
        outcome, runs, task = nothing if site.duplicate else self._try(site, quiet)
        return Tried(
            source="breakage",
            family=site.family,
            language=self.label(site.path),
            quiet=quiet,
            name=site_key(site),
            outcome=outcome,
            seconds=round(time.perf_counter() - started, 3),
            runs=runs,
            task=task,
        )

    def tests_for(self, path: str, first: int, last: int) -> tuple[str, ...]:
        """Return the tests that can judge a change of these lines, most specific first.

        Only tests that always pass and take less than a second; at most 30, taking those first
        that go through the fewest lines.
        """
        passing, breadth = self.baseline.passing, self.coverage.breadth
        covering = self.coverage.tests_of(path, first, last) & passing.keys()
        quick = [test for test in covering if passing[test] < SLOW_S]
        quick.sort(key=lambda test: (breadth[test], test))
        return tuple(sorted(self.select(quick, MOST_TESTS)))

    def _try(self, site: Site, quiet: bool) -> tuple[Outcome, int, Task | None]:
        text = self.read(site.path)
        broken = Patch(files={site.path: site.apply(text)})
        tests = self.tests_for(site.path, *_lines(site, text))
        if not tests:
            return "uncovered", 0, None
        suite = self.grader.suite
        reports: list[TestReport] = []
        failing: set[str] = set()
        for attempt in range(self.runs):
            report = steady(suite.run(broken, tests, attempt=attempt))
            reports.append(report)
            now = {test for test in tests if not report.good(test)}
            slow = sum(result.seconds for result in report.results) > SLOW_BROKEN_S
            if report.ending != "finished" or slow:
                return "unfinished", len(reports), None
            if not now and not attempt:
                return "survived", 1, None
            if attempt and now != failing:
                return "flaky", len(reports), None
            failing = now
        task = self._task(site, quiet, broken, text, tests, failing, reports[0])
        if self.grader.grade(task, Patch()).solved:
            return "gameable", len(reports), None
        return "valid", len(reports), task

    def _task(
        self,
        site: Site,
        quiet: bool,
        broken: Patch,
        text: str,
        tests: tuple[str, ...],
        failing: set[str],
        report: TestReport,
    ) -> Task:
        hidden = hide(sorted(failing)) + hide(sorted(set(tests) - failing))
        shown = [test for test in sorted(failing) if test not in hidden]
        failures = [report.by_id[test] for test in shown if test in report.by_id]
        failures = failures or [result for result in report.results if result.outcome == "error"]
        return Task(
            repository=self.repository,
            base=self.base,
            source="breakage",
            family=site.family,
            quiet=quiet,
            language=self.label(site.path),
            statement=from_failures(failures),
            broken=broken,
            fix=Patch(files={site.path: text}),
            place=Place(path=site.path, function=site.function, first=site.first, last=site.last),
            fail_to_pass=tuple(sorted(failing)),
            pass_to_pass=tuple(sorted(set(tests) - failing)),
            hidden=tuple(sorted(hidden)),
        )


def hide(tests: list[str]) -> tuple[str, ...]:
    """Choose a third of `tests`, rounded down, that only the grader will run.

    Which ones follows from their names, not from their order in a file, so that neighbours with
    like parameters end up on both sides.
    """
    return tuple(sorted(sorted(tests, key=digest)[: len(tests) // 3]))


def site_key(site: Site) -> str:
    """Return what names a break across runs."""
    return digest([site.family, site.path, site.start, site.end, site.replacement, site.duplicate])


def _lines(site: Site, text: str) -> tuple[int, int]:
    """Return the first and last line that the break touches."""
    return site.line, max(site.line, text.count("\n", 0, max(site.start, site.end - 1)) + 1)
