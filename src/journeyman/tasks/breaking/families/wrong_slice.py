"""The other part of a sequence."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class WrongSlice(NodeBreakage[cst.Slice]):
    """A slice takes from the wrong side, or loses a bound or its step."""

    name = "wrong_slice"
    severity = "wrong result"
    description = (
        "A slice loses a bound or its step, or takes the part on the other side of the bound."
    )
    kinds = (cst.Slice,)
    shown = (
        example(
            """
            def without_prefix(name, prefix):
                return name[len(prefix):]
            """,
            """
            def without_prefix(name, prefix):
                return name[:len(prefix)]
            """,
        ),
        example(
            """
            def middle(items, start, end):
                return items[start:end]
            """,
            """
            def middle(items, start, end):
                return items[start:]
            """,
        ),
        example(
            """
            def backwards(items):
                return items[::-1]
            """,
            """
            def backwards(items):
                return items[::]
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Slice) -> Iterator[Edit]:
        """Yield the slice without its step, without a bound, or of the other side."""
        lower, upper, step = (
            "" if part is None else source.code(part)
            for part in (node.lower, node.upper, node.step)
        )
        tail = f":{step}" if step else ""
        if step:
            yield replace(source, node, f"{lower}:{upper}:")
        if lower and upper:
            yield replace(source, node, f"{lower}:{tail}")
            yield replace(source, node, f":{upper}{tail}")
        elif lower or upper:
            yield replace(source, node, f"{upper}:{lower}{tail}")
