"""The wrong number, for everyone."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class SharedConstant(NodeBreakage[cst.Integer | cst.Float | cst.Name]):
    """A constant of a class or a module is another one."""

    name = "shared_constant"
    severity = "wrong result"
    description = "A number or truth value that a class or a module sets is another one."
    probability = 0.8
    scopes = frozenset({"class", "module"})
    kinds = (
        cst.Integer,
        cst.Float,
        cst.Name,
    )
    shown = (
        example(
            """
            LIMIT = 100


            def full(items):
                return len(items) >= LIMIT
            """,
            """
            LIMIT = 101


            def full(items):
                return len(items) >= LIMIT
            """,
        ),
        example(
            """
            class Reader:
                strict = True

                def read(self, text):
                    return parse(text, self.strict)
            """,
            """
            class Reader:
                strict = False

                def read(self, text):
                    return parse(text, self.strict)
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.Integer | cst.Float | cst.Name
    ) -> Iterator[Edit]:
        """Yield the number after or before it, or the other truth value."""
        if isinstance(node, cst.Name):
            if node.value in _OTHERS and node not in function.stores:
                yield replace(source, node, _OTHERS[node.value])
        elif isinstance(node, cst.Float):
            yield replace(source, node, str(node.evaluated_value * 10))
        elif source.code(node).isdecimal():
            yield replace(source, node, str(node.evaluated_value + 1))
            if node.evaluated_value > 1:
                yield replace(source, node, str(node.evaluated_value - 1))


_OTHERS = {"True": "False", "False": "True"}
