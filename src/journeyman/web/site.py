"""A wiki as a place to walk about in: what leads where, and which lines are spoken of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from journeyman.understanding.wiki.page import Claim, Page, PageKind, Wiki

KINDS: dict[PageKind, str] = {
    "overview": "Overview",
    "concept": "Concepts",
    "folder": "Folders",
    "file": "Files",
    "person": "People",
}
_MOST_BESIDE = 24
"""Concepts, and folders, that are listed beside every page."""


class Mention(NamedTuple):
    """Lines of a file that a page speaks of."""

    first: int
    last: int
    slug: str


class Crumb(NamedTuple):
    """A step on the way down to a page; `slug` is empty where there is no page."""

    label: str
    slug: str


@dataclass(frozen=True)
class Site:
    """A wiki, asked by slug and by path."""

    wiki: Wiki

    @cached_property
    def pages(self) -> dict[str, Page]:
        """The pages by slug."""
        return {page.slug: page for page in self.wiki.pages}

    @property
    def front(self) -> str:
        """The slug of the overview; empty for a wiki without pages."""
        return self.wiki.pages[0].slug if self.wiki.pages else ""

    def of_kind(self, kind: PageKind) -> list[Page]:
        """Return the pages of a kind in their order."""
        return self._kinds.get(kind, [])

    @cached_property
    def kinds(self) -> list[tuple[str, list[Page]]]:
        """Headings and the pages under them, for the list of all pages."""
        return [(title, self._kinds[kind]) for kind, title in KINDS.items() if kind in self._kinds]

    @cached_property
    def concepts(self) -> list[Page]:
        """The concepts that are listed beside every page."""
        return self.of_kind("concept")[:_MOST_BESIDE]

    @cached_property
    def folders(self) -> list[Page]:
        """The folders that are listed beside every page: those with the shortest paths."""
        found = self.of_kind("folder")
        for depth in (0, 1):
            top = [page for page in found if self.path_of(page).count("/") <= depth]
            if len(top) > 2:
                return top[:_MOST_BESIDE]
        return found[:_MOST_BESIDE]

    def path_of(self, page: Page) -> str:
        """Return the path that a page is about, the title of a folder's or file's, else nothing."""
        if page.kind not in ("folder", "file"):
            return ""
        return page.title.strip("`").rstrip("/")

    @cached_property
    def by_path(self) -> dict[str, str]:
        """Path of a folder or file to the slug of its page."""
        paths = {self.path_of(page): page.slug for page in self.wiki.pages}
        paths.pop("", None)
        return paths

    def crumbs(self, page: Page) -> list[Crumb]:
        """Return the folders above a page, the outermost first."""
        parts = self.path_of(page).split("/")[:-1]
        above = ["/".join(parts[: at + 1]) for at in range(len(parts))]
        return [
            Crumb(label, self.by_path.get(path, ""))
            for label, path in zip(parts, above, strict=True)
        ]

    @cached_property
    def mentions(self) -> dict[str, list[Mention]]:
        """Path to the lines of the file that pages speak of, by line."""
        found: dict[str, set[Mention]] = defaultdict(set)
        for page in self.wiki.pages:
            for claim in claims_of(page):
                for cite in claim.cites:
                    found[cite.path].add(Mention(cite.first, cite.last, page.slug))
        return {path: sorted(places) for path, places in found.items()}

    def symbols_of(self, page: Page) -> list[str]:
        """Return the names that a page says are defined, without their files."""
        names = {
            end.partition("::")[2]: None
            for claim in claims_of(page)
            if claim.kind == "defines"
            for end in (claim.subject, claim.object)
        }
        names.pop("", None)
        return list(names)

    @cached_property
    def _kinds(self) -> dict[PageKind, list[Page]]:
        found: dict[PageKind, list[Page]] = {}
        for page in self.wiki.pages:
            found.setdefault(page.kind, []).append(page)
        return found


def claims_of(page: Page) -> list[Claim]:
    """Return all claims of a page in their order."""
    return [claim for section in page.sections for claim in section.claims]
