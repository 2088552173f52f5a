"""A slip of the keyboard: a name that exists nowhere."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source
from journeyman.tasks.breaking.spelling import misspell


class UnknownName(NodeBreakage[cst.Name]):
    """A name that is read is misspelt."""

    name = "unknown_name"
    severity = "raises"
    description = "A name that is read is misspelt, so that it does not exist."
    probability = 0.3
    kinds = (cst.Name,)
    shown = (
        example(
            """
            def total(values):
                result = sum(values)
                return result
            """,
            """
            def total(values):
                result = sum(valuse)
                return result
            """,
        ),
        example(
            """
            def last(items):
                return items[-1]
            """,
            """
            def last(items):
                return itmes[-1]
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Name) -> Iterator[Edit]:
        """Yield one misspelling of a name that is read."""
        if node not in function.loads or node.value in _FIXED:
            return
        wrong = misspell(node.value, source.span(node)[0], source.words)
        if wrong:
            yield replace(source, node, wrong)


_FIXED = frozenset({"self", "cls", "True", "False", "None", "super"})
