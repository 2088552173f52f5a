"""A method that does not know whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingSelf(NodeBreakage[cst.Param]):
    """A method lacks its first parameter."""

    name = "missing_self"
    severity = "raises"
    description = "A method is defined without its `self` or `cls`."
    probability = 0.15
    scopes = frozenset({"signature"})
    kinds = (cst.Param,)
    shown = (
        example(
            """
            class Box:
                def grow(self, by):
                    return by + 1
            """,
            """
            class Box:
                def grow(by):
                    return by + 1
            """,
        ),
        example(
            """
            class Box:
                @classmethod
                def empty(cls):
                    return cls()
            """,
            """
            class Box:
                @classmethod
                def empty():
                    return cls()
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Param) -> Iterator[Edit]:
        """Yield the signature without it."""
        if "." not in function.name or node.name.value not in ("self", "cls"):
            return
        start, end = source.span(node.name)
        if node.annotation is None and source.text[start - 1] == "(":
            comma = re.compile(r"\s*,\s*").match(source.text, end)
            yield Edit(start, comma.end() if comma else end, "", f"`{node.name.value}` dropped")
