"""The right steps in the wrong order."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.blocks import following
from journeyman.tasks.breaking.family import NodeBreakage, example, known, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class StatementOrder(NodeBreakage[cst.SimpleStatementLine]):
    """Two neighbouring statements are swapped, of which one depends on the other."""

    name = "statement_order"
    severity = "wrong result"
    description = (
        "Two neighbouring statements are swapped, although the second depends on the first."
    )
    kinds = (cst.SimpleStatementLine,)
    shown = (
        example(
            """
            def step(self, change):
                self.position += change
                self.trail.append(self.position)
                return self
            """,
            """
            def step(self, change):
                self.trail.append(self.position)
                self.position += change
                return self
            """,
        ),
        example(
            """
            def fill(stack, item):
                stack.append(item)
                stack.reverse()
                return stack
            """,
            """
            def fill(stack, item):
                stack.reverse()
                stack.append(item)
                return stack
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.SimpleStatementLine
    ) -> Iterator[Edit]:
        """Yield the statement after the one that follows it."""
        after = following(source, node)
        if not isinstance(after, cst.SimpleStatementLine) or len(node.body) + len(after.body) != 2:
            return
        changed = _changed(source, function, node.body[0])
        if not changed or isinstance(after.body[0], (cst.Return, cst.Raise)):
            return
        if not re.search(rf"(?<![\w.]){re.escape(changed)}(?!\w)", source.code(after.body[0])):
            return
        (start, end), (after_start, after_end) = (
            source.span(node.body[0]),
            source.span(after.body[0]),
        )
        between = source.text[end:after_start]
        if between.strip() == "":
            swapped = source.text[after_start:after_end] + between + source.text[start:end]
            yield Edit(
                start, after_end, swapped, f"`{shorten(source.text[start:end])}` comes later"
            )


def _changed(source: Source, function: Function, statement: cst.BaseSmallStatement) -> str:
    """Return the code of what a statement changes, if it is there before and after."""
    target: cst.BaseExpression | None = None
    if isinstance(statement, cst.AugAssign):
        target = statement.target
    elif isinstance(statement, cst.Assign) and len(statement.targets) == 1:
        target = statement.targets[0].target
    elif isinstance(statement, cst.Expr) and isinstance(statement.value, cst.Call):
        method = statement.value.func
        target = method.value if isinstance(method, cst.Attribute) else None
    if target is None or not known(source, function, target):
        return ""
    return source.code(target)
