"""Taking the other way at a fork."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, alone, example, operand, replace, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class WrongBranch(NodeBreakage[cst.If | cst.While | cst.IfExp | cst.CompIf]):
    """A condition is negated, or an ``elif`` is no longer tied to what was tested before."""

    name = "wrong_branch"
    severity = "wrong result"
    description = "A condition is negated, or an `elif` becomes an `if` of its own."
    kinds = (cst.If, cst.While, cst.IfExp, cst.CompIf)
    shown = (
        example(
            """
            def describe(count):
                if count:
                    return "some"
                else:
                    return "none"
            """,
            """
            def describe(count):
                if not count:
                    return "some"
                else:
                    return "none"
            """,
        ),
        example(
            """
            def kind(value):
                word = "small"
                if value > 100:
                    word = "large"
                elif value > 10:
                    word = "medium"
                return word
            """,
            """
            def kind(value):
                word = "small"
                if value > 100:
                    word = "large"
                if value > 10:
                    word = "medium"
                return word
            """,
        ),
        example(
            """
            def larger(a, b):
                return a if a > b else b
            """,
            """
            def larger(a, b):
                return b if a > b else a
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.If | cst.While | cst.IfExp | cst.CompIf
    ) -> Iterator[Edit]:
        """Yield `elif` as `if`, the two results swapped, or the condition negated."""
        if isinstance(node, cst.IfExp):
            yield _swapped(source, node)
            return
        if isinstance(node, cst.If) and isinstance(source.parent(node), cst.If):
            start = source.span(node)[0]
            detail = f"`elif {shorten(source.code(node.test))}` became `if`"
            yield Edit(start, start + len("elif"), "if", detail)
        test = node.test
        if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            yield replace(source, test, alone(source, test.expression))
        elif isinstance(test, cst.Comparison):
            yield replace(source, test, f"not {source.code(test)}")
        elif source.code(test) not in ("True", "1"):
            yield replace(source, test, f"not {operand(source, test)}")


def _swapped(source: Source, node: cst.IfExp) -> Edit:
    (start, body_end), (orelse_start, end) = source.outer(node.body), source.outer(node.orelse)
    between = source.text[body_end:orelse_start]
    loose = isinstance(node.orelse, (cst.IfExp, cst.Lambda))
    orelse = operand(source, node.orelse) if loose else alone(source, node.orelse)
    replacement = orelse + between + source.code(node.body)
    return Edit(start, end, replacement, f"results of `{shorten(source.code(node))}` swapped")
