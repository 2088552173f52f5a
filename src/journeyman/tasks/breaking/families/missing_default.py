"""The value nobody filled in."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingDefault(NodeBreakage[cst.If]):
    """An `if` that gives a missing value its default is removed."""

    name = "missing_default"
    severity = "raises"
    description = (
        "A missing value is not given its default any more (`if x is None: x = …` is gone)."
    )
    probability = 0.7
    kinds = (cst.If,)
    shown = (
        example(
            """
            def greet(name=None):
                if name is None:
                    name = "you"
                return "Hello " + name
            """,
            """
            def greet(name=None):
                return "Hello " + name
            """,
        ),
        example(
            """
            def add(self, item):
                if not self.items:
                    self.items = []
                self.items.append(item)
            """,
            """
            def add(self, item):
                self.items.append(item)
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.If) -> Iterator[Edit]:
        """Yield the removal of the `if`."""
        if node.orelse is not None or isinstance(source.parent(node), cst.If):
            return
        test, statements = source.code(node.test), node.body.body
        if len(statements) != 1 or not isinstance(statements[0], cst.SimpleStatementLine):
            return
        assigned = statements[0].body[0]
        if isinstance(assigned, cst.Assign) and len(statements[0].body) == 1:
            target = source.code(assigned.targets[0].target)
            if test in (f"{target} is None", f"not {target}"):
                yield source.removal(node, f"default of `{shorten(target)}` removed")
