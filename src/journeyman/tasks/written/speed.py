"""Speed-ups with a reference that is right, judged by time.

Real code is made slow mechanically (`slowing.py`); the original is the reference. A workload is
made of the calls that the tests were seen to make, with their arguments grown until the time can be
measured. Kept only where tests and replay notice nothing, and the original is at least 1.5 times as
fast with its whole interval.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

from journeyman.grading.goals.speed import Race, interval, race
from journeyman.grading.goals.workloads import can_grow
from journeyman.records import Patch, Task
from journeyman.records.goal import Speed
from journeyman.records.tried import Tried
from journeyman.sandbox.testing.pytest_suite import as_pytest
from journeyman.tasks.written.draft import Plan, RefusedError
from journeyman.tasks.written.pieces import Definition, Piece, with_function
from journeyman.tasks.written.slowing import SLOWINGS
from journeyman.tasks.written.words import render
from journeyman.tasks.written.workshop import Workshop

SIZES = (3000, 600, 120)
"""Items that arguments are grown to, the largest first."""

TRIAL_ROUNDS, ROUNDS = 6, 15
MOST_CALLS = 3
SLOWER = 1.5
LEAST_S = 0.001
"""Shorter workloads drown in the noise of starting them."""


@dataclass(frozen=True)
class Slow:
    """See `journeyman.tasks.written.draft.Maker`; `detail` is the way to slow down."""

    shop: Workshop

    def plans(self) -> Iterator[Plan]:
        """Yield functions at module level that can be slowed down; methods have no plain calls."""
        for piece in self.shop.functions():
            if piece.owner or not isinstance(piece.node, Definition):
                continue
            for way in SLOWINGS:
                if way.change(copy.deepcopy(piece.node)):
                    yield Plan(kind="speed", path=piece.path, function=piece.name, detail=way.name)

    def make(self, plan: Plan) -> Tried:
        """Make and prove one task."""
        return self.shop.attempt(plan, lambda: self._make(plan))

    def _make(self, plan: Plan) -> Task:
        piece = self.shop.piece(plan)
        text = slowed(piece, plan.detail)
        if text is None:
            raise RefusedError("rejected", "it cannot be written anew")
        tests = self.shop.tests_for(piece)
        calls = self._calls(piece, tests)
        broken, fix = Patch(files={piece.path: text}), Patch(files={piece.path: piece.text})
        self.shop.passing(broken, tests)
        goal, raced = self._workload(piece, calls, broken, fix)
        middle, _, _ = interval(raced.ratios)
        goal = goal.model_copy(update={"most": round(middle**0.5, 2), "rounds": ROUNDS})
        task = Task(
            **self.shop.common(plan, piece, goal),
            statement=render("speed", piece=piece, goal=goal),
            broken=broken,
            fix=fix,
            fail_to_pass=(),
            pass_to_pass=tests,
            labels=(plan.detail,),
        )
        return self.shop.proven(task)

    def _calls(self, piece: Piece, tests: tuple[str, ...]) -> list[str]:
        """Return different calls that the tests make, with arguments that can be grown."""
        watch = [(piece.path, piece.plain)]
        _, recorded = as_pytest(self.shop.grader.suite).values(Patch(), tests, watch)
        pairs = recorded.get(f"{piece.path}::{piece.plain}", [])
        given = {call: None for call, result, _ in pairs if call and result != "raised"}
        found = [call for call in given if can_grow(call)]
        if not found:
            raise RefusedError("uncovered", "the tests make no call of literals that can be grown")
        return sorted(found, key=len, reverse=True)[:MOST_CALLS]

    def _workload(
        self, piece: Piece, calls: list[str], broken: Patch, fix: Patch
    ) -> tuple[Speed, Race]:
        """Return the goal with a workload on which the original is clearly faster."""
        why = ""
        for size in SIZES:
            goal = Speed(
                kind="speed",
                path=piece.path,
                module=self.shop.module(piece.path),
                function=piece.name,
                calls=tuple(calls),
                size=size,
                most=1.0,
                rounds=1,
            )
            first = race(self.shop.grader, broken, fix, goal, "trial")
            why = first.wrong
            fine = [call for call, bad in zip(calls, first.raised, strict=False) if not bad]
            if why or not fine or first.pairs[0][0] < LEAST_S:
                continue
            goal = goal.model_copy(update={"calls": tuple(fine), "rounds": TRIAL_ROUNDS})
            raced = race(self.shop.grader, broken, fix, goal, "trials")
            why = raced.wrong
            if not why and interval(raced.ratios)[2] * SLOWER <= 1:
                return goal, raced
        raise RefusedError("survived", why or f"it is not {SLOWER} times as slow on any workload")


def slowed(piece: Piece, way: str) -> str | None:
    """Return the file with the function slowed down in one way; `None` where that has no place."""
    assert isinstance(piece.node, Definition)
    node = copy.deepcopy(piece.node)
    change = next(one.change for one in SLOWINGS if one.name == way)
    return with_function(piece, node) if change(node) else None
