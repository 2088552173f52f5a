"""The case that was left out."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingElse(NodeBreakage[cst.Else | cst.If]):
    """An `else` or an `elif` is removed with its block."""

    name = "missing_else"
    severity = "wrong result"
    description = "An `else` or an `elif` is removed with all that is in it."
    probability = 0.8
    kinds = (
        cst.Else,
        cst.If,
    )
    shown = (
        example(
            """
            def describe(count):
                if count:
                    word = "some"
                else:
                    word = "none"
                return word
            """,
            """
            def describe(count):
                if count:
                    word = "some"
                return word
            """,
        ),
        example(
            """
            def kind(value):
                word = "small"
                if value > 100:
                    word = "large"
                elif value > 10:
                    word = "medium"
                return word
            """,
            """
            def kind(value):
                word = "small"
                if value > 100:
                    word = "large"
                return word
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Else | cst.If) -> Iterator[Edit]:
        """Yield the removal of the branch; a later one stays."""
        around = source.parent(node)
        if not isinstance(node.body, cst.IndentedBlock):
            return
        if isinstance(node, cst.Else):
            yield Edit(*source.whole(node), "", "`else` removed")
        elif isinstance(around, cst.If):
            start, end = source.whole(node)
            if node.orelse is not None:
                end = source.whole(node.orelse)[0]
            yield Edit(start, end, "", f"`elif {shorten(source.code(node.test))}` removed")
