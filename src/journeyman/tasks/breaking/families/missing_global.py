"""A name of its own."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingGlobal(NodeBreakage[cst.Global | cst.Nonlocal]):
    """A `global` or `nonlocal` statement is removed."""

    name = "missing_global"
    severity = "raises"
    description = (
        "A `global` or `nonlocal` statement is forgotten, so that the name is a new local variable."
    )
    probability = 0.5
    kinds = (
        cst.Global,
        cst.Nonlocal,
    )
    shown = (
        example(
            """
            def register(plugin):
                global latest
                latest = plugin
                return latest.name
            """,
            """
            def register(plugin):
                latest = plugin
                return latest.name
            """,
        ),
        example(
            """
            def counter():
                count = 0
                def step():
                    nonlocal count
                    count += 1
                    return count
                return step
            """,
            """
            def counter():
                count = 0
                def step():
                    count += 1
                    return count
                return step
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.Global | cst.Nonlocal
    ) -> Iterator[Edit]:
        """Yield the removal of the statement."""
        line = source.parent(node)
        alone = isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
        statement = line if alone and line is not None else node
        yield source.removal(statement, f"`{shorten(source.code(node))}` removed")
