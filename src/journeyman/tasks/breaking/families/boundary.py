"""Off by one."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, called, example, operand, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class Boundary(NodeBreakage[cst.Integer | cst.Slice | cst.Call]):
    """A number, a slice bound or the bound of a range is one too high or one too low."""

    name = "boundary"
    severity = "wrong result"
    description = "A number, or the bound of a slice or `range`, is one too high or one too low."
    probability = 1.5
    kinds = (cst.Integer, cst.Slice, cst.Call)
    shown = (
        example(
            """
            def without_first(items):
                return items[1:]
            """,
            """
            def without_first(items):
                return items[2:]
            """,
        ),
        example(
            """
            def count_up(limit):
                return list(range(limit))
            """,
            """
            def count_up(limit):
                return list(range(limit - 1))
            """,
        ),
        example(
            """
            def head(text, width):
                return text[:width]
            """,
            """
            def head(text, width):
                return text[:width + 1]
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.Integer | cst.Slice | cst.Call
    ) -> Iterator[Edit]:
        """Yield one more and one less."""
        if isinstance(node, cst.Integer):
            if source.code(node).isdecimal():  # Hexadecimal and grouped digits are codes.
                yield replace(source, node, str(node.evaluated_value + 1))
                if node.evaluated_value:
                    yield replace(source, node, str(node.evaluated_value - 1))
            return
        if isinstance(node, cst.Slice):
            bounds = [node.upper, node.lower]
        elif called(node) == "range":
            bounds = [argument.value for argument in reversed(node.args[:2])]
        else:
            return
        for bound in bounds:
            if bound is not None and not _counts(bound):
                code = operand(source, bound)
                yield replace(source, bound, f"{code} - 1")
                yield replace(source, bound, f"{code} + 1")


def _counts(bound: cst.BaseExpression) -> bool:
    """Whether the bound holds a number of its own, which is broken by itself."""
    if isinstance(bound, cst.UnaryOperation):
        bound = bound.expression
    elif isinstance(bound, cst.BinaryOperation):
        bound = bound.right
    return isinstance(bound, cst.Integer)
