"""The right arguments in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, positional, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class ArgumentOrder(NodeBreakage[cst.Call]):
    """Two neighbouring positional arguments of a call are swapped."""

    name = "argument_order"
    severity = "wrong result"
    description = "Two neighbouring positional arguments of a call are swapped."
    kinds = (cst.Call,)
    shown = (
        example(
            """
            def ratio(part, whole):
                return divide(part, whole)
            """,
            """
            def ratio(part, whole):
                return divide(whole, part)
            """,
        ),
        example(
            """
            def tidy(text):
                return text.replace("\\t", " ")
            """,
            """
            def tidy(text):
                return text.replace(" ", "\\t")
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Call) -> Iterator[Edit]:
        """Yield each pair of neighbours swapped, with what is between them kept in place."""
        arguments = positional(node)
        for left, right in pairwise(arguments):
            (start, left_end), (right_start, end) = source.span(left), source.span(right)
            between = source.text[left_end:right_start]
            swapped = source.code(right) + between + source.code(left)
            detail = f"arguments of `{shorten(source.code(node.func))}` swapped"
            yield Edit(start, end, swapped, detail)
