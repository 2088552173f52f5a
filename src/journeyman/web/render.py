"""Pages as HTML: data put into templates that escape all of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from journeyman.understanding.search.region import Region
from journeyman.understanding.search.reply import Reply
from journeyman.understanding.wiki.page import Page
from journeyman.web.atlas import KINDS, Atlas
from journeyman.web.code import Lines
from journeyman.web.diagram import draw
from journeyman.web.inline import Inline
from journeyman.web.links import Links
from journeyman.web.mermaid import mermaid
from journeyman.web.site import Crumb, Mention, Site, claims_of
from journeyman.web.text import held, page_text, tokens

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:;"
    " form-action 'self'; base-uri 'none'"
)
"""What a page may load: its own scripts and style sheets, and nothing else."""


@lru_cache(1)
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("journeyman.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(drawn=draw, mermaid=mermaid)
    environment.tests["is_date"] = lambda cell: bool(re.fullmatch(r"\d{4}-\d\d-\d\d", cell))
    environment.tests["is_number"] = lambda cell: bool(re.fullmatch(r"[-+]?[\d,.]+ ?%?", cell))
    return environment


class Renderer:
    """Makes pages whose links are right for where they will stand."""

    def __init__(self, site: Site, links: Links, notice: str = "") -> None:
        self._site, self._links = site, links
        self._shared = {
            "site": site,
            "links": links,
            "inline": Inline(site, links),
            "policy": POLICY,
            "notice": notice,
            "about": "",
        }

    def page(self, page: Page) -> str:
        """Return a page of the wiki."""
        site, path = self._site, self._site.path_of(page)
        return self._made(
            "page.html",
            here=page.slug,
            page=page,
            path=path,
            crumbs=site.crumbs(page),
            held=held(page),
            source=self._links.code(path) if page.kind == "file" else "",
            about=page.slug,
            plain=self._links.text(page.slug),
            count=tokens(page_text(page)),
        )

    def code(self, lines: Lines, first: int = 0, last: int = 0) -> str:
        """Return a file's lines, those from `first` to `last` marked."""
        spoken = self._site.mentions.get(lines.path, []) if self._is_own(lines) else []
        end = lines.first + len(lines.lines)
        slugs = dict.fromkeys(one.slug for one in spoken)
        return self._made(
            "code.html",
            here="",
            lines=lines,
            page=self._site.by_path.get(lines.path, ""),
            crumbs=self._above(lines.path),
            mentions=spoken,
            speakers=[self._site.pages[slug] for slug in slugs],
            anchors=_anchors(spoken, range(lines.first, end)),
            spoken=_covered(spoken, end),
            marked=range(first, max(first, last) + 1) if first else range(0),
            plain=None,
        )

    def search(
        self, question: str, regions: Sequence[Region] = (), *, explain: bool = False, at: str = ""
    ) -> str:
        """Return the search page with what was found, in the files of the state `at`."""
        pages = self._named(question) if self._links.live else []
        return self._made(
            "search.html",
            here="search",
            question=question,
            regions=regions,
            pages=pages,
            explain=explain,
            at=at,
            plain=None,
        )

    def ask(self, asked: str, answered: Reply | None, about: Page | None, *, at: str = "") -> str:
        """Return an answer; its passages are of the state `at`."""
        own = {cite.path for claim in claims_of(about) for cite in claim.cites} if about else set()
        numbered = list(enumerate(answered.passages, 1)) if answered else []
        used = {place + 1 for one in answered.statements for place in one.cites} if answered else {}
        kept = [one for one in numbered if one[0] in used] or numbered[:6]
        return self._made(
            "ask.html",
            here="ask",
            asked=asked,
            answered=answered,
            passages=sorted(kept, key=lambda one: one[1].path not in own),
            about_page=about,
            about=about.slug if about else "",
            own=own,
            at=at,
            plain=None,
        )

    def listing(self, heading: str, here: str, groups: Sequence[tuple[str, list[Page]]]) -> str:
        """Return a list of pages under headings."""
        count = sum(len(pages) for _, pages in groups)
        kept = [group for group in groups if group[1]]
        return self._made(
            "pages.html", here=here, heading=heading, groups=kept, count_all=count, plain=None
        )

    def graph(self, atlas: Atlas, data: str) -> str:
        """Return the page with the map, which loads the script at `data`."""
        return self._made(
            "graph.html",
            here="graph",
            data=data,
            kinds=[kind for kind in KINDS if atlas.edges.get(kind)],
            counts={kind: len(found) for kind, found in atlas.edges.items()},
            left_out=atlas.left_out,
            categories=sorted(set(atlas.categories)),
            top=self._top(atlas),
            plain=None,
        )

    def missing(self, message: str, cure: str) -> str:
        """Return a page that says that something is not there."""
        return self._made("missing.html", here="", message=message, cure=cure, plain=None)

    def _made(self, template: str, **values: Any) -> str:
        return _templates().get_template(template).render({**self._shared, **values})

    def _is_own(self, lines: Lines) -> bool:
        return not lines.commit or lines.commit == self._site.wiki.commit

    def _above(self, path: str) -> list[Crumb]:
        parts = path.split("/")[:-1]
        above = ["/".join(parts[: at + 1]) for at in range(len(parts))]
        return [Crumb(one.rpartition("/")[2], self._site.by_path.get(one, "")) for one in above]

    def _named(self, question: str) -> list[Page]:
        """Return the pages whose titles say all words of a short question."""
        words = question.lower().split()
        if not 0 < len(words) <= 6:
            return []
        found = [
            page
            for page in self._site.wiki.pages
            if all(word in page.title.lower() for word in words)
        ]
        return sorted(found, key=lambda page: len(page.title))[:5]

    def _top(self, atlas: Atlas) -> list[Mapping[str, object]]:
        by_path, counts = self._site.by_path, Counter[str]()
        for path in atlas.paths:
            counts[path.partition("/")[0] if "/" in path else ""] += 1
        return [
            {
                "path": path or ".",
                "count": count,
                "href": self._links.page(by_path[path]) if path in by_path else "",
            }
            for path, count in counts.most_common(20)
        ]


def _anchors(mentions: Sequence[Mention], shown: range) -> Mapping[int, list[int]]:
    """Return for each line that is shown the ends of the ranges that begin there."""
    found: dict[int, list[int]] = {line: [] for line in shown}
    for one in mentions:
        ends = found.get(one.first)
        if ends is not None and one.last > one.first and one.last not in ends:
            ends.append(one.last)
    return found


def _covered(mentions: Sequence[Mention], end: int) -> set[int]:
    return {line for one in mentions for line in range(one.first, min(one.last + 1, end))}
