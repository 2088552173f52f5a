"""Comparing the wrong way round, or almost the right way."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class Comparison(NodeBreakage[cst.Comparison]):
    """A comparison operator is replaced by a plausible other one."""

    name = "comparison"
    severity = "wrong result"
    description = "A comparison operator is replaced by a plausible other one."
    probability = 1.5
    kinds = (cst.Comparison,)
    shown = (
        example(
            """
            def adult(age):
                return age >= 18
            """,
            """
            def adult(age):
                return age > 18
            """,
        ),
        example(
            """
            def missing(key, table):
                return key not in table
            """,
            """
            def missing(key, table):
                return key in table
            """,
        ),
        example(
            """
            def between(low, value, high):
                return low <= value < high
            """,
            """
            def between(low, value, high):
                return low <= value <= high
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Comparison) -> Iterator[Edit]:
        """Yield other operators; in a chain, one a link before a second one for the first."""
        for turn in range(2):
            for target in node.comparisons:
                others = _OTHERS.get(type(target.operator), ())
                if turn < len(others):
                    yield replace(source, target.operator, others[turn])


_OTHERS: dict[type[cst.BaseCompOp], tuple[str, ...]] = {
    cst.Equal: ("!=",),
    cst.NotEqual: ("==",),
    cst.LessThan: ("<=", ">"),
    cst.LessThanEqual: ("<", ">="),
    cst.GreaterThan: (">=", "<"),
    cst.GreaterThanEqual: (">", "<="),
    cst.In: ("not in",),
    cst.NotIn: ("in",),
    cst.Is: ("is not",),
    cst.IsNot: ("is",),
}
