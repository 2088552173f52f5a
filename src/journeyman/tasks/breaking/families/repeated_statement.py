"""Doing it twice."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.blocks import margin
from journeyman.tasks.breaking.family import NodeBreakage, example, method_of, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class RepeatedStatement(NodeBreakage[cst.AugAssign | cst.Expr]):
    """A statement that changes something is there twice."""

    name = "repeated_statement"
    severity = "wrong result"
    description = "A statement that changes something is there twice."
    probability = 0.5
    kinds = (
        cst.AugAssign,
        cst.Expr,
    )
    shown = (
        example(
            """
            def count(words):
                found = 0
                for word in words:
                    found += 1
                return found
            """,
            """
            def count(words):
                found = 0
                for word in words:
                    found += 1
                    found += 1
                return found
            """,
        ),
        example(
            """
            def add(items, item):
                items.append(item)
                return items
            """,
            """
            def add(items, item):
                items.append(item)
                items.append(item)
                return items
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.AugAssign | cst.Expr
    ) -> Iterator[Edit]:
        """Yield the line twice."""
        line = source.parent(node)
        changes = isinstance(node, cst.AugAssign) or method_of(node.value) in _CHANGING
        if not changes or not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
            return
        start, end = source.span(node)
        code = source.text[start:end]
        newline = source.newline
        again = f"{newline}{margin(source, line)}{code}"
        yield Edit(end, end, again, f"`{shorten(code)}` repeated")


_CHANGING = frozenset({"append", "extend", "insert", "pop", "popleft", "appendleft", "write"})
