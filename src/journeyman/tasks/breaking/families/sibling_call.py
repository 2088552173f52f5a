"""Calling the function next door."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class SiblingCall(NodeBreakage[cst.Call]):
    """A well-known function or method is replaced by its sibling."""

    name = "sibling_call"
    severity = "wrong result"
    description = "A well-known function or method is replaced by its sibling (`min` for `max`)."
    kinds = (cst.Call,)
    shown = (
        example(
            """
            def largest(values):
                return max(values)
            """,
            """
            def largest(values):
                return min(values)
            """,
        ),
        example(
            """
            def add(items, more):
                items.extend(more)
            """,
            """
            def add(items, more):
                items.append(more)
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Call) -> Iterator[Edit]:
        """Yield the sibling."""
        if isinstance(node.func, cst.Name) and node.func.value in _FUNCTIONS:
            yield replace(source, node.func, _FUNCTIONS[node.func.value])
        elif isinstance(node.func, cst.Attribute) and node.func.attr.value in _METHODS:
            yield replace(source, node.func.attr, _METHODS[node.func.attr.value])


def _both_ways(*pairs: tuple[str, str]) -> dict[str, str]:
    return {old: new for pair in pairs for old, new in (pair, pair[::-1])}


_FUNCTIONS = _both_ways(
    ("min", "max"), ("any", "all"), ("sorted", "list"), ("ceil", "floor"), ("str", "repr")
) | {"round": "int", "abs": "int", "reversed": "iter", "set": "list"}
del _FUNCTIONS["list"]  # Sorting what was not sorted is seldom a break.
_METHODS = _both_ways(
    ("append", "extend"),
    ("startswith", "endswith"),
    ("lstrip", "rstrip"),
    ("upper", "lower"),
    ("find", "rfind"),
    ("index", "rindex"),
    ("split", "rsplit"),
    ("partition", "rpartition"),
    ("ljust", "rjust"),
    ("keys", "values"),
    ("union", "intersection"),
    ("add", "discard"),
    ("match", "search"),
    ("isalpha", "isalnum"),
    ("ceil", "floor"),
    ("any", "all"),
    ("issubset", "issuperset"),
) | {
    "appendleft": "append",
    "popleft": "pop",
    "strip": "lstrip",
    "items": "keys",
    "isdigit": "isalpha",
    "difference": "symmetric_difference",
    "fullmatch": "match",
    "setdefault": "get",
    "title": "capitalize",
    "capitalize": "title",
}
