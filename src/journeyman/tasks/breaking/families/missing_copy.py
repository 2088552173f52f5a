"""Changing what belongs to somebody else."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, called, example, operand, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingCopy(NodeBreakage[cst.Call | cst.Subscript]):
    """A defensive copy is dropped, so that two names share one object."""

    name = "missing_copy"
    severity = "wrong result"
    description = "A copy (`x.copy()`, `list(x)`, `x[:]`) is dropped, so that an object is shared."
    kinds = (cst.Call, cst.Subscript)
    shown = (
        example(
            """
            def with_default(options):
                options = options.copy()
                options["mode"] = "fast"
                return options
            """,
            """
            def with_default(options):
                options = options
                options["mode"] = "fast"
                return options
            """,
        ),
        example(
            """
            def snapshot(items):
                return list(items)
            """,
            """
            def snapshot(items):
                return items
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.Call | cst.Subscript
    ) -> Iterator[Edit]:
        """Yield the object itself."""
        original = _original(node)
        if original is not None and node not in function.stores:
            yield replace(source, node, operand(source, original))


def _original(node: cst.Call | cst.Subscript) -> cst.BaseExpression | None:
    if isinstance(node, cst.Subscript):
        part = node.slice[0].slice
        whole = isinstance(part, cst.Slice) and not (part.lower or part.upper or part.step)
        return node.value if whole and len(node.slice) == 1 else None
    if isinstance(node.func, cst.Attribute):
        method = node.func.attr.value
        if method == "copy" and not node.args:
            return node.func.value
        name = method if method in ("copy", "deepcopy") else ""
    else:
        name = called(node)
    if name not in _COPIES or len(node.args) != 1 or node.args[0].star or node.args[0].keyword:
        return None
    value = node.args[0].value
    return None if isinstance(value, cst.GeneratorExp) else value


_COPIES = frozenset({"list", "dict", "copy", "deepcopy"})
