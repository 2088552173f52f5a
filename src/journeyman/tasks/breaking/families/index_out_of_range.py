"""Counting from one, and other ways to look past the end of a sequence."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, called, example, operand, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class IndexOutOfRange(NodeBreakage[cst.Subscript | cst.Call]):
    """An index is shifted so that it goes off the end."""

    name = "index_out_of_range"
    severity = "raises"
    description = "An index, or the range that makes the indices, goes past the end of a sequence."
    probability = 0.7
    kinds = (cst.Subscript, cst.Call)
    shown = (
        example(
            """
            def last(items):
                return items[len(items) - 1]
            """,
            """
            def last(items):
                return items[len(items)]
            """,
        ),
        example(
            """
            def newest(items):
                return items[-1]
            """,
            """
            def newest(items):
                return items[len(items)]
            """,
        ),
        example(
            """
            def doubled(items):
                return [items[i] * 2 for i in range(len(items))]
            """,
            """
            def doubled(items):
                return [items[i] * 2 for i in range(len(items) + 1)]
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.Subscript | cst.Call
    ) -> Iterator[Edit]:
        """Yield shifted constants and variables in `x[…]`, and `range(len(x) + 1)`."""
        if isinstance(node, cst.Call):
            last = node.args[-1].value if node.args else None
            if called(node) == "range" and len(node.args) < 3 and last and called(last) == "len":
                yield replace(source, last, f"{source.code(last)} + 1")
            return
        if len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Index):
            return
        index = node.slice[0].slice.value
        for code in self._shifted(source, node, index):
            yield replace(source, index, code)

    def _shifted(
        self, source: Source, node: cst.Subscript, index: cst.BaseExpression
    ) -> Iterator[str]:
        if isinstance(index, cst.Integer):
            yield str(index.evaluated_value + 1)
        elif isinstance(index, cst.UnaryOperation) and isinstance(index.expression, cst.Integer):
            if isinstance(node.value, (cst.Name, cst.Attribute)):
                yield f"len({source.code(node.value)})"
            yield f"-{index.expression.evaluated_value + 1}"
        elif isinstance(index, cst.BinaryOperation) and called(index.left) == "len":
            yield source.code(index.left)
        elif isinstance(index, cst.Name):
            yield f"{operand(source, index)} + 1"
