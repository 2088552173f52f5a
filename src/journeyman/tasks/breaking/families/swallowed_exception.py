"""The error that is caught and forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class SwallowedException(NodeBreakage[cst.ExceptHandler]):
    """A handler no longer raises what it caught, or an error of its own."""

    name = "swallowed_exception"
    severity = "wrong result"
    description = "A handler keeps quiet: its `raise` is gone, or it returns `None` instead."
    probability = 0.8
    kinds = (cst.ExceptHandler,)
    shown = (
        example(
            """
            def number(text):
                try:
                    return int(text)
                except ValueError as error:
                    raise BadInput(text) from error
            """,
            """
            def number(text):
                try:
                    return int(text)
                except ValueError as error:
                    pass
            """,
        ),
        example(
            """
            def close(connection):
                try:
                    connection.flush()
                except OSError:
                    connection.abort()
                    raise
                return True
            """,
            """
            def close(connection):
                try:
                    connection.flush()
                except OSError:
                    connection.abort()
                    return None
                return True
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.ExceptHandler) -> Iterator[Edit]:
        """Yield `pass` and `return None` for a handler's last `raise`."""
        last = node.body.body[-1] if node.body.body else None
        if isinstance(last, cst.SimpleStatementLine):
            raised = last.body[-1]
            if isinstance(raised, cst.Raise):
                yield replace(source, raised, "pass")
                yield replace(source, raised, "return None")
