"""Letting everything through."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingFilter(NodeBreakage[cst.CompIf]):
    """A condition of a comprehension is dropped."""

    name = "missing_filter"
    severity = "wrong result"
    description = "The condition of a comprehension is dropped, so that everything gets in."
    kinds = (cst.CompIf,)
    shown = (
        example(
            """
            def words(text):
                return [word for word in text.split(" ") if word]
            """,
            """
            def words(text):
                return [word for word in text.split(" ")]
            """,
        ),
        example(
            """
            def known(table):
                return {key: value for key, value in table.items() if value is not None}
            """,
            """
            def known(table):
                return {key: value for key, value in table.items()}
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.CompIf) -> Iterator[Edit]:
        """Yield the removal of the condition and the space before it."""
        start, end = source.span(node)
        while source.text[start - 1] == " ":
            start -= 1
        yield Edit(start, end, "", f"condition `{shorten(source.code(node.test))}` dropped")
