"""The value in another form."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class FormatSlip(NodeBreakage[cst.FormattedStringExpression | cst.SimpleString]):
    """The conversion or the format of a value in a string is lost or changed."""

    name = "format_slip"
    severity = "wrong result"
    description = "A value in a string is formatted otherwise (`!r`, `.2f`, `>`)."
    probability = 0.7
    kinds = (
        cst.FormattedStringExpression,
        cst.SimpleString,
    )
    shown = (
        example(
            """
            def price(amount):
                return f"{amount:.2f} EUR"
            """,
            """
            def price(amount):
                return f"{amount:.1f} EUR"
            """,
        ),
        example(
            """
            def cell(text, width):
                return f"{text:>{width}}|"
            """,
            """
            def cell(text, width):
                return f"{text:<{width}}|"
            """,
        ),
        example(
            """
            def describe(name):
                return "<%r>" % name
            """,
            """
            def describe(name):
                return "<%s>" % name
            """,
        ),
    )

    def edits(
        self,
        source: Source,
        function: Function,
        node: cst.FormattedStringExpression | cst.SimpleString,
    ) -> Iterator[Edit]:
        """Yield the slips of what stands after the expression, or of an old-style format string."""
        if isinstance(node, cst.SimpleString):
            if _is_format(source, node):
                start, end = source.span(node)
                yield from _slips(source.text, start, end, _IN_STRINGS)
        else:
            yield from _slips(
                source.text, source.outer(node.expression)[1], source.span(node)[1], _AFTER_VALUES
            )


def _slips(text: str, start: int, end: int, slips: tuple[tuple[str, str], ...]) -> Iterator[Edit]:
    old = text[start:end]
    for pattern, slip in slips:
        new = re.sub(pattern, slip, old, count=1)
        if new != old:
            yield Edit(start, end, new, f"format `{old.strip()}` became `{new.strip()}`"[:100])


def _is_format(source: Source, node: cst.SimpleString) -> bool:
    """Whether the string is the left side of a ``%``, or is told to ``format``."""
    parent = source.parent(node)
    if isinstance(parent, cst.BinaryOperation):
        return parent.left is node and isinstance(parent.operator, cst.Modulo)
    return isinstance(parent, cst.Attribute) and parent.attr.value == "format"


_AFTER_VALUES = (
    (r"![rsa]", ""),
    (r"\.2f", ".1f"),
    (r":(.?)>", r":\1<"),
    (r":(.?)<", r":\1>"),
    (r":0(\d)", r":\1"),
    (r":,", ":"),
    (r":x", ":d"),
)
_IN_STRINGS = (
    (r"%r", "%s"),
    (r"\{(\w*)![rsa]", r"{\1"),
    (r"\.2f", ".1f"),
    (r"%0(\d)", r"%\1"),
    (r"\{(\w*):(.?)>", r"{\1:\2<"),
    (r"%s", "%r"),
)
