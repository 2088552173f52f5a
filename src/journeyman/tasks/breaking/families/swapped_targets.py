"""Taking a pair apart the wrong way round."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class SwappedTargets(NodeBreakage[cst.Tuple]):
    """Two neighbours of a tuple are swapped where it is unpacked or returned."""

    name = "swapped_targets"
    severity = "wrong result"
    description = (
        "Two names that a tuple is unpacked into, or two values of a returned tuple, are swapped."
    )
    kinds = (cst.Tuple,)
    shown = (
        example(
            """
            def invert(table):
                return {value: key for key, value in table.items()}
            """,
            """
            def invert(table):
                return {value: key for value, key in table.items()}
            """,
        ),
        example(
            """
            def split(name):
                first, last = name.split(" ")
                return last, first
            """,
            """
            def split(name):
                last, first = name.split(" ")
                return last, first
            """,
        ),
        example(
            """
            def bounds(values):
                return min(values), max(values)
            """,
            """
            def bounds(values):
                return max(values), min(values)
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Tuple) -> Iterator[Edit]:
        """Yield each pair of neighbours swapped, with what is between them kept in place."""
        if node not in function.stores and not isinstance(source.parent(node), cst.Return):
            return
        for left, right in pairwise(node.elements):
            (start, left_end), (right_start, end) = (
                source.outer(left.value),
                source.outer(right.value),
            )
            if isinstance(left, cst.StarredElement) or isinstance(right, cst.StarredElement):
                continue
            between = source.text[left_end:right_start]
            swapped = source.code(right.value) + between + source.code(left.value)
            yield Edit(start, end, swapped, f"neighbours of `{shorten(source.code(node))}` swapped")
