"""The wrong sum."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, operand, replace, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class Arithmetic(NodeBreakage[cst.BinaryOperation | cst.AugAssign | cst.UnaryOperation]):
    """An arithmetic operator is replaced, or its operands are swapped."""

    name = "arithmetic"
    severity = "wrong result"
    description = "An arithmetic operator is replaced, a sign is dropped, or operands are swapped."
    kinds = (cst.BinaryOperation, cst.AugAssign, cst.UnaryOperation)
    shown = (
        example(
            """
            def net(gross, tax):
                return gross - tax
            """,
            """
            def net(gross, tax):
                return gross + tax
            """,
        ),
        example(
            """
            def net(gross, tax):
                return gross - tax
            """,
            """
            def net(gross, tax):
                return tax - gross
            """,
        ),
        example(
            """
            def total(values):
                result = 0
                for value in values:
                    result += value
                return result
            """,
            """
            def total(values):
                result = 0
                for value in values:
                    result -= value
                return result
            """,
        ),
    )

    def edits(
        self,
        source: Source,
        function: Function,
        node: cst.BinaryOperation | cst.AugAssign | cst.UnaryOperation,
    ) -> Iterator[Edit]:
        """Yield up to two other operators, then the operands swapped."""
        if isinstance(node, cst.UnaryOperation):
            if isinstance(node.operator, cst.Minus):
                yield replace(source, node, source.code(node.expression))
            return
        code = source.code(node.operator)
        if isinstance(node, cst.AugAssign):
            for other in _OTHERS.get(code.removesuffix("="), ()):
                yield replace(source, node.operator, other + "=")
            return
        text = isinstance(node.left, cst.BaseString) or isinstance(node.right, cst.BaseString)
        for other in () if text else _OTHERS.get(code, ()):
            yield replace(source, node.operator, other)
        if code in _ORDERED and not (text and code == "%"):
            yield _swapped(source, node)


def _swapped(source: Source, node: cst.BinaryOperation) -> Edit:
    (start, left_end), (right_start, end) = source.outer(node.left), source.outer(node.right)
    between = source.text[left_end:right_start]
    replacement = operand(source, node.right) + between + operand(source, node.left)
    old = shorten(source.text[start:end])
    return Edit(start, end, replacement, f"`{old}` became `{shorten(replacement)}`")


_ORDERED = frozenset({"+", "-", "/", "//", "%", "**", "<<", ">>"})
_OTHERS = {
    "+": ("-",),
    "-": ("+",),
    "*": ("/", "+"),
    "/": ("//", "*"),
    "//": ("/", "%"),
    "%": ("//", "/"),
    "**": ("*",),
    "<<": (">>",),
    ">>": ("<<",),
    "&": ("|", "^"),
    "|": ("&", "^"),
    "^": ("|", "&"),
}
