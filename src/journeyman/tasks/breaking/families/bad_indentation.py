"""One space too many."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.blocks import following, margin, preceding
from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class BadIndentation(NodeBreakage[cst.SimpleStatementLine]):
    """A statement is not aligned with its neighbours."""

    name = "bad_indentation"
    severity = "does not parse"
    description = "A statement is not aligned with those before it."
    probability = 0.2
    kinds = (cst.SimpleStatementLine,)
    shown = (
        example(
            """
            def tidy(name):
                name = name.strip()
                return name.lower()
            """,
            """
            def tidy(name):
                name = name.strip()
                 return name.lower()
            """,
        ),
        example(
            """
            def tidy(name):
                name = name.strip()
                return name.lower()
            """,
            """
            def tidy(name):
                name = name.strip()
               return name.lower()
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.SimpleStatementLine
    ) -> Iterator[Edit]:
        """Yield a space more and a space less than before, for the last statement of a block."""
        if preceding(source, node) is None or following(source, node) is not None:
            return
        start, indentation = source.span(node)[0], margin(source, node)
        begin = start - len(indentation)
        detail = f"`{shorten(source.code(node))}` not aligned"
        yield Edit(begin, start, indentation + " ", detail)
        if indentation.endswith(" "):
            yield Edit(begin, start, indentation[:-1], detail)
