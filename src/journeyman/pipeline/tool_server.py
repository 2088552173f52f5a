"""What is known of repositories, for any agent that speaks the Model Context Protocol.

Three tools with dense answers, since agents ignore many with thin ones: what the graph knows is
folded into every hit. Answers are data from the repository; nothing in them is an instruction.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from journeyman.errors import UserError
from journeyman.pipeline.understand import Understood, understood
from journeyman.understanding.graph.edges import Definition
from journeyman.understanding.graph.graph import Graph
from journeyman.understanding.search.answer import answer
from journeyman.workspace import Workspace

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP

_LINES = 400
_MOST = 6


def serve(folders: Sequence[str], workspace: Workspace, *, workers: int = 2) -> None:
    """Serve repositories over standard input and output until the other side hangs up.

    Raises:
        UserError: The package `mcp` is not installed, or a folder cannot be indexed.
    """
    with ExitStack() as stack:
        known = [
            stack.enter_context(understood(folder, workspace, workers=workers))
            for folder in folders
        ]
        tool_server(known).run("stdio")


def tool_server(known: Sequence[Understood]) -> FastMCP:
    """Return a server of the tools ``search``, ``symbol`` and ``read`` over open indexes."""
    try:
        from mcp.server.fastmcp import FastMCP
    except ImportError as error:
        raise UserError(
            "the package `mcp` is not installed", "pip install 'journeyman[mcp]'"
        ) from error
    names = ", ".join(one.name for one in known)
    server = FastMCP(
        "journeyman",
        instructions=f"Knows these repositories: {names}. Ask `search` first: its hits carry "
        "callers, callees, tests, owners and what changes with them.",
        log_level="WARNING",
    )
    tools = Tools(known)
    for tool in (tools.search, tools.symbol, tools.read):
        server.add_tool(tool)
    return server


class Tools:
    """The tools, as plain functions that return text."""

    def __init__(self, known: Sequence[Understood]) -> None:
        self._known = {one.name: one for one in known}

    def search(self, question: str, budget: int = 4000, repository: str = "") -> str:
        """Find code by words, names, a stack trace, a failing test or a whole issue text.

        Returns ranked regions of lines in about `budget` tokens, each with who calls it, what it
        calls, its tests, who knows it and what usually changes with it.
        """
        regions = [
            (one.name, region)
            for one in self._chosen(repository)
            for region in answer(self._fresh(one).index, one.place, question, budget=budget)
        ]
        regions.sort(key=lambda pair: -pair[1].score)
        several = len(self._known) > 1
        shown, left = [], budget
        for name, region in regions:
            if left <= 0:
                break
            shown.append(region.text(repository=name if several else ""))
            left -= region.tokens
        return "\n".join(shown) or "nothing found"

    def symbol(self, name: str, repository: str = "") -> str:
        """Say where a name is defined, with every caller, callee and test, and what is unsure.

        `name` may be qualified (``Basket.price``).
        """
        told = []
        for one in self._chosen(repository):
            graph = Graph(self._fresh(one).index.store)
            plain = name.rpartition(".")[2]
            found = [each for each in graph.named(plain) if each.qualified.endswith(name)]
            told += [_told(each, graph) for each in found[:_MOST]]
            if len(found) > _MOST:
                told.append(f"... and {len(found) - _MOST} more definitions of {name}")
        return "\n\n".join(told) or f"{name} is defined nowhere here; try search"

    def read(self, path: str, first: int = 1, last: int = _LINES, repository: str = "") -> str:
        """Return lines of a file with their numbers, at most 400 of them."""
        for one in self._chosen(repository):
            rows = self._fresh(one).index.store.query(
                "SELECT version, lines FROM file WHERE path = ?", (path,)
            )
            for version, count in rows:
                (raw,) = one.place.read([(path, str(version))])
                lines = raw.decode("utf-8", "replace").split("\n")
                last = min(last, first + _LINES - 1, int(str(count)))
                shown = enumerate(lines[max(0, first - 1) : last], max(1, first))
                body = "\n".join(f"{number:>6} | {line}" for number, line in shown)
                return f"{path}: {count} lines\n{body}"
        return f"there is no file {path}; search finds files by their names too"

    def _chosen(self, repository: str) -> list[Understood]:
        if repository and repository not in self._known:
            raise ValueError(f"no repository {repository}; there are: {', '.join(self._known)}")
        return [self._known[repository]] if repository else list(self._known.values())

    def _fresh(self, one: Understood) -> Understood:
        """Bring the index up to date, since files change while an agent works."""
        one.index.bring_up_to_date(one.place, one.git)
        return one


def _told(one: Definition, graph: Graph) -> str:
    uses = graph.callers(one)
    lines = [f"{one.path}:{one.first}-{one.last} {one.kind} {one.qualified}", f"  {one.header}"]
    if one.doc:
        lines.append(f"  {one.doc}")
    for use in uses[:20]:
        inside = use.within.qualified if use.within else "top level"
        lines.append(f"  {use.kind} from {use.path}:{use.line} in {inside}")
    if len(uses) > 20:
        lines.append(f"  ... and {len(uses) - 20} more")
    perhaps = graph.perhaps(one)
    if perhaps:
        lines.append(f"  {perhaps} more uses of the name could not be told apart")
    callees = graph.callees(one)
    if callees:
        lines.append("  calls " + ", ".join(each.qualified for each in callees[:20]))
    tests = graph.tests_of(one)
    if tests:
        lines.append("  tested by " + ", ".join(tests[:8]))
    return "\n".join(lines)
