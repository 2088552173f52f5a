"""A page as plain Markdown: what people read in a terminal, and what goes into a model's context.

Everything but names of code comes from other people's comments and commit messages. It is data, so
whatever would mean something to a reader of Markdown or HTML is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from journeyman.understanding.wiki.page import Claim, Diagram, Page, Section, Table

BYTES_A_TOKEN = 3.5
"""How long a token is, about."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~>-])")
_LINK = re.compile(r"\[([^\[\]]+)\]\(([a-z0-9-]+)\)")
_CODE = re.compile(r"`([^`]+)`")


def tokens(text: str) -> int:
    """Return about how many tokens a text takes."""
    return int(len(text.encode()) / BYTES_A_TOKEN) + 1


def text_of(page: Page) -> str:
    """Return a page as Markdown."""
    return "\n".join(_lines(page)).rstrip() + "\n"


def escaped(text: str) -> str:
    """Return a text that Markdown shows letter by letter, names in backquotes as code."""
    parts = _CODE.split(_one_line(text))
    return "".join(
        f"`{part}`" if index % 2 and "<" not in part else _plain(part)
        for index, part in enumerate(parts)
    )


def _plain(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return _SPECIAL.sub(_shielded, text)


def _shielded(found: re.Match[str]) -> str:
    """Escape what Markdown gives a meaning; brackets and dashes inside of words have none."""
    sign = found.group(1)
    if sign in "()-+" or (sign == "_" and _inside_word(found)):
        return sign
    return "&gt;" if sign == ">" else f"\\{sign}"


def _inside_word(found: re.Match[str]) -> bool:
    text, at = found.string, found.start()
    return text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()


def _one_line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _lines(page: Page) -> Iterator[str]:
    yield f"# {escaped(page.title)}"
    yield ""
    yield escaped(page.summary)
    yield ""
    at = f" at {page.commit[:10]}" if page.commit else ""
    yield f"{page.held} of {page.made} claims hold{at}."
    yield ""
    if page.correction:
        yield "## What people say about it"
        yield ""
        yield "Written by hand; not checked."
        yield ""
        yield from (f"> {_plain(line)}" for line in page.correction.split("\n"))
        yield ""
    for section in page.sections:
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    yield f"## {escaped(section.heading)}"
    yield ""
    for claim in section.claims:
        yield f"- {escaped(claim.text)}{_cited(claim)}"
    if section.claims:
        yield ""
    if section.table is not None:
        yield from _table(section.table)
    if section.diagram is not None:
        yield from _diagram(section.diagram)


def _cited(claim: Claim) -> str:
    places = [
        f"{one.path}:{one.first}" + (f"-{one.last}" if one.last > one.first else "")
        for one in claim.cites
    ]
    return f" (`{'`, `'.join(one.replace('`', '') for one in places)}`)" if places else ""


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(map(escaped, table.head))} |"
    yield f"| {' | '.join('---' for _ in table.head)} |"
    for row in table.rows:
        yield f"| {' | '.join(map(_cell, row))} |"
    yield ""


def _cell(text: str) -> str:
    link = _LINK.fullmatch(text)
    if link:
        return f"[{escaped(link.group(1))}]({link.group(2)}.md)"
    return (
        escaped(text).replace("\\|", "&#124;")
        if "`" not in text
        else escaped(text).replace("|", "&#124;")
    )


def _diagram(diagram: Diagram) -> Iterator[str]:
    names = {node.key: node.label for node in diagram.nodes}
    yield escaped(diagram.caption)
    yield ""
    for edge in diagram.edges:
        label = f" ({escaped(edge.label)})" if edge.label else ""
        yield f"- {escaped(names[edge.source])} → {escaped(names[edge.target])}{label}"
    yield ""
