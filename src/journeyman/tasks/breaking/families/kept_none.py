"""Keeping what a method does not return."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class KeptNone(NodeBreakage[cst.Expr]):
    """What a method that works in place returns is kept."""

    name = "kept_none"
    severity = "raises"
    description = "A method that works in place is taken to return the result (`x = x.sort()`)."
    probability = 0.5
    kinds = (cst.Expr,)
    shown = (
        example(
            """
            def ordered(values):
                values.sort()
                return values[0]
            """,
            """
            def ordered(values):
                values = values.sort()
                return values[0]
            """,
        ),
        example(
            """
            def add(items, item):
                items.append(item)
                return len(items)
            """,
            """
            def add(items, item):
                items = items.append(item)
                return len(items)
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Expr) -> Iterator[Edit]:
        """Yield the assignment of the result to the object's own name."""
        call = node.value
        if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
            return
        kept = call.func.value
        if call.func.attr.value not in _IN_PLACE or not isinstance(kept, cst.Name):
            return
        if kept.value in function.loads.get(kept, {}) and kept.value not in ("self", "cls"):
            start = source.span(node)[0]
            detail = f"`{shorten(source.code(node))}` became an assignment"
            yield Edit(start, start, f"{kept.value} = ", detail)


_IN_PLACE = frozenset(
    {"append", "extend", "insert", "sort", "reverse", "update", "add", "discard", "clear"}
)
