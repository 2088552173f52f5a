"""One level too deep, or one too few."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.blocks import following, margin
from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class WrongIndentation(NodeBreakage[cst.For | cst.While | cst.If]):
    """The statement after a block is moved into it, or the last of a loop out of it."""

    name = "wrong_indentation"
    severity = "wrong result"
    description = (
        "The statement after a block slips into it, or the last one of a loop slips out of it."
    )
    kinds = (
        cst.For,
        cst.While,
        cst.If,
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
                result = 0
                for value in values:
                    result += value
                    return result
            """,
        ),
        example(
            """
            def index(words):
                found = {}
                for number, word in enumerate(words):
                    word = word.lower()
                    found[word] = number
                return found
            """,
            """
            def index(words):
                found = {}
                for number, word in enumerate(words):
                    word = word.lower()
                found[word] = number
                return found
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.For | cst.While | cst.If
    ) -> Iterator[Edit]:
        """Yield the next statement moved in, and a loop's last statement moved out."""
        body = node.body.body
        if node.orelse is not None or not isinstance(node.body, cst.IndentedBlock):
            return
        last, outer, inner = body[-1], margin(source, node), margin(source, body[0])
        after = following(source, node)
        if isinstance(after, cst.SimpleStatementLine) and not _leaves(last):
            yield _moved(source, after, inner)
        if (
            not isinstance(node, cst.If)
            and len(body) > 1
            and isinstance(last, cst.SimpleStatementLine)
        ):
            yield _moved(source, last, outer)


def _moved(source: Source, statement: cst.SimpleStatementLine, indentation: str) -> Edit:
    start = source.span(statement)[0]
    way = "in" if len(indentation) > len(margin(source, statement)) else "out"
    detail = f"`{shorten(source.code(statement))}` moved {way}"
    return Edit(start - len(margin(source, statement)), start, indentation, detail)


def _leaves(statement: cst.CSTNode) -> bool:
    """Whether nothing after the statement in its block would be reached."""
    ways_out = (cst.Return, cst.Raise, cst.Break, cst.Continue)
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(
        statement.body[-1], ways_out
    )
