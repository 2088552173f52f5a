"""Refactorings that keep behaviour and move a measured property.

Real code is made worse mechanically (`worsening.py`), keeping what it does: the original is the
reference, the tree with it is byte-identical to the base, and the bound of the task is what the
original measures. Kept only where the property got markedly worse, the tests stay green on the
worse code, and a replay finds no call that is answered otherwise.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

from journeyman.records import Patch, Task
from journeyman.records.goal import Property, Refactor
from journeyman.records.tried import Tried
from journeyman.tasks.written.draft import Plan, RefusedError
from journeyman.tasks.written.pieces import Definition, Piece, with_function
from journeyman.tasks.written.words import render
from journeyman.tasks.written.workshop import Workshop
from journeyman.tasks.written.worsening import WORSENINGS
from journeyman.understanding.measures import of_node

WAYS: dict[Property, tuple[tuple[str, ...], int, float]] = {
    "nesting": (("nest_guards", "split_conditions"), 2, 1.0),
    "repetition": (("repeat_endings",), 4, 1.0),
    "complexity": (("repeat_endings", "write_out_loops", "write_out_choices"), 2, 1.15),
    "size": (("write_out_loops", "repeat_endings"), 12, 1.2),
}
"""Property to the worsenings that move it, and by how much it has to move: steps, and a factor."""


@dataclass(frozen=True)
class Worsen:
    """See `journeyman.tasks.written.draft.Maker`; `detail` is the property."""

    shop: Workshop

    def plans(self) -> Iterator[Plan]:
        """Yield functions that can be made markedly worse in a property."""
        for piece in self.shop.functions():
            for measured in WAYS:
                if worse(piece, measured) is not None:
                    yield Plan(
                        kind="refactor", path=piece.path, function=piece.name, detail=measured
                    )

    def make(self, plan: Plan) -> Tried:
        """Make and prove one task."""
        return self.shop.attempt(plan, lambda: self._make(plan))

    def _make(self, plan: Plan) -> Task:
        piece = self.shop.piece(plan)
        measured = next(one for one in WAYS if one == plan.detail)
        made = worse(piece, measured)
        if made is None:
            raise RefusedError("rejected", "it cannot be made worse")
        node, before, after = made
        text = with_function(piece, node)
        if text is None:
            raise RefusedError("rejected", "it cannot be written anew")
        tests = self.shop.tests_for(piece)
        broken = Patch(files={piece.path: text})
        self.shop.passing(broken, tests)
        goal = Refactor(
            kind="refactor",
            path=piece.path,
            function=piece.name,
            measured=measured,
            before=after,
            most=before,
        )
        task = Task(
            **self.shop.common(plan, piece, goal),
            statement=render("refactor", piece=piece, goal=goal),
            broken=broken,
            fix=Patch(files={piece.path: piece.text}),
            fail_to_pass=(),
            pass_to_pass=tests,
            labels=(measured,),
        )
        return self.shop.proven(task)


def worse(piece: Piece, measured: Property) -> tuple[Definition, int, int] | None:
    """Return the function made worse, and the property before and after.

    `None` where that does not move it markedly.
    """
    names, step, factor = WAYS[measured]
    assert isinstance(piece.node, Definition)
    node = copy.deepcopy(piece.node)
    changed = [way.change(node) for way in WORSENINGS if way.name in names]
    if not any(changed):
        return None
    before, after = of_node(piece.node, measured), of_node(node, measured)
    return (node, before, after) if after >= max(before + step, factor * before) else None
