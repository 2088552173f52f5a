"""Trusting that a key, an attribute or a next item is there."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import (
    NodeBreakage,
    called,
    example,
    operand,
    positional,
    replace,
)
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class UncheckedLookup(NodeBreakage[cst.Call]):
    """A lookup with a default becomes one without."""

    name = "unchecked_lookup"
    severity = "raises"
    description = "A lookup with a default (`get`, `pop`, `getattr`, `next`) loses the default."
    probability = 0.7
    kinds = (cst.Call,)
    shown = (
        example(
            """
            def count(table, word):
                return table.get(word, 0) + 1
            """,
            """
            def count(table, word):
                return table[word] + 1
            """,
        ),
        example(
            """
            def first(items):
                return next(iter(items), None)
            """,
            """
            def first(items):
                return next(iter(items))
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Call) -> Iterator[Edit]:
        """Yield the lookup that raises when there is nothing to find."""
        arguments = positional(node)
        if len(arguments) != len(node.args) or not arguments:
            return
        codes = [source.code(argument) for argument in arguments]
        wanted = _WITH_DEFAULT.get(called(node))
        if isinstance(node.func, cst.Attribute):
            method = node.func.attr.value
            if method == "get" and len(codes) <= 2:
                yield replace(source, node, f"{operand(source, node.func.value)}[{codes[0]}]")
            wanted = 2 if method == "pop" else None
        if wanted is not None and len(codes) == wanted:
            kept = ", ".join(codes[:-1])
            yield replace(source, node, f"{source.code(node.func)}({kept})")


_WITH_DEFAULT = {"getattr": 3, "next": 2}
