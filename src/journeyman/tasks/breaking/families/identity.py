"""The same, or only equal?"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class Identity(NodeBreakage[cst.Comparison]):
    """An equality test becomes a test of identity."""

    name = "identity"
    severity = "wrong result"
    description = "`==` becomes `is`, which only holds for one and the same object."
    probability = 0.6
    kinds = (cst.Comparison,)
    shown = (
        example(
            """
            def same(left, right):
                return left.key == right.key
            """,
            """
            def same(left, right):
                return left.key is right.key
            """,
        ),
        example(
            """
            def changed(old, new):
                return old != new
            """,
            """
            def changed(old, new):
                return old is not new
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Comparison) -> Iterator[Edit]:
        """Yield the test of identity, unless it would warn or be the same."""
        if len(node.comparisons) != 1:
            return
        operator = node.comparisons[0].operator
        literals = (cst.BaseNumber, cst.BaseString, cst.Tuple, cst.UnaryOperation)
        sides = (node.left, node.comparisons[0].comparator)
        if any(isinstance(side, literals) or source.code(side) in _ONLY_ONES for side in sides):
            return
        if isinstance(operator, cst.Equal | cst.NotEqual):
            yield replace(source, operator, "is" if isinstance(operator, cst.Equal) else "is not")


_ONLY_ONES = frozenset({"None", "True", "False", "...", "NotImplemented"})
