"""A special case that nobody thought of."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingGuard(NodeBreakage[cst.If]):
    """A guard that leaves early is removed."""

    name = "missing_guard"
    severity = "raises"
    description = (
        "A guard (`if …:` with an early `return`, `raise`, `continue` or `break`) is gone."
    )
    probability = 0.8
    kinds = (cst.If,)
    shown = (
        example(
            """
            def mean(values):
                if not values:
                    return 0.0
                return sum(values) / len(values)
            """,
            """
            def mean(values):
                return sum(values) / len(values)
            """,
        ),
        example(
            """
            def check(age):
                if age < 0: raise ValueError(age)
            """,
            """
            def check(age):
                pass
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.If) -> Iterator[Edit]:
        """Yield the removal of a short `if` without `else` that ends in a way out."""
        if node.orelse is not None or isinstance(source.parent(node), cst.If):
            return
        body = node.body.body
        if len(body) > _MOST_STATEMENTS or not body:
            return
        last = body[-1]
        if isinstance(last, cst.SimpleStatementLine):
            last = last.body[-1]
        if isinstance(last, (cst.Return, cst.Raise, cst.Continue, cst.Break)):
            detail = f"guard `if {shorten(source.code(node.test))}` removed"
            yield source.removal(node, detail)


_MOST_STATEMENTS = 3
