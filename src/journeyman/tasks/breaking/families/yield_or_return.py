"""Giving one thing where many were asked for."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class YieldOrReturn(NodeBreakage[cst.Yield]):
    """A `yield` becomes a `return`."""

    name = "yield_or_return"
    severity = "wrong result"
    description = (
        "A `yield` becomes a `return`, so that a generator ends early or is none any more."
    )
    probability = 0.5
    kinds = (cst.Yield,)
    shown = (
        example(
            """
            def evens(values):
                for value in values:
                    if value % 2 == 0:
                        yield value
            """,
            """
            def evens(values):
                for value in values:
                    if value % 2 == 0:
                        return value
            """,
        ),
        example(
            """
            def walk(tree):
                yield tree.name
                for child in tree.children:
                    yield from walk(child)
            """,
            """
            def walk(tree):
                yield tree.name
                for child in tree.children:
                    return walk(child)
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Yield) -> Iterator[Edit]:
        """Yield the `return` for a `yield` that is a statement of its own."""
        if not isinstance(source.parent(node), cst.Expr):
            return
        given = node.value.item if isinstance(node.value, cst.From) else node.value
        yield replace(
            source, node, f"return {source.code(given)}" if given is not None else "return"
        )
