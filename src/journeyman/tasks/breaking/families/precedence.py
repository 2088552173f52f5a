"""Which operation comes first."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class Precedence(
    NodeBreakage[
        cst.BinaryOperation | cst.BooleanOperation | cst.UnaryOperation | cst.Comparison | cst.IfExp
    ]
):
    """A pair of parentheses is dropped, so that operators group otherwise."""

    name = "precedence"
    severity = "wrong result"
    description = "A pair of parentheses is dropped, so that the operators group otherwise."
    kinds = (
        cst.BinaryOperation,
        cst.BooleanOperation,
        cst.UnaryOperation,
        cst.Comparison,
        cst.IfExp,
    )
    shown = (
        example(
            """
            def mean(low, high):
                return (low + high) / 2
            """,
            """
            def mean(low, high):
                return low + high / 2
            """,
        ),
        example(
            """
            def allowed(user, owner, public):
                return user.active and (user is owner or public)
            """,
            """
            def allowed(user, owner, public):
                return user.active and user is owner or public
            """,
        ),
    )

    def edits(
        self,
        source: Source,
        function: Function,
        node: cst.BinaryOperation
        | cst.BooleanOperation
        | cst.UnaryOperation
        | cst.Comparison
        | cst.IfExp,
    ) -> Iterator[Edit]:
        """Yield the bare expression inside of another one."""
        if len(node.lpar) == 1 and isinstance(source.parent(node), _AROUND):
            start, end = source.span(node)
            yield replace(source, node, source.text[start:end])


_AROUND = (
    *(cst.BinaryOperation, cst.BooleanOperation, cst.UnaryOperation, cst.IfExp),
    *(cst.Comparison, cst.ComparisonTarget, cst.Attribute, cst.Subscript),
)
