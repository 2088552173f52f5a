"""The wrong literal."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace, speaks
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source

Literal = cst.Integer | cst.Float | cst.SimpleString


class WrongConstant(NodeBreakage[cst.Integer | cst.Float | cst.SimpleString | cst.Name]):
    """A literal is replaced by another one of the same kind that the function or file uses."""

    name = "wrong_constant"
    severity = "wrong result"
    description = "A number, string or default is replaced by another one from nearby."
    kinds = (cst.Integer, cst.Float, cst.SimpleString, cst.Name)
    shown = (
        example(
            """
            def plural(count):
                return "item" if count == 1 else "items"
            """,
            """
            def plural(count):
                return "items" if count == 1 else "items"
            """,
        ),
        example(
            """
            def clamp(value):
                return max(0, min(value, 100))
            """,
            """
            def clamp(value):
                return max(100, min(value, 100))
            """,
        ),
        example(
            """
            def count(table, word):
                return table.get(word, 0)
            """,
            """
            def count(table, word):
                return table.get(word, None)
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: Literal | cst.Name) -> Iterator[Edit]:
        """Yield the nearest other literals of the function, `None` for a default, a blank."""
        if isinstance(node, cst.Name):
            if node.value == "None" and _is_default(source, node):
                yield replace(source, node, "0")
            return
        if isinstance(node, cst.SimpleString) and speaks(function):
            return
        near = _near(source, function, node)
        for code in near[:2]:
            yield replace(source, node, code)
        if _is_default(source, node):
            yield replace(source, node, "None")
        if not near:
            yield replace(source, node, _invented(node))


def _near(source: Source, function: Function, node: Literal) -> list[str]:
    """Return other literals of the node's kind in the function, the nearest first."""
    here, kind = source.span(node)[0], _kind(node)
    nearest: dict[str, int] = {}
    for other in _literals(function):
        if _kind(other) == kind and other.evaluated_value != node.evaluated_value:
            distance = abs(source.span(other)[0] - here)
            code = source.code(other)
            nearest[code] = min(distance, nearest.get(code, distance))
    return sorted(nearest, key=lambda code: (nearest[code], code))


def _literals(function: Function) -> Iterator[Literal]:
    return (
        node
        for node in function.nodes
        if isinstance(node, cst.Integer | cst.Float | cst.SimpleString)
    )


def _kind(node: Literal) -> str:
    if isinstance(node, cst.SimpleString):
        return "bytes" if "b" in node.prefix else "string"
    return "number"


def _invented(node: Literal) -> str:
    if isinstance(node, cst.SimpleString):
        empty = f"{'b' if 'b' in node.prefix else ''}{node.quote[0] * 2}"
        return empty if node.raw_value else f"{empty[:-1]} {empty[-1]}"
    if isinstance(node, cst.Integer):
        return f"{node.value}0" if node.evaluated_value else "1"
    return "0.0" if node.evaluated_value else "1.0"


def _is_default(source: Source, node: cst.CSTNode) -> bool:
    """Whether `node` is the second argument of ``get`` or ``pop``, or ``getattr``'s third."""
    argument = source.parent(node)
    call = source.parent(argument) if isinstance(argument, cst.Arg) else None
    if not isinstance(call, cst.Call) or call.args[-1] is not argument:
        return False
    if isinstance(call.func, cst.Attribute):
        return call.func.attr.value in ("get", "pop", "setdefault") and len(call.args) == 2
    return source.code(call.func) == "getattr" and len(call.args) == 3
