"""A slip of the keyboard after a dot."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source
from journeyman.tasks.breaking.spelling import misspell


class UnknownAttribute(NodeBreakage[cst.Attribute]):
    """An attribute or method that is read is misspelt."""

    name = "unknown_attribute"
    severity = "raises"
    description = "An attribute or method is misspelt, so that no object has it."
    probability = 0.3
    kinds = (cst.Attribute,)
    shown = (
        example(
            """
            def area(shape):
                return shape.width * shape.height
            """,
            """
            def area(shape):
                return shape.witdh * shape.height
            """,
        ),
        example(
            """
            def shout(text):
                return text.upper()
            """,
            """
            def shout(text):
                return text.uppr()
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Attribute) -> Iterator[Edit]:
        """Yield one misspelling of an attribute that is read."""
        wrong = misspell(node.attr.value, source.span(node.attr)[0], source.words)
        if wrong and node not in function.stores:
            yield replace(source, node.attr, wrong)
