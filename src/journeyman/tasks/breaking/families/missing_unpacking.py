"""Handing over the parcel unopened."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingUnpacking(NodeBreakage[cst.Arg | cst.StarredElement]):
    """A star before an argument or an element is dropped."""

    name = "missing_unpacking"
    severity = "raises"
    description = "A `*` or `**` before an argument or an element is dropped."
    probability = 0.5
    kinds = (
        cst.Arg,
        cst.StarredElement,
    )
    shown = (
        example(
            """
            def call(function, args, kwargs):
                return function(*args, **kwargs)
            """,
            """
            def call(function, args, kwargs):
                return function(args, **kwargs)
            """,
        ),
        example(
            """
            def joined(first, others):
                return [first, *others]
            """,
            """
            def joined(first, others):
                return [first, others]
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.Arg | cst.StarredElement
    ) -> Iterator[Edit]:
        """Yield the same without the star, or with the last of two."""
        if node in function.stores:
            return
        star = node.star if isinstance(node, cst.Arg) else "*"
        start, _ = source.outer(node)
        if star:
            detail = f"`{star}` dropped before `{shorten(source.code(node.value))}`"
            yield Edit(start, start + len(star), "", detail)
