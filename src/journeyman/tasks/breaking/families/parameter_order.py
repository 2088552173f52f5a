"""The right parameters in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class ParameterOrder(NodeBreakage[cst.Param]):
    """Two neighbouring parameters of a definition are swapped."""

    name = "parameter_order"
    severity = "wrong result"
    description = (
        "Two neighbouring parameters of a definition are swapped; the callers stay as they are."
    )
    probability = 0.8
    scopes = frozenset({"signature"})
    kinds = (cst.Param,)
    shown = (
        example(
            """
            def ratio(part, whole):
                return part / whole
            """,
            """
            def ratio(whole, part):
                return part / whole
            """,
        ),
        example(
            """
            class Box:
                def put(self, key, value, quietly=False):
                    self.items[key] = value
            """,
            """
            class Box:
                def put(self, value, key, quietly=False):
                    self.items[key] = value
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Param) -> Iterator[Edit]:
        """Yield the parameter swapped with the one after it, where neither has a default."""
        beside = [each for each in function.nodes if isinstance(each, cst.Param)]
        at = beside.index(node)
        other = beside[at + 1] if at + 1 < len(beside) else None
        if other is None or node.default is not None or other.default is not None:
            return
        (start, left_end), (right_start, end) = source.span(node.name), source.span(other.name)
        between = source.text[left_end:right_start]
        if between.strip() == "," and node.name.value not in ("self", "cls"):
            swapped = other.name.value + between + node.name.value
            yield Edit(start, end, swapped, f"`{node.name.value}` and `{other.name.value}` swapped")
