"""Not telling the parent."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, calls_super, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingSuper(NodeBreakage[cst.Expr]):
    """A call of the parent class's method is removed."""

    name = "missing_super"
    severity = "raises"
    description = "A call of the parent class's method (`super().__init__(…)`) is forgotten."
    probability = 0.6
    kinds = (cst.Expr,)
    shown = (
        example(
            """
            class Account(Record):
                def __init__(self, owner):
                    super().__init__()
                    self.owner = owner
            """,
            """
            class Account(Record):
                def __init__(self, owner):
                    self.owner = owner
            """,
        ),
        example(
            """
            class Counted(dict):
                def __setitem__(self, key, value):
                    self.writes += 1
                    super(Counted, self).__setitem__(key, value)
            """,
            """
            class Counted(dict):
                def __setitem__(self, key, value):
                    self.writes += 1
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Expr) -> Iterator[Edit]:
        """Yield the removal of the statement."""
        if calls_super(node):
            line = source.parent(node)
            alone = isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
            statement = line if alone and line is not None else node
            yield source.removal(statement, f"`{shorten(source.code(node))}` removed")
