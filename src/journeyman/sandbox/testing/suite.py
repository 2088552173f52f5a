"""The seam between a test runner and everything that wants tests run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from journeyman.records import Patch, TestReport


class Identified(Protocol):
    """How a suite is run; whatever could change a result is in its identity."""

    @property
    def identity(self) -> str:
        """A digest that stored results are named by."""
        ...


class Memory(Protocol):
    """Where reports are remembered."""

    def recall(self, key: str) -> TestReport | None:
        """Return the report stored under `key`, if any."""
        ...

    def remember(self, key: str, report: TestReport) -> None:
        """Store `report` under `key`."""
        ...


class Forgetful:
    """Remembers nothing, so that every run is made."""

    def recall(self, key: str) -> TestReport | None:
        """Return nothing."""
        return None

    def remember(self, key: str, report: TestReport) -> None:
        """Do nothing."""


class Suite(Protocol):
    """A repository's test suite at one base tree; every run is isolated and starts afresh."""

    latencies_s: list[float]
    """Seconds of each run made so far."""

    expected_s: Mapping[str, float]
    """What each test usually takes, in seconds; runs of tests that are known end sooner."""

    @property
    def settings(self) -> Identified:
        """How the tests are run."""
        ...

    def run(
        self,
        patch: Patch,
        tests: Sequence[str] = (),
        *,
        coverage: bool = False,
        attempt: int = 0,
    ) -> TestReport:
        """Run `tests` (all when empty) on the base tree with `patch` applied.

        Results are remembered by content: the same patch, tests and `attempt` give the stored
        report. A different `attempt` makes a new run, to find out what flakes. The name of a test
        file stands for all of its tests.
        """
        ...


class Surveyed(Suite, Protocol):
    """A suite that can be learnt from nothing: a run of everything there is."""

    def survey(self) -> tuple[TestReport, list[str]]:
        """Run everything on the base tree; also name what servers may load beforehand."""
        ...


@runtime_checkable
class Probed(Surveyed, Protocol):
    """A suite that can be run in part, and in another order."""

    def sample(self, budget_s: float) -> tuple[TestReport, list[str], int]:
        """Run a part of every file that together takes about `budget_s`, as `survey` does.

        Also returns how many tests there are in all.
        """
        ...

    def backwards(self, tests: Sequence[str]) -> TestReport:
        """Run `tests` on the base tree, the last one first."""
        ...


@runtime_checkable
class Repeated(Suite, Protocol):
    """A suite that can repeat a run for less than the price of another one."""

    def again(self, patch: Patch, tests: Sequence[str], first: int, times: int) -> list[TestReport]:
        """Run `tests` as attempts `first` and so on, in a fresh sandbox that they may share.

        The reports are those of separate runs, or agree with each other; what differs is never
        told from a shared sandbox.
        """
        ...


@runtime_checkable
class Traced(Suite, Protocol):
    """A suite that can record what functions were called with."""

    def calls(
        self, patch: Patch, tests: Sequence[str], watch: Sequence[tuple[str, str]]
    ) -> tuple[TestReport, dict[str, list[list[str]]]]:
        """Run `tests` and return, beside the report, the calls of the watched functions."""
        ...
