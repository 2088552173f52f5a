"""Any test runner that is started by a command, behind the `Suite` seam.

What differs from runner to runner is a `Runner`: the command for some test files, and how what it
reports is read. Isolation, limits, memory and checking from outside are the same for all.

Whole test files are run, even where single tests are asked for: tests of a file share its fixtures
and its order, and that a test does the same alone is not to be counted on. What was not asked for
is left out of the report.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

from journeyman.records import Coverage, Patch, TestReport, TestResult, digest
from journeyman.sandbox.forkserver import Pool
from journeyman.sandbox.limits import Limits
from journeyman.sandbox.testing.reading import read_report
from journeyman.sandbox.testing.suite import Forgetful, Memory

SEPARATOR = " > "
"""Between the parts of a test's id: its file, the titles around it, its own."""

START_CPU_S = 6
"""Processor seconds that a run of chosen tests has before its tests' own time counts."""


class Runner(Protocol):
    """How one test runner is started and understood."""

    def request(self, files: Sequence[str], *, coverage: bool) -> dict[str, Any]:
        """Return what the sandbox is asked to do to run these test files (all for none).

        Keys: `run` (the command), `environment`, `tell` (what a reporter of ours is told), and
        `output`: true where what the command prints is the report.
        """
        ...

    def read(self, answer: dict[str, Any], nonce: str, seconds: float) -> TestReport:
        """Turn a run's raw answer into a report; `read_entries` does it for our reporters."""
        ...

    def stale(self, paths: Sequence[str]) -> Sequence[str]:
        """Return the files of the base tree that must go when the code of `paths` changes.

        What is compiled beforehand for speed holds the answer to a task.
        """
        ...

    def guarded(self, files: Sequence[str]) -> Sequence[str]:
        """Return the files that a run of these test files must leave alone."""
        ...


@dataclass(frozen=True)
class CommandSettings:
    """How this repository's tests are run (all of it part of a stored run's identity)."""

    identity: str
    runner: Runner
    limits: Limits = field(default_factory=Limits)
    chosen: Limits = field(default_factory=Limits)
    """Ceilings of a run of chosen tests."""
    start_cpu_s: int = START_CPU_S


class CommandSuite:
    """See `journeyman.sandbox.testing.suite.Suite`."""

    def __init__(
        self,
        pool: Pool,
        settings: CommandSettings,
        memory: Memory | None = None,
        expected_s: Mapping[str, float] | None = None,
    ) -> None:
        self.pool = pool
        self.settings = settings
        self.memory = memory or Forgetful()
        self.expected_s: Mapping[str, float] = expected_s or {}
        self.latencies_s: list[float] = []

    def run(
        self,
        patch: Patch,
        tests: Sequence[str] = (),
        *,
        coverage: bool = False,
        attempt: int = 0,
    ) -> TestReport:
        """See `Suite.run`."""
        key = digest([self.settings.identity, patch.files, sorted(tests), coverage, attempt])
        known = self.memory.recall(key)
        if known is not None:
            return known
        report = self._ask(patch, tests, coverage=coverage)
        self.memory.remember(key, report)
        return report

    def survey(self) -> tuple[TestReport, list[str]]:
        """Run everything on the base tree; there is nothing to load beforehand."""
        return self._ask(Patch(), (), coverage=False), []

    def _ask(self, patch: Patch, tests: Sequence[str], *, coverage: bool) -> TestReport:
        runner = self.settings.runner
        files = sorted({file_of(test) for test in tests})
        nonce = secrets.token_hex(16)
        limits = self._limits(files)
        message = {
            "files": {**dict.fromkeys(runner.stale(list(patch.files))), **patch.files},
            "limits": limits.plain(),
            "nonce": nonce,
            "guarded": list(runner.guarded(files)),
            **runner.request(files, coverage=coverage),
        }
        started = time.perf_counter()
        answer = self.pool.ask(message, limits.wall_s)
        seconds = time.perf_counter() - started
        self.latencies_s.append(seconds)
        report = runner.read(answer, nonce, seconds)
        return _only(report, set(tests)) if tests else report

    def _limits(self, files: Sequence[str]) -> Limits:
        """Return the limits of a run: tight for chosen files whose usual time is known.

        A break that loops for ever is common; nobody should wait minutes for each.
        """
        whole = self.settings.limits
        if not files or not all(file in self._file_s for file in files):
            return whole
        usual = sum(self._file_s[file] for file in files)
        cpu_s = self.settings.start_cpu_s + int(10 * usual)
        most = self.settings.chosen
        return replace(whole, cpu_s=min(most.cpu_s, cpu_s), wall_s=min(most.wall_s, 10 + 4 * cpu_s))

    @cached_property
    def _file_s(self) -> dict[str, float]:
        """The usual seconds of each test file whose tests' times are known."""
        sums: dict[str, float] = {}
        for test, seconds in self.expected_s.items():
            sums[file_of(test)] = sums.get(file_of(test), 0.0) + seconds
        return sums


def file_of(test: str) -> str:
    """Return the file of a test's id."""
    return test.split(SEPARATOR, 1)[0]


def read_entries(answer: dict[str, Any], nonce: str, seconds: float) -> TestReport:
    """Read the entries that a reporter of ours wrote; see `reading.read_report`."""
    report, _ = read_report(answer, nonce, seconds, canaries=False)
    return report


def written(entries: Sequence[TestResult], answer: dict[str, Any], seconds: float) -> TestReport:
    """Return the report of a runner whose output was read by us; `entries` are its tests."""
    names = [entry.id for entry in entries]
    twice = len(set(names)) != len(names)
    ending = answer["ending"]
    if ending == "finished" and (twice or answer.get("rewritten")):
        ending = "forged"
    return TestReport(
        results=tuple(entries),
        ending=ending,
        exit_code=int(answer["status"]),
        seconds=seconds,
        output=answer["output"][-8000:],
    )


def _only(report: TestReport, wanted: set[str]) -> TestReport:
    """Keep what was asked for, and test files that could not be run at all."""
    kept = [
        result
        for result in report.results
        if result.id in wanted
        or file_of(result.id) in wanted
        or (SEPARATOR not in result.id and result.outcome == "error")
    ]
    told = {name: getattr(report, name) for name in TestReport.model_fields}
    coverage = None if report.coverage is None else _only_lines(report.coverage, wanted)
    return TestReport(**{**told, "results": tuple(kept), "coverage": coverage})


def _only_lines(coverage: Coverage, wanted: set[str]) -> Coverage:
    """Keep the lines of the tests asked for: the others of a file may be hidden ones."""
    tests = [test for test in coverage.tests if test in wanted or file_of(test) in wanted]
    number = {test: index for index, test in enumerate(tests)}
    moved = {old: number[test] for old, test in enumerate(coverage.tests) if test in number}
    files = {
        path: {
            line: own
            for line, hits in lines.items()
            if (own := tuple(moved[hit] for hit in hits if hit in moved))
        }
        for path, lines in coverage.files.items()
    }
    return Coverage(tests=tuple(tests), files=files)
