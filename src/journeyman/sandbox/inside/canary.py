"""Tests of the tests: items that must fail, and one that must pass, run after all others.

Code under test shares the process with pytest and could make every assertion pass (patch the
runner, swap `AssertionError`, replace `unittest`'s comparisons). Whoever does so for everything
also makes these pass; a run in which a canary misbehaves counts as forged.
"""

from __future__ import annotations

import unittest
from collections.abc import Callable
from typing import Any

import pytest
from _pytest.runner import runtestprotocol


def _plain_assert() -> None:
    assert len("four") == 5


def _raised() -> None:
    raise ValueError("canary")


def _not_raised() -> None:
    with pytest.raises(ValueError):
        pass


def _unequal() -> None:
    unittest.TestCase().assertEqual([1, 2], [1, 3])


def _approximate() -> None:
    assert pytest.approx(2.0) == 1.0


def _sound() -> None:
    assert sorted([2, 1]) == [1, 2]


CANARIES: dict[str, tuple[Callable[[], None], str]] = {
    "canary-plain-assert": (_plain_assert, "failed"),
    "canary-raised": (_raised, "failed"),
    "canary-not-raised": (_not_raised, "failed"),
    "canary-unequal": (_unequal, "failed"),
    "canary-approximate": (_approximate, "failed"),
    "canary-sound": (_sound, "passed"),
}
"""Name to (what it does, the outcome it must have)."""


class _Canary(pytest.Item):
    def __init__(self, *, act: Callable[[], None], **rest: Any) -> None:
        super().__init__(**rest)
        self._act = act

    def runtest(self) -> None:
        self._act()

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        return str(excinfo.typename)  # rendering the runner's own frames would take a second


def play_canaries(session: Any) -> dict[str, str]:
    """Put the canaries through the runner like any test; return name to outcome.

    They are played unlogged, so that neither the terminal nor the exit status shows them.
    """
    outcomes: dict[str, str] = {}
    for name, (act, _) in CANARIES.items():
        item = _Canary.from_parent(session, name=name, nodeid=name, act=act)
        reports = runtestprotocol(item, log=False)
        outcomes[name] = next(report.outcome for report in reports if report.when == "call")
    return outcomes
