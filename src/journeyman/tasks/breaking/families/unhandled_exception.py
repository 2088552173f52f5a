"""The error nobody expects."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.blocks import unwrapped
from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class UnhandledException(NodeBreakage[cst.Try]):
    """A `try` statement is gone; its body is run as it is."""

    name = "unhandled_exception"
    severity = "raises"
    description = "A `try` is gone with its handlers: what they dealt with goes on to the caller."
    probability = 0.6
    kinds = (cst.Try,)
    shown = (
        example(
            """
            def number(text):
                try:
                    return int(text)
                except ValueError:
                    return None
            """,
            """
            def number(text):
                return int(text)
            """,
        ),
        example(
            """
            def first(items):
                try:
                    item = items[0]
                except IndexError:
                    item = None
                return item
            """,
            """
            def first(items):
                item = items[0]
                return item
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Try) -> Iterator[Edit]:
        """Yield the body alone, where there are handlers and nothing else."""
        if node.handlers and node.orelse is None and node.finalbody is None:
            detail = f"`try` around `{shorten(source.code(node.body))}` removed"
            edit = unwrapped(source, node, node.body, "", detail)
            if edit is not None:
                yield edit
