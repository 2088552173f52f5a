"""What is known of a test suite at its base tree, after running it several times."""

from __future__ import annotations

from functools import cached_property

from journeyman.records.base import Record


class Baseline(Record):
    """The suite's repeated results on the untouched base tree.

    `passing` holds only tests that passed in every run, with their median seconds; `flaky` ones
    did not do the same every time. Tasks are judged by `passing` tests alone.
    """

    runs: int
    passing: dict[str, float]
    failing: dict[str, str] = {}
    flaky: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    ordered: tuple[str, ...] = ()
    """Tests that pass in the order collected and fail in the opposite one."""
    collected: int = 0
    """How many tests there are, where the suite is too long and only a part of it is used."""
    seconds: float = 0.0
    modules: tuple[str, ...] = ()
    """Third-party modules that a server imports beforehand."""
    imported: tuple[str, ...] = ()
    """Third-party modules that the tests import."""

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many tests pass, fail, flake and are skipped (or depend on their order, if any)."""
        order = {"dependent on order": len(self.ordered)} if self.ordered else {}
        return {
            "passing": len(self.passing),
            "failing": len(self.failing),
            "flaky": len(self.flaky),
            "skipped": len(self.skipped),
            **order,
        }
