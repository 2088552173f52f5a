"""Going round in circles."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, positional, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class WrongRecursion(NodeBreakage[cst.Call]):
    """A recursive call gets what the function was called with."""

    name = "wrong_recursion"
    severity = "raises"
    description = "A recursive call gets the very argument that the function was called with."
    probability = 0.4
    kinds = (cst.Call,)
    shown = (
        example(
            """
            def factorial(number):
                if number < 2:
                    return 1
                return number * factorial(number - 1)
            """,
            """
            def factorial(number):
                if number < 2:
                    return 1
                return number * factorial(number)
            """,
        ),
        example(
            """
            class Tree:
                def size(self, node):
                    return 1 + sum(self.size(child) for child in node.children) if node else 0

                def depth(self, node):
                    return 1 + self.depth(node.parent) if node else 0
            """,
            """
            class Tree:
                def size(self, node):
                    return 1 + sum(self.size(child) for child in node.children) if node else 0

                def depth(self, node):
                    return 1 + self.depth(node) if node else 0
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Call) -> Iterator[Edit]:
        """Yield each argument made of a parameter replaced by the parameter."""
        own = function.name.rpartition(".")[2]
        if source.code(node.func) not in (own, f"self.{own}", f"cls.{own}"):
            return
        for argument in positional(node):
            root: cst.CSTNode = argument.value
            while isinstance(root, cst.BinaryOperation | cst.Attribute | cst.Subscript):
                root = root.left if isinstance(root, cst.BinaryOperation) else root.value
            if not isinstance(root, cst.Name) or root.value in ("self", "cls"):
                continue
            if root is not argument.value and root.value in function.scopes[0]:
                yield replace(source, argument.value, root.value)
