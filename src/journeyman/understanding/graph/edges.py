"""Definitions and uses, and how much of what is called is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

How = Literal["server", "class", "file", "import", "only", "unresolved", "outside"]


class Definition(NamedTuple):
    """A symbol of the index: where it is, what it is called, its kind and lines from 1."""

    path: str
    ordinal: int
    name: str
    qualified: str
    kind: str
    first: int
    last: int
    parent: int
    header: str
    doc: str


class Use(NamedTuple):
    """A reference: where it stands, in which definition (or none), and how it was resolved."""

    path: str
    line: int
    kind: str
    within: Definition | None
    how: How


@dataclass(frozen=True)
class Coverage:
    """How much of what is called is known: counts of call sites by how they were resolved."""

    calls: dict[str, int]

    @property
    def unresolved(self) -> float:
        """The share of call sites to names defined here that could not be resolved."""
        inside = sum(count for how, count in self.calls.items() if how != "outside")
        return self.calls.get("unresolved", 0) / inside if inside else 0.0
