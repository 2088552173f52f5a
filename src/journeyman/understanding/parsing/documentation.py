"""The first paragraph of what is written about a definition, inside it or right above it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from journeyman.understanding.parsing.languages import comment_marks

_LONGEST = 600
_ABOVE = 40
"""Lines above a definition that are looked through for a comment."""

_QUOTED = re.compile(rb'^\s*[rRuUbB]{0,2}("""|\'\'\'|"|\')')
_DECORATION = re.compile(r"^\s*(?:/\*+!?|\*+/|\*(?!/)|///?!?|#+|--+|;+)\s?|\s*\*+/\s*$")
_ATTRIBUTES = ("@", "#[", "[")
"""What stands between a comment and what it is about."""


def document(language: str, lines: Sequence[bytes], first: int, last: int) -> str:
    """Return the first paragraph about the definition on lines `first` to `last` (from 1)."""
    if language == "python":
        inside = _docstring(lines, first, last)
        if inside:
            return inside
    return _comment_above(lines, first, comment_marks(language))


def _docstring(lines: Sequence[bytes], first: int, last: int) -> str:
    """Return the string that a body begins with; the header may run over several lines."""
    for number in range(first, min(last, first + _ABOVE)):
        opened = _QUOTED.match(lines[number])
        if opened is None:
            if lines[number - 1].rstrip().endswith(b":") and lines[number].strip():
                return ""
            continue
        quote = opened.group(1)
        text = b"\n".join(lines[number : min(last, number + _ABOVE)])[opened.end() :]
        return _paragraph(text.partition(quote)[0].decode("utf-8", "replace"))
    return ""


def _comment_above(lines: Sequence[bytes], first: int, marks: tuple[str, ...]) -> str:
    found: list[str] = []
    for number in range(first - 2, max(-1, first - 2 - _ABOVE), -1):
        line = lines[number].decode("utf-8", "replace").strip()
        if line.startswith(marks) or (found and line.endswith("*/")) or line.endswith("*/"):
            found.append(_DECORATION.sub("", line).strip())
        elif not line.startswith(_ATTRIBUTES) or found:
            break
    return _paragraph("\n".join(reversed(found)))


def _paragraph(text: str) -> str:
    """Return the first paragraph on one line, cut where it is long."""
    whole = re.split(r"\n\s*\n", text.strip(), maxsplit=1)[0]
    return " ".join(whole.split())[:_LONGEST]
