"""The right object, the wrong one of its attributes."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source
from journeyman.tasks.breaking.spelling import nearest


class WrongAttribute(NodeBreakage[cst.Attribute]):
    """An attribute is replaced by another one that the file uses on the same object."""

    name = "wrong_attribute"
    severity = "wrong result"
    description = "An attribute is replaced by another one that the file uses on the same object."
    kinds = (cst.Attribute,)
    shown = (
        example(
            """
            def area(shape):
                return shape.width * shape.height
            """,
            """
            def area(shape):
                return shape.height * shape.height
            """,
        ),
        example(
            """
            def clean(text):
                if text.isupper():
                    return text.lower()
                return text.strip()
            """,
            """
            def clean(text):
                if text.isupper():
                    return text.lower()
                return text.lower()
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Attribute) -> Iterator[Edit]:
        """Yield the two most similar names that stand after the same object."""
        peers = source.attributes.get(source.peers(function, node), frozenset())
        for name in nearest(node.attr.value, peers, 2):
            yield replace(source, node.attr, name)
