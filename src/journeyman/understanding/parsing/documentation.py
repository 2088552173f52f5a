"""The first paragraph of what is written about a definition, inside it or right above it."""

from __future__ import annotations

import re

from journeyman.understanding.parsing.languages import block_marks, comment_marks

_LONGEST = 600
_WIDEST = 400
"""Bytes of a line that are looked at: generated files have lines of megabytes."""
_ABOVE = 60
"""Lines above a definition that are looked through for a comment."""

_QUOTED = re.compile(rb'^\s*[rRuUbB]{0,2}("""|\'\'\'|"|\')')
_DECORATION = re.compile(
    r"^(?:/\*+!?|//+!?|#+!?|--+(?:\[\[)?|\*+(?!/)|\*+/)<?\s?|\s*(?:\*+/|\]\])$"
)
_RULE = re.compile(r"^[\W_]+$")
_DIRECTIVE = re.compile(
    r"^(?:eslint|tslint|prettier|istanbul|c8|biome|@ts-|noinspection|nolint|go:|\+build|rubocop:|"
    r"frozen_string_literal|type:|noqa|pylint:|mypy:|ruff:|pragma|NOLINT|clang-format|swiftlint:|"
    r"sourcery:|shellcheck|MARK:|region|endregion|@formatter|phpcs:|phpstan|psalm)"
)
_TAG = re.compile(r"^[@\\](?!inheritDoc|brief|summary)\w+")
_MARKUP = re.compile(
    r"</?(?:summary|para|remarks|p|c|code|b|i|tt|em|see|paramref|typeparamref)\b([^>]*)>"
)
_LINK = re.compile(r"\{@(?:link|linkplain|code|literal)\s+([^}]*)\}")
_BRIEF = re.compile(r"^[@\\](?:brief|summary)\s+")
_PAIRS = ((b"{", b"}"), (b"(", b")"))
_ATTRIBUTES = ("@", "#[", "[", "template")
"""What stands between a comment and what it is about."""


class Lines:
    """The lines of a file, and what is written about what stands on them."""

    def __init__(self, language: str, text: bytes) -> None:
        self._language = language
        self._lines = text.split(b"\n")
        self._marks = comment_marks(language)
        self._opens, self._closes = block_marks(language)

    def at(self, row: int, column: int = 0) -> str:
        """Return the line at a row from 0, or what is around `column` where it is very long."""
        line = self._lines[row]
        if len(line) > _WIDEST:
            line = line[max(0, column - _WIDEST // 4) :][:_WIDEST]
        return line.decode("utf-8", "replace").strip()

    def document(self, row: int, column: int, last: int) -> str:
        """Return the first paragraph about what begins at a place and ends on the line `last`."""
        if self._language == "python":
            inside = self._docstring(row + 1, last)
            if inside:
                return inside
        before = self._lines[row][: min(column, _WIDEST)]
        if (
            column >= _WIDEST
            or b";" in before
            or any(before.count(opens) != before.count(closes) for opens, closes in _PAIRS)
        ):  # it begins inside something else, which the comment above is about
            return ""
        return self._comment_above(row)

    def _docstring(self, first: int, last: int) -> str:
        """Return the string that a body begins with; the header may run over several lines."""
        for number in range(first, min(last, first + _ABOVE)):
            opened = _QUOTED.match(self._lines[number])
            if opened is None:
                if self._lines[number - 1].rstrip().endswith(b":") and self._lines[number].strip():
                    return ""
                continue
            quote = opened.group(1)
            text = b"\n".join(self._lines[number : min(last, number + _ABOVE)])[opened.end() :]
            return _paragraph(text.partition(quote)[0].decode("utf-8", "replace").splitlines())
        return ""

    def _comment_above(self, row: int) -> str:
        found: list[str] = []
        number = row - 1
        lowest = max(-1, row - 1 - _ABOVE)
        while number > lowest:
            line = self.at(number)
            if line.endswith(self._closes) and not line.startswith(self._marks):
                if found:
                    break
                opening = self._opening(number, lowest)
                if opening < 0:
                    break
                found = [_bare(self.at(one)) for one in range(number, opening - 1, -1)]
                break
            if line.startswith(self._marks) and not line.startswith("#["):
                found.append(_bare(line))
            elif found:
                break
            elif not line.startswith(_ATTRIBUTES):
                number = self._attribute(number, lowest)
                if number < 0:
                    break
            number -= 1
        return _paragraph(found[::-1])

    def _opening(self, row: int, lowest: int) -> int:
        """Return the row where the comment that ends on `row` begins its line, or -1."""
        for number in range(row, lowest, -1):
            line = self.at(number)
            if self._opens in line:
                return number if line.startswith(self._opens) else -1
        return -1

    def _attribute(self, row: int, lowest: int) -> int:
        """Return the row where an attribute of several lines begins that ends on `row`, or -1."""
        deep = 0
        for number in range(row, lowest, -1):
            line = self.at(number)
            deep += sum(map(line.count, ")]}")) - sum(map(line.count, "([{"))
            if number == row and (deep <= 0 or line.endswith((";", "{"))):
                return -1
            if deep <= 0:
                return number if line.startswith(_ATTRIBUTES) else -1
        return -1


def _bare(line: str) -> str:
    return _DECORATION.sub("", _DECORATION.sub("", line)).strip()


def _paragraph(lines: list[str]) -> str:
    """Return the first paragraph on one line, cut where it is long."""
    kept: list[str] = []
    for line in lines:
        text = line.strip()
        if kept and text.startswith("<p>"):
            break
        if _DIRECTIVE.match(text):
            continue
        text = _LINK.sub(r"\1", _MARKUP.sub(_named, text)) if "<" in text or "{" in text else text
        text = _BRIEF.sub("", text).strip()
        if kept and (not text or _TAG.match(text)):
            break
        if text and not _RULE.match(text):
            kept.append(text)
    return " ".join(" ".join(kept).split())[:_LONGEST]


def _named(tag: re.Match[str]) -> str:
    """Return what an empty tag of documentation names: ``Shop`` of ``<see cref="Shop"/>``."""
    quoted = tag.group(1).split('"')
    return quoted[1] if len(quoted) > 1 else ""
