"""A value used as it came, where it had to be converted first."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, called, example, operand, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingConversion(NodeBreakage[cst.Call | cst.Await]):
    """A conversion such as ``int(x)`` is dropped, or a coroutine is not awaited."""

    name = "missing_conversion"
    severity = "raises"
    description = "A conversion such as `int(x)` or `str(x)` is dropped, or an `await` is."
    probability = 0.7
    kinds = (cst.Call, cst.Await)
    shown = (
        example(
            """
            def label(number):
                return "no. " + str(number)
            """,
            """
            def label(number):
                return "no. " + number
            """,
        ),
        example(
            """
            async def title(page):
                return (await page.load()).title
            """,
            """
            async def title(page):
                return (page.load()).title
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.Call | cst.Await
    ) -> Iterator[Edit]:
        """Yield the bare operand."""
        start, end = source.span(node)
        if isinstance(node, cst.Await):
            bare = source.code(node.expression)
            yield Edit(start, end, bare, "`await` dropped")
        elif called(node) in _CONVERSIONS and len(node.args) == 1 and not node.args[0].star:
            value = node.args[0].value
            if node.args[0].keyword is None and not isinstance(value, cst.GeneratorExp):
                yield replace(source, node, operand(source, value))


_CONVERSIONS = frozenset(
    {"int", "str", "float", "bool", "bytes", "complex", "tuple", "set", "frozenset", "iter"}
    | {"len", "ord", "chr", "repr", "enumerate", "reversed"}
)
