"""The grammar of repairs: every move on the lines that failing tests went through.

Each rule looks at one node or one statement and proposes replacements of text at exact places. The
rules know nothing of how code was broken: they exchange, add and take away what Python's own syntax
and the file's own words offer.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping
from functools import lru_cache

from journeyman.agent.policy.apprentice.grammar.calls import call_changes
from journeyman.agent.policy.apprentice.grammar.constants import constant_changes
from journeyman.agent.policy.apprentice.grammar.insertions import insertion_changes
from journeyman.agent.policy.apprentice.grammar.names import name_changes
from journeyman.agent.policy.apprentice.grammar.operators import (
    assignment_changes,
    operator_changes,
)
from journeyman.agent.policy.apprentice.grammar.site import Site, sites
from journeyman.agent.policy.apprentice.grammar.statements import statement_changes
from journeyman.agent.policy.apprentice.move import Change, Move
from journeyman.agent.policy.apprentice.source import Source, header_nodes, source_of

LIMIT = 3000
"""Most moves of one file."""

_BLOCK_KINDS = frozenset(
    {"branch-swap", "delete", "delete-block", "condition-drop", "order", "depth", "decorator"}
)


def moves(path: str, text: str, lines: Mapping[int, float], limit: int = LIMIT) -> list[Move]:
    """Return the moves on those statements of `text` whose header holds one of `lines`.

    `lines` maps line numbers to suspiciousness: where there are more than `limit` moves, the most
    suspicious statements' are kept. In order of the text; no two lead to the same text; each keeps
    the file parsing. Empty when `text` is not Python.
    """
    source = source_of(text)
    if source is None:
        return []
    chosen = [
        (max(lines[line] for line in hit), site)
        for site in _sites(text)
        if (hit := _hit(site, lines))
    ]
    chosen.sort(key=lambda item: -item[0])
    found: list[Move] = []
    for _, site in chosen:
        if len(found) >= limit:
            break
        found += _site_moves(path, source, site)
    unique: dict[str, Move] = {}
    for move in found[:limit]:
        unique.setdefault(_result(source, move), move)
    return sorted(unique.values(), key=lambda move: (move.start, move.end))


def _hit(site: Site, lines: Mapping[int, float]) -> list[int]:
    """Return the header's lines among `lines`; a def is hit when anything in it is."""
    node = site.statement
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        last = node.end_lineno or node.lineno
        return [line for line in range(site.line, last + 1) if line in lines]
    return [line for line in range(site.line, site.last + 1) if line in lines]


@lru_cache(maxsize=64)
def _sites(text: str) -> list[Site]:
    source = source_of(text)
    assert source is not None
    return [site for scope in source.scopes for site in sites(source, scope)]


def _site_moves(path: str, source: Source, site: Site) -> list[Move]:
    cached: list[Move] | None = getattr(site, "moves", None)
    if cached is not None and (not cached or cached[0].path == path):
        return cached
    check = _Check(source, site)
    found = []
    for change in _changes(site):
        start, end, new = change.start, change.end, change.new
        if source.text[start:end] != new and check.parses(change):
            found.append(
                Move(
                    path,
                    site.scope.qualified,
                    site.line,
                    site.last,
                    start,
                    end,
                    source.text[start:end],
                    new,
                    change.kind,
                    change.before,
                    change.after,
                    type(site.statement).__name__,
                )
            )
    site.moves = found  # type: ignore[attr-defined]
    return found


def _changes(site: Site) -> Iterator[Change]:
    for node, parent in header_nodes(site.statement):
        if isinstance(node, ast.Constant) and isinstance(parent, ast.Expr):
            continue
        yield from operator_changes(site, node, parent)
        yield from constant_changes(site, node, parent)
        yield from name_changes(site, node, parent)
        yield from call_changes(site, node, parent)
    yield from assignment_changes(site)
    yield from statement_changes(site)
    yield from insertion_changes(site)


class _Check:
    """Whether a change leaves Python: by the statement's header alone where it stays inside."""

    def __init__(self, source: Source, site: Site) -> None:
        self._source, self._site = source, site
        self._start = source.starts[site.line - 1]
        self._end = source.starts[site.last]
        self._first = source.starts[site.scope.first - 1]
        self._last = source.starts[site.scope.last]
        self._simple = not hasattr(site.statement, "body") and site.alone

    def parses(self, change: Change) -> bool:
        """Return whether the function still parses after `change`."""
        text = self._source.text
        if (
            self._simple
            and self._start < change.end <= self._end
            and change.kind not in _BLOCK_KINDS
        ):
            head, tail = text[self._start : change.start], text[change.end : self._end]
            return _parses((head + change.new + tail).strip() + "\n")
        if self._simple and change.start == change.end and change.new.endswith("\n"):
            return True
        head, tail = text[self._first : change.start], text[change.end : self._last]
        return _parses(textwrap.dedent(head + change.new + tail))


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _result(source: Source, move: Move) -> str:
    """Return what `move` makes of its neighbourhood: equal results are one move."""
    first = source.starts[max(0, move.line - 6)]
    last = source.starts[min(len(source.lines), source.line_of(move.end) + 5)]
    text = source.text
    return f"{first}:{text[first : move.start]}{move.new}{text[move.end : last]}"
