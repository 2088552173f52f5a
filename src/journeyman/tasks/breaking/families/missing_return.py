"""A result that is computed and never handed back."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingReturn(NodeBreakage[cst.Return]):
    """The word ``return`` is dropped and its expression kept."""

    name = "missing_return"
    severity = "raises"
    description = "The word `return` is dropped, so that the caller gets `None`."
    probability = 0.5
    kinds = (cst.Return,)
    shown = (
        example(
            """
            def double(value):
                return value * 2
            """,
            """
            def double(value):
                value * 2
            """,
        ),
        example(
            """
            def sign(value):
                if value < 0:
                    return -1
                return 1
            """,
            """
            def sign(value):
                if value < 0:
                    -1
                return 1
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Return) -> Iterator[Edit]:
        """Yield the bare expression."""
        if node.value is None or source.code(node.value) == "None":
            return
        start, (kept, _) = source.span(node)[0], source.outer(node.value)
        detail = f"`return` dropped before `{shorten(source.code(node.value))}`"
        yield Edit(start, kept, "", detail)
