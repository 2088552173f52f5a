"""A call that forgets to pass something on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingArgument(NodeBreakage[cst.Call]):
    """One argument of a call is dropped."""

    name = "missing_argument"
    severity = "raises"
    description = "An argument of a call is dropped."
    probability = 0.7
    kinds = (cst.Call,)
    shown = (
        example(
            """
            def power(base, exponent):
                return pow(base, exponent)
            """,
            """
            def power(base, exponent):
                return pow(base)
            """,
        ),
        example(
            """
            def ordered(items, key):
                return sorted(items, key=key, reverse=True)
            """,
            """
            def ordered(items, key):
                return sorted(items, reverse=True)
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Call) -> Iterator[Edit]:
        """Yield the call without its last argument, then without the one before, and so on."""
        if isinstance(source.parent(node), cst.Raise):
            return  # The message of an error is hardly ever tested.
        for index in reversed(range(len(node.args))):
            start, end = _cut(source, node.args, index)
            dropped = shorten(source.code(node.args[index]))
            callee = shorten(source.code(node.func))
            yield Edit(start, end, "", f"argument `{dropped}` of `{callee}` dropped")


def _cut(source: Source, arguments: Sequence[cst.Arg], index: int) -> tuple[int, int]:
    start, end = source.span(arguments[index])
    if index + 1 < len(arguments):
        return start, source.span(arguments[index + 1])[0]
    if index:
        return source.span(arguments[index - 1])[1], end
    comma = arguments[index].comma
    return start, source.span(comma)[1] if isinstance(comma, cst.Comma) else end
