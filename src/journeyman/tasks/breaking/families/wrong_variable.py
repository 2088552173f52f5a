"""Reaching for the neighbouring variable."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class WrongVariable(NodeBreakage[cst.Name]):
    """A local variable is replaced by another one of the same function."""

    name = "wrong_variable"
    severity = "wrong result"
    description = "A local variable is replaced by another one of the same function."
    probability = 1.5
    kinds = (cst.Name,)
    shown = (
        example(
            """
            def clamp(value, low, high):
                return max(low, min(value, high))
            """,
            """
            def clamp(value, low, high):
                return max(high, min(value, high))
            """,
        ),
        example(
            """
            def longest(words):
                best = ""
                for word in words:
                    if len(word) > len(best):
                        best = word
                return best
            """,
            """
            def longest(words):
                best = ""
                for word in words:
                    if len(word) > len(best):
                        best = word
                return word
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Name) -> Iterator[Edit]:
        """Yield the two variables that were bound last before the name is read."""
        scope = function.loads.get(node, {})
        if node.value not in scope or node.value in _RECEIVERS:
            return
        here = source.span(node)[0]
        bound = [
            (-max(before), name)
            for name, places in scope.items()
            if name not in _RECEIVERS and name not in (node.value, "_")
            if (before := [at for at in (source.span(each)[0] for each in places) if at < here])
        ]
        for _, name in sorted(bound)[:2]:
            yield replace(source, node, name)


_RECEIVERS = frozenset({"self", "cls"})
