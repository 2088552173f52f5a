"""A step that was forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, calls_super, example, known, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingStatement(NodeBreakage[cst.BaseSmallStatement]):
    """An assignment or a call that stands alone is removed."""

    name = "missing_statement"
    severity = "wrong result"
    description = "A statement (an update, a call, a `del`) is removed."
    kinds = (cst.Assign, cst.AnnAssign, cst.AugAssign, cst.Expr, cst.Del)
    shown = (
        example(
            """
            def total(values):
                result = 0
                for value in values:
                    result += value
                return result
            """,
            """
            def total(values):
                result = 0
                for value in values:
                    pass
                return result
            """,
        ),
        example(
            """
            def ordered(items):
                items = list(items)
                items.sort()
                return items
            """,
            """
            def ordered(items):
                items = list(items)
                return items
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.BaseSmallStatement
    ) -> Iterator[Edit]:
        """Yield the removal, unless a name would then be unknown or only a message lost."""
        if not _removable(source, function, node):
            return
        line = source.parent(node)
        alone = isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
        statement = line if alone and line is not None else node
        yield source.removal(statement, f"`{shorten(source.code(node))}` removed")


def _removable(source: Source, function: Function, node: cst.BaseSmallStatement) -> bool:
    if isinstance(node, cst.Expr):
        return not calls_super(node) and isinstance(node.value, (cst.Call, cst.Yield, cst.Await))
    if isinstance(node, cst.AnnAssign):
        return node.value is not None and not isinstance(node.target, cst.Name)
    if isinstance(node, cst.Assign):
        targets = [target.target for target in node.targets]
        return all(known(source, function, target) for target in targets)
    return True
