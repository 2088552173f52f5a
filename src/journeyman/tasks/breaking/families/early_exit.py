"""Leaving a loop too soon, too late, or in the wrong way."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class EarlyExit(NodeBreakage[cst.Break | cst.Continue | cst.Return | cst.Yield]):
    """``break`` and ``continue`` are confused or forgotten, a bare ``return`` is forgotten."""

    name = "early_exit"
    severity = "wrong result"
    description = "`break` and `continue` are confused or forgotten; a bare `return` is forgotten."
    kinds = (cst.Break, cst.Continue, cst.Return, cst.Yield)
    shown = (
        example(
            """
            def first_even(values):
                found = None
                for value in values:
                    if value % 2 == 0:
                        found = value
                        break
                return found
            """,
            """
            def first_even(values):
                found = None
                for value in values:
                    if value % 2 == 0:
                        found = value
                        continue
                return found
            """,
        ),
        example(
            """
            def until_blank(lines):
                for line in lines:
                    if not line:
                        return
                    yield line
            """,
            """
            def until_blank(lines):
                for line in lines:
                    if not line:
                        continue
                    yield line
            """,
        ),
        example(
            """
            def flatten(rows):
                for row in rows:
                    yield from row
            """,
            """
            def flatten(rows):
                for row in rows:
                    yield row
            """,
        ),
    )

    def edits(
        self,
        source: Source,
        function: Function,
        node: cst.Break | cst.Continue | cst.Return | cst.Yield,
    ) -> Iterator[Edit]:
        """Yield the other way out of the loop, and none at all."""
        if isinstance(node, cst.Break):
            others = ["continue", "pass"]
        elif isinstance(node, cst.Continue):
            others = ["break", "pass"]
        elif isinstance(node, cst.Return):
            others = ["continue", "pass"] if node.value is None else []
        elif isinstance(node.value, cst.From):
            others = [f"yield {source.code(node.value.item)}"]
        else:
            others = []
        for other in others:
            yield replace(source, node, other)
