"""Half of a sum."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, alone, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class DroppedOperand(NodeBreakage[cst.BinaryOperation]):
    """One operand of an arithmetic operation is left out."""

    name = "dropped_operand"
    severity = "wrong result"
    description = "One operand of an arithmetic operation is left out."
    probability = 0.8
    kinds = (cst.BinaryOperation,)
    shown = (
        example(
            """
            def area(width, height, border):
                return width * height + border
            """,
            """
            def area(width, height, border):
                return width * height
            """,
        ),
        example(
            """
            def path(folder, name):
                return folder + "/" + name
            """,
            """
            def path(folder, name):
                return folder + "/"
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.BinaryOperation
    ) -> Iterator[Edit]:
        """Yield each operand alone."""
        if isinstance(node.operator, cst.Modulo) and isinstance(node.left, cst.BaseString):
            return  # A message without its values.
        for kept in (node.left, node.right):
            yield replace(source, node, alone(source, kept))
