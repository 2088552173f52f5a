"""What a test run said, test by test, and which lines each test went through."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from journeyman.records.base import Record

Outcome = Literal["passed", "failed", "error", "skipped", "xfailed", "xpassed"]
Ending = Literal[
    "finished", "crashed", "timeout", "cpu", "memory", "processes", "disk", "output", "forged"
]

GOOD: frozenset[str] = frozenset({"passed"})
"""A skipped or expectedly failing test proves nothing, so only a pass is good."""


class TestResult(Record):
    """One test's outcome.

    `message` is the last line of the failure (for example ``NameError: name 'x' is not defined``);
    `path` and `line` say where in the repository it was raised (deepest frame inside the tree).
    """

    __test__ = False

    id: str
    outcome: Outcome
    seconds: float = 0.0
    message: str = ""
    path: str = ""
    line: int = 0


class Coverage(Record):
    """Which test executed which line: path to line number (from 1) to indices into `tests`."""

    tests: tuple[str, ...] = ()
    files: dict[str, dict[int, tuple[int, ...]]] = {}

    def tests_of(self, path: str, first: int, last: int) -> set[str]:
        """Return the ids of the tests that executed any of the lines `first` to `last`."""
        lines = self.files.get(path, {})
        return {
            self.tests[index] for line in range(first, last + 1) for index in lines.get(line, ())
        }

    @cached_property
    def breadth(self) -> dict[str, int]:
        """How many lines each test goes through."""
        counts = [0] * len(self.tests)
        for lines in self.files.values():
            for hits in lines.values():
                for index in hits:
                    counts[index] += 1
        return dict(zip(self.tests, counts, strict=True))


class TestReport(Record):
    """The result of one isolated test run.

    `ending` other than ``finished`` means that the process did not get to its own end; tests that
    were expected and did not report are absent from `results`, and absent means failed.
    """

    __test__ = False

    results: tuple[TestResult, ...] = ()
    ending: Ending = "finished"
    exit_code: int = 0
    seconds: float = 0.0
    output: str = ""
    stuck: str = ""
    """The test that was running when a run was ended from outside."""
    coverage: Coverage | None = None

    @cached_property
    def by_id(self) -> dict[str, TestResult]:
        """The results by test id."""
        return {result.id: result for result in self.results}

    def good(self, test: str) -> bool:
        """Whether `test` reported and did not fail; a missing test is not good."""
        result = self.by_id.get(test)
        return self.ending == "finished" and result is not None and result.outcome in GOOD
