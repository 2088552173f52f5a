"""Plain text with names in backquotes, made into links where they lead somewhere. Never HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

from journeyman.understanding.wiki.page import Citation
from journeyman.web.links import Links
from journeyman.web.site import Site

_CODE = re.compile(r"``([^`]+)``|`([^`]+)`")
_CELL = re.compile(_CODE.pattern + r"|\[((?:[^\[\]]|\[[^\[\]]*\])+)\]\(((?:[^()]|\([^()]*\))+)\)")
_PLACE = re.compile(r"(.+?):(\d{1,7})(?:[-–](\d{1,7}))?")


class Inline:
    """Makes text into HTML as it stands in one page."""

    def __init__(self, site: Site, links: Links) -> None:
        self._site, self._links = site, links

    def words(self, text: str) -> Markup:
        """Return a sentence, its names in backquotes as code."""
        return Markup().join(self._parts(text, _CODE))

    def cell(self, text: str) -> Markup:
        """Return a table's cell, in which ``[text](slug)`` is a link too."""
        return Markup().join(self._parts(text, _CELL))

    def cite(self, cite: Citation) -> Markup:
        """Return a link to the lines of a citation."""
        other = "" if cite.commit == self._site.wiki.commit else cite.commit or "now"
        lines = f"{cite.first}–{cite.last}" if cite.last > cite.first else str(cite.first)
        name = cite.path.rpartition("/")[2]
        title = f"{cite.path}, lines {lines}" + (f", at {other[:10]}" if other else "")
        href = self._links.code(cite.path, cite.first, cite.last, other)
        shown = Markup("{}<span>:{}</span>").format(name, lines)
        if not href:
            return Markup('<span class="cite" title="{}">{}</span>').format(title, shown)
        return Markup('<a class="cite" href="{}" title="{}">{}</a>').format(href, title, shown)

    def _parts(self, text: str, pattern: re.Pattern[str]) -> Iterator[Markup]:
        at = 0
        for found in pattern.finditer(text):
            yield escape(text[at : found.start()])
            double, single, *link = found.groups()
            code = double or single
            yield self._code(code) if code else self._link(link[0], link[1])
            at = found.end()
        yield escape(text[at:])

    def _link(self, label: str, slug: str) -> Markup:
        if slug in self._site.pages:
            return Markup('<a href="{}">{}</a>').format(self._links.page(slug), label)
        return escape(label)

    def _code(self, name: str) -> Markup:
        href = self._leads_to(name)
        breaking = Markup("<wbr>").join(
            escape(part) for part in re.split(r"(?<=/)(?=\w)|(?<=::)", name)
        )
        if href:
            return Markup('<a href="{}"><code>{}</code></a>').format(href, breaking)
        return Markup("<code>{}</code>").format(breaking)

    def _leads_to(self, name: str) -> str:
        path = name.rstrip("/")
        if path in self._site.by_path:
            return self._links.page(self._site.by_path[path])
        if path in self._site.mentions:
            return self._links.code(path)
        place = _PLACE.fullmatch(name)
        if place and ("/" in place[1] or "." in place[1]):
            first = int(place[2])
            return self._links.code(place[1], first, int(place[3] or first))
        return ""
