"""What a wiki page is made of: claims, each with what it stands on, in sections.

A page is data. It is shown as HTML and as plain text from the same parts, and its claims are
checked, when it is written and on every push after that, without reading the prose around them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ClaimKind = Literal[
    "defines", "calls", "imports", "tests", "owns", "changes with", "counts", "prose"
]
"""All but ``prose`` are recomputed from the index; prose is checked against the lines it cites."""

PageKind = Literal["overview", "concept", "folder", "file", "person"]


@dataclass(frozen=True)
class Citation:
    """Lines `first` to `last` (from 1, inclusive) of a file at a commit, and their hash.

    `hash` is `records.digest` of the lines' text joined by newlines.
    """

    commit: str
    path: str
    first: int
    last: int
    hash: str


@dataclass(frozen=True)
class Claim:
    """One sentence that says something about the code, in words, and what it stands on.

    Args:
        text: What is said, plain text; names of code in backquotes.
        subject, object: What a typed claim relates: symbols as ``path::qualified``, files and
            people by name; empty for prose.
        cites: Where it can be seen; prose has at least one.
    """

    kind: ClaimKind
    text: str
    subject: str = ""
    object: str = ""
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Node:
    """A box of a diagram; `link` is the slug of the page it leads to, or empty."""

    key: str
    label: str
    link: str = ""


@dataclass(frozen=True)
class Edge:
    """An arrow of a diagram from one node's key to another's; `weight` says how thick."""

    source: str
    target: str
    label: str = ""
    weight: int = 1


@dataclass(frozen=True)
class Diagram:
    """A picture of the graph; drawn by us, so that it shows what is there."""

    caption: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Table:
    """Rows of plain text; a cell ``[text](slug)`` links to a page, ```path:line``` to code."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it, in this order: claims, table, diagram."""

    heading: str
    claims: tuple[Claim, ...] = ()
    table: Table | None = None
    diagram: Diagram | None = None


@dataclass(frozen=True)
class Page:
    """One page: `slug` is its address, `summary` one sentence, `commit` what it describes.

    `held` and `made` say how many of its claims hold, of how many were made; those that do not
    hold are not in `sections`.
    """

    slug: str
    title: str
    kind: PageKind
    summary: str
    commit: str
    sections: tuple[Section, ...]
    held: int
    made: int
    correction: str = ""
    """What a person wrote about it, kept when it is made anew."""


@dataclass(frozen=True)
class Wiki:
    """All pages of a repository at a commit, the overview first."""

    repository: str
    commit: str
    pages: tuple[Page, ...]
