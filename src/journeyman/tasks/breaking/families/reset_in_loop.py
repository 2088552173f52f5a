"""Starting again every time."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.blocks import margin, preceding
from journeyman.tasks.breaking.family import NodeBreakage, called, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class ResetInLoop(NodeBreakage[cst.For | cst.While]):
    """What is set before a loop is set in the loop."""

    name = "reset_in_loop"
    severity = "wrong result"
    description = (
        "A variable that is set before a loop is set in it, so that it starts anew every time."
    )
    kinds = (
        cst.For,
        cst.While,
    )
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
                for value in values:
                    result = 0
                    result += value
                return result
            """,
        ),
        example(
            """
            def seen(self, lines):
                words = set()
                for line in lines:
                    words.update(line.split())
                return words
            """,
            """
            def seen(self, lines):
                for line in lines:
                    words = set()
                    words.update(line.split())
                return words
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.For | cst.While
    ) -> Iterator[Edit]:
        """Yield the loop with the assignment before it as its first statement."""
        before = preceding(source, node)
        if not isinstance(before, cst.SimpleStatementLine) or len(before.body) != 1:
            return
        assigned = before.body[0]
        if not isinstance(assigned, cst.Assign) or not isinstance(node.body, cst.IndentedBlock):
            return
        if not isinstance(assigned.targets[0].target, cst.Name) or not _is_start(source, assigned):
            return
        first = node.body.body[0]
        start, after = source.whole(before)
        end, _ = source.whole(first)
        code = source.text[start:after].strip(" \t")
        moved = source.text[after:end] + margin(source, first) + code
        yield Edit(start, end, moved, f"`{shorten(code)}` moved into the loop")


def _is_start(source: Source, assigned: cst.Assign) -> bool:
    """Whether the value is one to begin with: a constant, or an empty collection."""
    value = assigned.value
    if isinstance(value, cst.Call):
        return not value.args and called(value) in _EMPTY
    if isinstance(value, cst.List | cst.Dict):
        return not value.elements
    return isinstance(value, cst.BaseNumber | cst.SimpleString) or source.code(value) in _SINGLE


_EMPTY = frozenset({"set", "list", "dict", "tuple", "bytearray", "frozenset"})
_SINGLE = frozenset({"None", "True", "False"})
