"""Asking and not listening."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, known, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class LostResult(NodeBreakage[cst.Assign]):
    """The result of a call is not kept."""

    name = "lost_result"
    severity = "wrong result"
    description = (
        "The new value of a variable is computed but not kept (`x = f(x)` becomes `f(x)`)."
    )
    kinds = (cst.Assign,)
    shown = (
        example(
            """
            def tidy(name):
                name = name.strip()
                return name.lower()
            """,
            """
            def tidy(name):
                name.strip()
                return name.lower()
            """,
        ),
        example(
            """
            def prepared(rows):
                rows = sorted(rows)
                return rows[0]
            """,
            """
            def prepared(rows):
                sorted(rows)
                return rows[0]
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Assign) -> Iterator[Edit]:
        """Yield the bare call, where the variable has a value already."""
        target = node.targets[0].target
        if len(node.targets) != 1 or not isinstance(target, cst.Name):
            return
        if isinstance(node.value, cst.Call) and known(source, function, target):
            start, (kept, _) = source.span(node)[0], source.outer(node.value)
            yield Edit(start, kept, "", f"result of `{shorten(source.code(node.value))}` not kept")
