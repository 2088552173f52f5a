"""The server's addresses and what each answers; the only module that knows Starlette."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from journeyman.understanding.search.region import Region
from journeyman.understanding.search.reply import Reply
from journeyman.understanding.wiki.page import Page
from journeyman.web.atlas import Atlas, as_script
from journeyman.web.code import Code, Lines
from journeyman.web.links import Served
from journeyman.web.render import POLICY, Renderer
from journeyman.web.site import Site
from journeyman.web.text import counted, page_text

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

MOST_ASKED = 20_000
"""Characters of a question that are read."""

ASSETS = {
    "style.css": "text/css",
    **dict.fromkeys(("theme.js", "site.js", "search.js", "view.js", "graph.js"), "text/javascript"),
}
_HEADERS = {
    "content-security-policy": f"{POLICY}; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
    "vary": "accept",
}


class Known(Protocol):
    """What can be asked of an index; `live.Live` is one."""

    @property
    def at(self) -> str:
        """The name under which `Code` shows what was searched."""
        ...

    def find(self, question: str, most: int = 8, budget: int = 4000) -> Sequence[Region]:
        """Return regions of lines, the best first."""
        ...

    def reply(self, question: str) -> Reply:
        """Answer a question in words."""
        ...

    def atlas(self) -> Atlas:
        """Return the picture of the graph."""
        ...

    def notice(self) -> str:
        """Return what a reader should know about how current this is."""
        ...


@dataclass(frozen=True)
class Shown:
    """Everything that a server shows."""

    site: Site
    code: Code
    known: Known


@dataclass(frozen=True)
class _Both:
    html: Callable[[], str]
    text: Callable[[], str]
    status: int = 200


def app_of(shown: Shown, hosts: Sequence[str]) -> Starlette:
    """Return the application; it answers those that call it by one of `hosts`.

    A page elsewhere can make a browser look up its own name as 127.0.0.1 (DNS rebinding) and read
    what is served here; its requests carry that other name as their host, and are refused.
    """
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.routing import Route

    views = _Views(shown)

    def route(path: str, view: Callable[[Request], _Both]) -> Route:
        def endpoint(request: Request) -> Response:
            return _answer(request, view(request))

        return Route(path, endpoint, methods=["GET"])

    return Starlette(
        routes=[
            route("/", views.front),
            route("/wiki/{slug:path}", views.page),
            route("/code/{path:path}", views.code),
            *(route(f"/search{end}", views.search) for end in ("", ".txt")),
            *(route(f"/ask{end}", views.ask) for end in ("", ".txt")),
            *(route(f"/people{end}", views.people) for end in ("", ".txt")),
            *(route(f"/pages{end}", views.pages) for end in ("", ".txt")),
            *(route(f"/graph{end}", views.graph) for end in ("", ".txt")),
            Route("/graph-data.js", views.data),
            Route("/assets/{name}", _asset),
            route("/{rest:path}", views.nothing),
        ],
        middleware=[Middleware(_OnlyOwnHosts, hosts=hosts)],
    )


class _Views:
    """What each address answers."""

    def __init__(self, shown: Shown) -> None:
        self._shown, self._site = shown, shown.site
        self._links = Served(shown.site.front)
        self._at = shown.known.at

    def _renderer(self) -> Renderer:
        return Renderer(self._site, self._links, self._shown.known.notice())

    def front(self, request: Request) -> _Both:
        if not self._site.wiki.pages:
            return self.pages(request)
        return self._page(self._site.wiki.pages[0])

    def page(self, request: Request) -> _Both:
        slug = request.path_params["slug"]
        page = self._site.pages.get(slug) or self._site.pages.get(slug.removesuffix(".txt"))
        return self._page(page) if page else self.nothing(request)

    def _page(self, page: Page) -> _Both:
        return _Both(lambda: self._renderer().page(page), lambda: page_text(page))

    def code(self, request: Request) -> _Both:
        path, at = request.path_params["path"], request.query_params.get("at", "")
        found = re.fullmatch(r"(\d{1,8})(?:-(\d{1,8}))?", request.query_params.get("lines", ""))
        first = int(found[1]) if found else 0
        last = int(found[2] or found[1]) if found else 0
        lines = None
        for name in (path, path.removesuffix(".txt")):
            lines = lines or self._shown.code.show(name, at, max(1, first))
        if lines is None:
            return self.nothing(request)
        kept = lines
        return _Both(lambda: self._renderer().code(kept, first, last), lambda: _numbered(kept))

    def search(self, request: Request) -> _Both:
        question = request.query_params.get("q", "").strip()[:MOST_ASKED]
        explain = request.query_params.get("explain") == "1"
        regions = self._shown.known.find(question) if question else ()
        return _Both(
            lambda: self._renderer().search(question, regions, explain=explain, at=self._at),
            lambda: counted(question, "\n".join(one.text(explain=explain) for one in regions)),
        )

    def ask(self, request: Request) -> _Both:
        question = request.query_params.get("q", "").strip()[:MOST_ASKED]
        about = self._site.pages.get(request.query_params.get("about", ""))
        answered = self._shown.known.reply(question) if question else None
        return _Both(
            lambda: self._renderer().ask(question, answered, about, at=self._at),
            lambda: counted(question or "Ask", answered.text() if answered else ""),
        )

    def people(self, _: Request) -> _Both:
        return self._listing("People", "people", [("People", self._site.of_kind("person"))])

    def pages(self, _: Request) -> _Both:
        return self._listing("All pages", "pages", self._site.kinds)

    def _listing(self, heading: str, here: str, groups: list[tuple[str, list[Page]]]) -> _Both:
        text = "\n".join(f"- {page.title}: {page.summary}" for _, some in groups for page in some)
        return _Both(
            lambda: self._renderer().listing(heading, here, groups),
            lambda: counted(heading, text),
        )

    def graph(self, _: Request) -> _Both:
        atlas = self._shown.known.atlas()
        return _Both(
            lambda: self._renderer().graph(atlas, "/graph-data.js"),
            lambda: counted("Graph", _graph_text(atlas)),
        )

    def data(self, _: Request) -> Response:
        from starlette.responses import Response

        script = as_script(self._shown.known.atlas(), self._site, self._links)
        return Response(script, media_type="text/javascript", headers=_HEADERS)

    def nothing(self, _: Request) -> _Both:
        message, cure = "There is no such page", "All pages lists those there are."
        return _Both(
            lambda: self._renderer().missing(message, cure), lambda: f"{message}. {cure}\n", 404
        )


def _answer(request: Request, both: _Both) -> Response:
    """Return text where the address ends in .txt or text is preferred, else the page."""
    from starlette.responses import Response

    plain = request.url.path.endswith(".txt") or _prefers_text(request.headers.get("accept", ""))
    text = both.text() if plain else both.html()
    kind = "text/plain" if plain else "text/html"
    return Response(
        text.encode("utf-8", "replace"), both.status, _HEADERS, f"{kind}; charset=utf-8"
    )


def _prefers_text(accept: str) -> bool:
    names = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return "text/plain" in names and "text/html" not in names[: names.index("text/plain")]


def _asset(request: Request) -> Response:
    from starlette.responses import PlainTextResponse, Response

    name = request.path_params["name"]
    if name not in ASSETS:
        return PlainTextResponse("There is no such file\n", 404, _HEADERS)
    return Response(asset(name), media_type=ASSETS[name], headers=_HEADERS)


def asset(name: str) -> bytes:
    """Return a style sheet or script of the package."""
    return files("journeyman.web").joinpath("assets", name).read_bytes()


def _numbered(lines: Lines) -> str:
    told = "\n".join(f"{n:>6} | {line}" for n, line in enumerate(lines.lines, lines.first))
    return counted(lines.path, f"{lines.note}\n\n{told}" if lines.note else told)


def _graph_text(atlas: Atlas) -> str:
    rows = [
        f"{atlas.paths[a]} {kind} {atlas.paths[b]} ({weight}x)"
        for kind, found in atlas.edges.items()
        for a, b, weight in found[:400]
    ]
    return "The heaviest edges between files, by kind.\n\n" + "\n".join(rows)


class _OnlyOwnHosts:
    """Refuses requests under another name than the server's own."""

    def __init__(self, app: Callable[..., Awaitable[None]], hosts: Sequence[str]) -> None:
        self._app, self._hosts = app, frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        from starlette.responses import PlainTextResponse

        if scope["type"] == "http":
            named = [value for name, value in scope["headers"] if name == b"host"]
            host = named[0].decode("latin-1").lower() if len(named) == 1 else ""
            if host not in self._hosts:
                told = "This server answers only under its own address.\n"
                await PlainTextResponse(told, 421, _HEADERS)(scope, receive, send)
                return
        await self._app(scope, receive, send)
