"""Nearly the right word."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace, speaks
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class TextSlip(NodeBreakage[cst.SimpleString]):
    """A string differs in case, in spaces or in a separator."""

    name = "text_slip"
    severity = "wrong result"
    description = (
        "A string differs in the case of a letter, in a space at an end, or in a separator."
    )
    scopes = frozenset({"body", "class", "module"})
    kinds = (cst.SimpleString,)
    shown = (
        example(
            """
            def names(people):
                return ", ".join(people)
            """,
            """
            def names(people):
                return ",".join(people)
            """,
        ),
        example(
            """
            SEPARATOR = "_"


            def key(group, name):
                return group + SEPARATOR + name
            """,
            """
            SEPARATOR = "-"


            def key(group, name):
                return group + SEPARATOR + name
            """,
        ),
        example(
            """
            def is_true(text):
                return text.lower() == "true"
            """,
            """
            def is_true(text):
                return text.lower() == "True"
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.SimpleString) -> Iterator[Edit]:
        """Yield the two most plausible slips."""
        if speaks(function) or node.raw_value == "":
            return
        code = source.code(node)
        start = len(node.prefix) + len(node.quote)
        inner = code[start : len(code) - len(node.quote)]
        for slip in list(dict.fromkeys(_slips(inner)))[:2]:
            yield replace(source, node, code[:start] + slip + code[len(code) - len(node.quote) :])


def _slips(text: str) -> Iterator[str]:
    if text.strip() and text != text.rstrip(" "):
        yield text.rstrip(" ")
    if text.strip() and text != text.lstrip(" "):
        yield text.lstrip(" ")
    for old, new in _SEPARATORS:
        if old in text:
            yield text.replace(old, new, 1)
            break
    letter = re.search(r"(?<![\\\w{%])[a-zA-Z]", text)
    if letter and "%" not in text and "{" not in text:
        at = letter.start()
        yield text[:at] + text[at].swapcase() + text[at + 1 :]


_SEPARATORS = (("_", "-"), ("-", "_"), (", ", ","), (": ", ":"), ("\\n", ""), ("/", ""), (".", ""))
