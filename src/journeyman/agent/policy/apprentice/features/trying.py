"""Features of what has been tried: which lines and kinds, and what that changed in the tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from journeyman.agent.policy.apprentice.case import Case
from journeyman.agent.policy.apprentice.clues import failing_tests
from journeyman.records import TestReport

EFFECTS = {
    "helped": "fewer tests failed",
    "hurt": "more tests failed",
    "stirred": "as many tests failed, but otherwise",
    "idle": "nothing changed",
}
MEANINGS = {
    **{
        f"{place} {effect}": f"earlier tries on {words} after which {meaning} (logarithm)"
        for place, words in (
            ("line", "the same statement"),
            ("function", "the same function"),
            ("span", "exactly the same text"),
        )
        for effect, meaning in EFFECTS.items()
    },
    "line tried": "logarithm of the tries on the same statement",
    "kind tried": "logarithm of the tries of the same kind",
    "kind tried on line": "logarithm of the tries of the same kind on the same statement",
    "same words tried": "the same replacement was tried elsewhere",
    "near last": "nearness to the last try, when it was in the same function",
}


@dataclass(frozen=True)
class Try:
    """A move that was tried and what it changed."""

    move: int
    effect: str


def effect_of(before: TestReport, after: TestReport, tests: Sequence[str]) -> str:
    """Return which of `EFFECTS` a try had, against the run on the untouched tree."""
    old, new = len(failing_tests(before, tests)), len(failing_tests(after, tests))
    if new != old:
        return "helped" if new < old else "hurt"
    return "idle" if _said(before, tests) == _said(after, tests) else "stirred"


class Trying:
    """Relates all moves of a case to those tried, quickly: only numbers are compared."""

    def __init__(self, case: Case) -> None:
        self._moves = case.moves

    @cached_property
    def _keys(self) -> dict[str, NDArray[np.int64]]:
        moves = self._moves
        return {
            "line": _codes([(one.path, one.line) for one in moves]),
            "function": _codes([(one.path, one.function) for one in moves]),
            "span": _codes([(one.path, one.start, one.end) for one in moves]),
            "kind": _codes([one.kind for one in moves]),
            "both": _codes([(one.path, one.line, one.kind) for one in moves]),
            "words": _codes([(one.before, one.after) for one in moves]),
            "at": np.array([one.line for one in moves], np.int64),
        }

    def columns(self, tries: Sequence[Try]) -> dict[str, NDArray[np.float64]]:
        """Return name to values, shape [moves]; empty when nothing was tried."""
        if not tries:
            return {}
        keys, count = self._keys, len(self._moves)
        found = {name: np.zeros(count) for name in MEANINGS}
        for one in tries:
            same = {name: code == code[one.move] for name, code in keys.items() if name != "at"}
            for place in ("line", "function", "span"):
                found[f"{place} {one.effect}"] += same[place]
            found["line tried"] += same["line"]
            found["kind tried"] += same["kind"]
            found["kind tried on line"] += same["both"]
            if self._moves[one.move].after:
                found["same words tried"] = np.maximum(found["same words tried"], same["words"])
        for name in found:
            if name != "same words tried":
                found[name] = np.log1p(found[name])
        last = tries[-1].move
        near = np.exp(-np.abs(keys["at"] - keys["at"][last]) / 3)
        found["near last"] = near * (keys["function"] == keys["function"][last])
        return found


def _codes(values: Sequence[object]) -> NDArray[np.int64]:
    """Return a number for each value, equal for equal ones."""
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(one, len(numbers)) for one in values], np.int64)


def _said(report: TestReport, tests: Sequence[str]) -> list[tuple[str, str, str, int]]:
    """Return what failing tests said, addresses of objects left out."""
    return [
        (test, result.message.split(" at 0x")[0], result.path, result.line)
        if (result := report.by_id.get(test)) is not None
        else (test, report.ending, "", 0)
        for test in failing_tests(report, tests)
    ]
