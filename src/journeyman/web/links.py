"""Where things are found: addresses of a server, or relative ones of files that were written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlencode

_PLAIN = re.compile(r"[^A-Za-z0-9._+@ -]")
_LONGEST = 80
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


class Links(Protocol):
    """Addresses as they stand in one page."""

    @property
    def live(self) -> bool:
        """Whether a server answers: full search and ask work."""
        ...

    def page(self, slug: str) -> str:
        """Return the address of a wiki page."""
        ...

    def text(self, slug: str) -> str:
        """Return the address of the same page as plain text."""
        ...

    def code(self, path: str, first: int = 0, last: int = 0, commit: str = "") -> str:
        """Return the address of a file's lines, empty where they are not shown.

        Args:
            first, last: The lines to mark, from 1; 0 for none.
            commit: Of which state, when it is not the wiki's own.
        """
        ...

    def view(self, name: str) -> str:
        """Return the address of one of the other pages: search, ask, graph, people, pages."""
        ...

    def asset(self, name: str) -> str:
        """Return the address of a style sheet or script."""
        ...


class Served:
    """Addresses of a server; they begin at its root."""

    live = True

    def __init__(self, front: str) -> None:
        self._front = front

    def page(self, slug: str) -> str:
        """See `Links.page`."""
        return "/" if slug == self._front else f"/wiki/{quote(slug, safe='/')}"

    def text(self, slug: str) -> str:
        """See `Links.text`."""
        return f"/wiki/{quote(slug, safe='/')}.txt"

    def code(self, path: str, first: int = 0, last: int = 0, commit: str = "") -> str:
        """See `Links.code`."""
        asked = {}
        if first:
            asked["lines"] = f"{first}-{last}" if last > first else str(first)
        if commit:
            asked["at"] = commit
        tail = (f"?{urlencode(asked)}" if asked else "") + (f"#L{first}" if first else "")
        return f"/code/{quote(path, safe='/')}{tail}"

    def view(self, name: str) -> str:
        """See `Links.view`."""
        return f"/{name}"

    def asset(self, name: str) -> str:
        """See `Links.asset`."""
        return f"/assets/{name}"


class Names:
    """Names of files for pages and code: plain, none twice, not even where case says nothing."""

    def __init__(self, front: str, slugs: Iterable[str], paths: Iterable[str]) -> None:
        taken = {"index", "search", "graph", "people", "pages"}
        self.pages = {slug: "index" if slug == front else "" for slug in slugs}
        for slug in sorted(self.pages):
            self.pages[slug] = self.pages[slug] or _free(f"wiki/{_plain(slug)}", taken)
        self.code = {path: _free(f"code/{_plain(path)}", taken) for path in sorted(paths)}


@dataclass(frozen=True)
class Written:
    """Addresses in a file that is `depth` folders down."""

    names: Names
    depth: int = 0
    live: bool = False

    def page(self, slug: str) -> str:
        """See `Links.page`."""
        return self._at(f"{self.names.pages[slug]}.html") if slug in self.names.pages else ""

    def text(self, slug: str) -> str:
        """See `Links.text`."""
        return self._at(f"{self.names.pages[slug]}.txt") if slug in self.names.pages else ""

    def code(self, path: str, first: int = 0, last: int = 0, commit: str = "") -> str:
        """See `Links.code`."""
        if path not in self.names.code or commit:
            return ""
        lines = f"#L{first}-{last}" if last > first else f"#L{first}"
        return self._at(f"{self.names.code[path]}.html") + (lines if first else "")

    def view(self, name: str) -> str:
        """See `Links.view`; asking needs a server, so it leads to search."""
        return self._at("search.html" if name == "ask" else f"{name}.html")

    def asset(self, name: str) -> str:
        """See `Links.asset`."""
        return self._at(f"assets/{name}")

    def _at(self, name: str) -> str:
        return "../" * self.depth + quote(name, safe="/+@")


def _plain(name: str) -> str:
    """Return a relative path of plain file names that lies below where it is put."""
    return "/".join(_segment(part) for part in name.split("/"))


def _segment(part: str) -> str:
    plain = _PLAIN.sub("-", part)[:_LONGEST].strip(" ")
    odd = plain.startswith(".") or plain.endswith((".", ".html", ".txt")) or not plain
    if plain == part and not odd and not _RESERVED.match(part):
        return plain
    if part and plain == part and re.fullmatch(r"\.[A-Za-z0-9]+\w*|.*\.(html|txt)", part):
        return f"_{plain}_"
    return f"{plain.strip('.') or 'page'}-{_short(part)}"


def _free(name: str, taken: set[str]) -> str:
    found = name if name.lower() not in taken else f"{name}-{_short(name)}"
    taken.add(found.lower())
    return found


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
