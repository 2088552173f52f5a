"""The argument that is called something else."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source
from journeyman.tasks.breaking.spelling import misspell, nearest


class WrongKeyword(NodeBreakage[cst.Call]):
    """A keyword argument gets another name."""

    name = "wrong_keyword"
    severity = "raises"
    description = "A keyword argument goes by another name of the callee, or a misspelt one."
    probability = 0.4
    kinds = (cst.Call,)
    shown = (
        example(
            """
            def rows(table):
                return table.select(order="name", limit=10)
            """,
            """
            def rows(table):
                return table.select(ordr="name", limit=10)
            """,
        ),
        example(
            """
            def both(table):
                return table.select(order="name"), table.select(sort="size")
            """,
            """
            def both(table):
                return table.select(sort="name"), table.select(sort="size")
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Call) -> Iterator[Edit]:
        """Yield, for each keyword, one that the function gets elsewhere in the file, or a slip."""
        callee = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
        given = {each.keyword.value for each in node.args if each.keyword is not None}
        others = source.keywords.get(source.code(callee), frozenset()) - given
        for argument in node.args:
            if argument.keyword is None:
                continue
            old, here = argument.keyword.value, source.span(argument.keyword)[0]
            other = next(iter(nearest(old, others, 1)), "") or misspell(old, here, source.words)
            if other:
                yield replace(source, argument.keyword, other)
