"""A sign too few."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class SyntaxSlip(NodeBreakage[cst.If | cst.For | cst.While | cst.Call | cst.SimpleString]):
    """A colon, a closing bracket or a quote is missing, or `=` stands for `==`."""

    name = "syntax_slip"
    severity = "does not parse"
    description = "A colon, a closing bracket or a quote is missing, or `=` stands for `==`."
    probability = 0.3
    kinds = (
        cst.If,
        cst.For,
        cst.While,
        cst.Call,
        cst.SimpleString,
    )
    shown = (
        example(
            """
            def largest(values):
                best = values[0]
                for value in values:
                    best = max(best, value)
                return best
            """,
            """
            def largest(values):
                best = values[0]
                for value in values
                    best = max(best, value)
                return best
            """,
        ),
        example(
            """
            def shout(text):
                return text.upper()
            """,
            """
            def shout(text):
                return text.upper(
            """,
        ),
        example(
            """
            def is_one(value):
                if value == 1:
                    return "one"
                return "other"
            """,
            """
            def is_one(value):
                if value = 1:
                    return "one"
                return "other"
            """,
        ),
    )

    def edits(
        self,
        source: Source,
        function: Function,
        node: cst.If | cst.For | cst.While | cst.Call | cst.SimpleString,
    ) -> Iterator[Edit]:
        """Yield the slip that the node allows, where it cannot be read as anything else."""
        if isinstance(node, cst.Call):
            if not isinstance(source.parent(node), cst.Assign | cst.Expr | cst.Return):
                return
            end = source.span(node)[1]
            yield Edit(end - 1, end, "", f"`)` dropped after `{shorten(source.code(node.func))}(`")
        elif isinstance(node, cst.SimpleString):
            end = source.span(node)[1]
            if len(node.quote) == 1 and isinstance(source.parent(node), cst.Arg):
                yield Edit(end - 1, end, "", f"quote dropped after {shorten(source.code(node))}")
        else:
            yield from _headers(source, node)


def _headers(source: Source, node: cst.If | cst.For | cst.While) -> Iterator[Edit]:
    condition = node.iter if isinstance(node, cst.For) else node.test
    end = source.outer(condition)[1]
    colon = source.text.find(":", end)
    if source.text[end:colon].strip() == "" and isinstance(node.body, cst.IndentedBlock):
        yield Edit(colon, colon + 1, "", f"`:` dropped after `{shorten(source.code(condition))}`")
    if isinstance(condition, cst.Comparison):
        operator = condition.comparisons[0].operator
        if isinstance(operator, cst.Equal):
            yield replace(source, operator, "=")
