"""Documentation quoted word for word, with the lines it stands on.

What is quoted is data: it is shown as somebody's words and nothing in it is followed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from journeyman.records import digest
from journeyman.understanding.graph.edges import Definition
from journeyman.understanding.wiki.page import Citation, Claim
from journeyman.understanding.wiki.sources import Sources

_LONGEST = 320
_ABOVE, _BELOW = 40, 60
"""Lines around a definition's first that are searched for its documentation."""

_HEAD = 60
"""Lines of a file in which its own documentation begins."""

_DECORATION = re.compile(r"^\s*(?:/\*+!?|\*+/|\*(?!\*)|///?!?|#+!?|--+|;+)?\s?|\s*\*+/\s*$")
_QUOTES = re.compile(r'^\s*[rRuUbB]{0,2}("""|\'\'\')|("""|\'\'\')\s*$')
_ROLE = re.compile(r":[\w:+-]+:`~?\.?([^`<]*?)(?:\s*<[^`>]*>)?`_{0,2}")
_LINK = re.compile(r"`([^`<]+?)\s*<[^`>]+>`_{1,2}")
_MARKDOWN_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_LICENCE = re.compile(
    r"(?i)copyright|licen[cs]e|spdx|all rights reserved|this (file|module) is part of|-\*-"
    r"|eslint|prettier|pylint|noqa|mypy:|type: ignore|go:build|^package |vim?:|nolint|@ts-"
)
_BESIDE = re.compile(
    r"(?i)licen[cs]ed?\b|changelog|full documentation|sponsor|badge|announce|copyright"
)
_PARAMETERS = re.compile(
    r"\s(?=:(?:param|type|returns?|rtype|raises?)\b|@(?:param|returns?)\b|Args:)"
)
_SENTENCE = re.compile(r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!etc\.)\s+(?=[\"'`(]?[A-Z])")
_NO_TEXT = re.compile(r"^[\s=\-~^*#`|+:_.<>!\[\]]*$|^\s*(\.\. |<|!\[|\[!\[|\[!|\||---|```|:\w+:)")


def clean(text: str) -> str:
    """Return a quotation as it is shown: on one line, roles and links as their words."""
    text = _ROLE.sub(r"`\1`", text)
    text = _LINK.sub(r"\1", text)
    text = _MARKDOWN_LINK.sub(r"\1", text)
    text = text.replace("``", "`").replace("**", "")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def undecorated(lines: Sequence[str]) -> str:
    """Return lines of a comment or docstring without what marks them as one, on one line."""
    return " ".join(_DECORATION.sub("", _QUOTES.sub("", line)).strip() for line in lines)


def sentences(text: str, most: int = _LONGEST) -> str:
    """Return the first sentences of a text that are no longer than `most` together."""
    found = ""
    for one in _SENTENCE.split(_PARAMETERS.split(text, maxsplit=1)[0].strip()):
        if found and len(found) + len(one) + 1 > most:
            break
        found = f"{found} {one}".strip()
        if len(found) > most:
            cut = found[:most].rpartition(" ")[0]
            return cut.rstrip(" ,;:")
    return found


def cite(sources: Sources, path: str, first: int, last: int) -> Citation:
    """Return a citation of lines as they are today."""
    lines = sources.lines(path)[first - 1 : last]
    return Citation(sources.ground.commit_of(path), path, first, last, digest("\n".join(lines)))


def quoted(sources: Sources, what: str, path: str, first: int, last: int, text: str) -> Claim:
    """Return the claim that lines say something, in their own words."""
    said = text.replace("“", '"').replace("”", '"')
    return Claim("prose", f"{what}: “{said}”", cites=(cite(sources, path, first, last),))


def doc_of(sources: Sources, one: Definition, most: int = _LONGEST) -> Claim | None:
    """Return what the documentation of a definition says first."""
    if not one.doc:
        return None
    wanted = sentences(clean(one.doc), most)
    lines = sources.lines(one.path)
    low, high = max(0, one.first - 1 - _ABOVE), min(len(lines), one.first + _BELOW)
    for order in ((one.first, high), (low, one.first)):
        found = _located(lines, order[0], min(order[1], len(lines)), wanted)
        if found:
            first, last = min(found[0], one.first), max(found[1], one.first)
            return quoted(sources, f"`{one.name}`", one.path, first, last, wanted)
    return None


def _located(lines: Sequence[str], low: int, high: int, wanted: str) -> tuple[int, int] | None:
    """Return the lines (from 1) that `wanted` stands on between two of them."""
    if not wanted:
        return None
    start = wanted.split(" ", 1)[0].strip("`*\"'(")
    for first in range(low, high):
        if start not in lines[first]:
            continue
        for last in range(first + 1, min(high, first + 20) + 1):
            text = clean(undecorated(lines[first:last]))
            if wanted in text:
                return first + 1, last
            if len(text) > len(wanted) + 400:
                break
    return None


def doc_of_file(sources: Sources, path: str, most: int = _LONGEST) -> Claim | None:
    """Return what a file says about itself at its top, if that is more than a licence."""
    facts = sources.file(path)
    if facts is None or facts.category not in ("code", "test"):
        return None
    found = _head(sources.lines(path)[:_HEAD], facts.language == "python")
    if found is None:
        return None
    first, last = found
    text = sentences(clean(undecorated(sources.lines(path)[first - 1 : last])), most)
    if len(text) < 12:
        return None
    return quoted(sources, f"`{PurePosixPath(path).name}`", path, first, last, text)


def _head(lines: Sequence[str], python: bool) -> tuple[int, int] | None:
    """Return the lines of the first paragraph of a file's own documentation."""
    block: list[int] = []
    inside = False
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        opens = re.match(r'^[rRuU]?("""|\'\'\')', bare) if python else None
        if python and not inside and opens:
            inside = bare.count(opens.group(1)) < 2
            block = [number]
            if not inside:
                break
            continue
        if inside:
            closes = '"""' in bare or "'''" in bare
            if not undecorated([line]).strip() and not closes:
                if undecorated([lines[one - 1] for one in block]).strip():
                    break
                block = []
                continue
            block.append(number)
            if closes:
                break
            continue
        if python and bare and not bare.startswith("#"):
            return None
        if not python:
            if bare.startswith(("//", "/*", "*", "#", "--", ";")) and len(bare) > 0:
                if undecorated([line]).strip():
                    block.append(number)
                    continue
                if not block:
                    continue
            elif not bare and not block:
                continue
            if block and not _licence([lines[one - 1] for one in block]):
                break
            if bare and not bare.startswith(("//", "/*", "*", "#", "--", ";")):
                return None
            block = []
    if not block or _licence([lines[one - 1] for one in block]):
        return None
    return block[0], block[-1]


def _licence(lines: Sequence[str]) -> bool:
    return any(_LICENCE.search(line) for line in lines)


def readme(sources: Sources, path: str, most: int = 3, about: str = "") -> list[Claim]:
    """Return the first paragraphs of a document that are sentences, as quotations.

    Args:
        about: What the document is about; paragraphs that say what it is come first.
    """
    found = _paragraphs(sources, path, 8 if about else most)
    if about:
        verb = r"`?\*?,? (is|provides|makes|lets)\b"
        says = re.compile(rf"(?i)“[^.]{{0,40}}\b{re.escape(about)}{verb}")
        found.sort(key=lambda claim: not says.search(claim.text))
    return found[:most]


def _paragraphs(sources: Sources, path: str, most: int) -> list[Claim]:
    lines = sources.lines(path)[:200]
    found: list[Claim] = []
    start = 0
    fenced = False
    for number in range(len(lines) + 1):
        line = lines[number] if number < len(lines) else ""
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        text = bool(line.strip()) and not fenced and not _NO_TEXT.match(line) and line[:1] != " "
        if text:
            continue
        said = clean(undecorated(lines[start:number]))
        after = number < len(lines) and re.match(r"^([=\-~^*#])\1{2,}\s*$", line)
        whole = len(said) > 40 and re.search(r"[a-z]{3}.*[.!:]$", said) and "#" not in said
        if whole and not after and not _BESIDE.search(said):
            name = PurePosixPath(path).name
            found.append(quoted(sources, f"`{name}`", path, start + 1, number, sentences(said)))
            if len(found) == most:
                break
        start = number + 1
    return found
