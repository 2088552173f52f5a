"""A page as plain text: for people in a terminal, and for models that pay by the token."""

from __future__ import annotations

from collections.abc import Iterator

from journeyman.understanding.search.region import BYTES_A_TOKEN
from journeyman.understanding.wiki.page import Page, Section, Table
from journeyman.web.mermaid import mermaid


def tokens(text: str) -> int:
    """Return about how many tokens a text takes."""
    return round(len(text.encode()) / BYTES_A_TOKEN)


def counted(title: str, body: str) -> str:
    """Return a text under its title, which says how many tokens it takes."""
    return f"# {title} (about {tokens(body) + 12} tokens)\n\n{body.strip()}\n"


def page_text(page: Page) -> str:
    """Return a page as text, its token count in the first line."""
    parts = [page.summary, held(page)]
    if page.correction:
        parts.append(f"Corrected by hand: {page.correction}")
    parts += [part for section in page.sections for part in _section(section)]
    return counted(page.title, "\n\n".join(part for part in parts if part))


def held(page: Page) -> str:
    """Return how many claims of a page hold, and where."""
    at = f" at {page.commit[:10]}" if page.commit else ""
    if not page.made:
        return f"No claims are made{at}."
    return f"{page.held} of {page.made} claims hold{at}."


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.heading}"
    lines = []
    for claim in section.claims:
        cites = ", ".join(
            f"{one.path}:{one.first}" + (f"-{one.last}" if one.last > one.first else "")
            for one in claim.cites
        )
        lines.append(f"- {claim.text}" + (f" [{cites}]" if cites else ""))
    yield "\n".join(lines)
    if section.table:
        yield "\n".join(_table(section.table))
    if section.diagram:
        yield f"{section.diagram.caption}\n\n{mermaid(section.diagram)}"


def _table(table: Table) -> Iterator[str]:
    yield " | ".join(table.head)
    yield " | ".join("---" for _ in table.head)
    for row in table.rows:
        yield " | ".join(row)
