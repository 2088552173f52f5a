"""Logic that is nearly right."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, alone, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class Boolean(NodeBreakage[cst.BooleanOperation | cst.UnaryOperation | cst.Name]):
    """``and`` and ``or``, a dropped ``not`` or operand, ``True`` and ``False``."""

    name = "boolean"
    severity = "wrong result"
    description = "`and` for `or`, an operand or a `not` dropped, `True` for `False`."
    probability = 1.2
    kinds = (cst.BooleanOperation, cst.UnaryOperation, cst.Name)
    shown = (
        example(
            """
            def usable(item):
                return item.ready and item.fresh
            """,
            """
            def usable(item):
                return item.ready or item.fresh
            """,
        ),
        example(
            """
            def usable(item):
                return item.ready and item.fresh
            """,
            """
            def usable(item):
                return item.ready
            """,
        ),
        example(
            """
            def empty(items):
                return not items
            """,
            """
            def empty(items):
                return items
            """,
        ),
        example(
            """
            def newest_first(items):
                return sorted(items, reverse=True)
            """,
            """
            def newest_first(items):
                return sorted(items, reverse=False)
            """,
        ),
    )

    def edits(
        self,
        source: Source,
        function: Function,
        node: cst.BooleanOperation | cst.UnaryOperation | cst.Name,
    ) -> Iterator[Edit]:
        """Yield the other operator, each operand alone, the operand of `not`, the other truth."""
        if isinstance(node, cst.BooleanOperation):
            other = "or" if isinstance(node.operator, cst.And) else "and"
            yield replace(source, node.operator, other)
            for kept in (node.left, node.right):
                yield replace(source, node, alone(source, kept))
        elif isinstance(node, cst.UnaryOperation):
            if isinstance(node.operator, cst.Not):
                yield replace(source, node, alone(source, node.expression))
        elif node.value in _TRUTHS:
            yield replace(source, node, _TRUTHS[node.value])


_TRUTHS = {"True": "False", "False": "True"}
