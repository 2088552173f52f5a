"""Overwriting what was to be added to."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class LostUpdate(NodeBreakage[cst.AugAssign]):
    """An augmented assignment becomes a plain one."""

    name = "lost_update"
    severity = "wrong result"
    description = "`x += y` becomes `x = y`, so that only the last value counts."
    kinds = (cst.AugAssign,)
    shown = (
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
                    result = value
                return result
            """,
        ),
        example(
            """
            def visit(self, page):
                self.visits += 1
                return page
            """,
            """
            def visit(self, page):
                self.visits = 1
                return page
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.AugAssign) -> Iterator[Edit]:
        """Yield the plain assignment."""
        yield replace(source, node.operator, "=")
