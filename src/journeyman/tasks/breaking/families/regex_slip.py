"""A pattern that matches more, or less."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class RegexSlip(NodeBreakage[cst.Call]):
    """A regular expression loses an anchor, or repeats otherwise."""

    name = "regex_slip"
    severity = "wrong result"
    description = "A regular expression loses an anchor, is greedy, or repeats otherwise."
    probability = 0.8
    scopes = frozenset({"body", "class", "module"})
    kinds = (cst.Call,)
    shown = (
        example(
            """
            def is_number(text):
                return re.match(r"^[0-9]+$", text) is not None
            """,
            """
            def is_number(text):
                return re.match(r"^[0-9]+", text) is not None
            """,
        ),
        example(
            """
            TAG = re.compile("<(.*?)>")


            def tags(text):
                return TAG.findall(text)
            """,
            """
            TAG = re.compile("<(.*)>")


            def tags(text):
                return TAG.findall(text)
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Call) -> Iterator[Edit]:
        """Yield the slips of the pattern, the most plausible first."""
        if source.code(node.func) not in _FUNCTIONS or not node.args:
            return
        pattern = node.args[0].value
        if isinstance(pattern, cst.SimpleString):
            old = source.code(pattern)
            start = len(pattern.prefix) + len(pattern.quote)
            end = len(old) - len(pattern.quote)
            for place, slip in _SLIPS:
                new = slip.join(re.split(place, old[start:end], maxsplit=1))
                if new != old[start:end]:
                    yield replace(source, pattern, old[:start] + new + old[end:])


_NAMES = ("compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer")
_FUNCTIONS = frozenset(f"re.{name}" for name in _NAMES)
_NOT_ESCAPED = r"(?<!\\)(?<!\[)"
_SLIPS = (
    (_NOT_ESCAPED + r"\$$", ""),
    (_NOT_ESCAPED + r"[*+]\?", "*"),
    (r"\A\^", ""),
    (r"(?<=[])\w])\+", "*"),
    (r"\\d", r"\w"),
    (r"\\w", r"\S"),
    (r"\\b", ""),
    (r"\\s", " "),
    (r"(?<=[])\w])\*", "+"),
)
