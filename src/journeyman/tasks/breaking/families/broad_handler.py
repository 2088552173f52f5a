"""Catching more than was meant."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class BroadHandler(NodeBreakage[cst.ExceptHandler]):
    """A handler catches every error instead of those it is for."""

    name = "broad_handler"
    severity = "wrong result"
    description = "A handler catches `Exception` instead of the errors that it is for."
    probability = 0.4
    kinds = (cst.ExceptHandler,)
    shown = (
        example(
            """
            def load(path):
                try:
                    return parse(path)
                except FileNotFoundError:
                    return {}
            """,
            """
            def load(path):
                try:
                    return parse(path)
                except Exception:
                    return {}
            """,
        ),
        example(
            """
            def number(text):
                try:
                    return float(text)
                except (TypeError, OverflowError):
                    return None
            """,
            """
            def number(text):
                try:
                    return float(text)
                except Exception:
                    return None
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.ExceptHandler) -> Iterator[Edit]:
        """Yield the handler of everything."""
        if node.type is not None and source.code(node.type) not in _BROAD:
            yield replace(source, node.type, "Exception")


_BROAD = frozenset({"Exception", "BaseException"})
