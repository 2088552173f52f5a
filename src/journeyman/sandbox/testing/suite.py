"""The seam between a test runner and everything that wants tests run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from journeyman.records import Patch, TestReport


class Suite(Protocol):
    """A repository's test suite at one base tree; every run is isolated and starts afresh."""

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
        report. A different `attempt` makes a new run, to find out what flakes.
        """
        ...
