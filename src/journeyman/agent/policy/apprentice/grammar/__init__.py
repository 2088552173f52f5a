"""The grammar of repairs: every move on the lines that failing tests went through.

Each rule looks at one node or one statement and proposes replacements of text at exact places. The
rules know nothing of how code was broken: they exchange, add and take away what Python's own syntax
and the file's own words offer.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Collection, Iterator, Mapping
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
from journeyman.agent.policy.apprentice.source import Scope, Source, header_nodes, source_of
from journeyman.syntax import parse

LIMIT = 3000
"""Most moves of one case."""
_PROPOSED = 4
"""Stop asking the rules after so many times the limit."""

_WHOLE_LINES = frozenset(
    {"branch-swap", "delete", "delete-block", "condition-drop", "order", "depth", "decorator"}
)
_FEW = frozenset(
    (
        *("boundary", "comparison-opposite", "comparison-flip", "arithmetic", "boolean", "negate"),
        *("truth", "number-next", "off-by-one", "slice", "sign", "name-unknown", "exception"),
        *("argument-swap", "argument-drop", "keyword-add", "unwrap", "operand-drop"),
        *("return-add", "return-drop", "return-insert", "leave", "branch-swap", "order", "depth"),
        *("delete", "delete-block", "condition-drop", "filter-drop", "field-insert"),
    )
)
_MANY = frozenset(
    (
        *("name-local", "name-module", "attribute-beside", "attribute-alike", "argument-add"),
        *("assign-insert", "guard", "guard-copy", "comparison-other", "string", "target"),
    )
)
_SAFE = frozenset(
    (
        *("boundary", "comparison-opposite", "comparison-flip", "comparison-other", "boolean"),
        *("name-local", "name-module", "name-unknown", "attribute-beside", "attribute-alike"),
        *("arithmetic", "arithmetic-other", "truth", "number-next", "number-other"),
    )
)
"""Kinds that put one word for another of its sort, which parses by nature."""
_MANY_WEIGHT, _SELDOM_WEIGHT = 0.7, 0.4
"""What a line's suspiciousness is worth to kinds that propose much, and to those seldom right."""


def moves(
    files: Mapping[str, str], lines: Mapping[str, Mapping[int, float]], limit: int = LIMIT
) -> list[Move]:
    """Return the moves on those statements of `files` whose header holds one of `lines`.

    `files` maps paths to texts, `lines` paths to line numbers to suspiciousness: where there are
    more than `limit` moves, those of the most suspicious statements are kept, and of their unusual
    kinds fewer. In order of the text, path by path; no two of a file lead to the same text; each
    keeps the file parsing. A file that is not Python has none.
    """
    chosen = [
        (path, site, max(lines[path][line] for line in hit))
        for path, text in files.items()
        for site in _sites(text, lines.get(path, {}))
        if (hit := _hit(site, lines[path]))
    ]
    chosen.sort(key=lambda item: -item[2])
    ranked: list[tuple[float, str, Site, Change]] = []
    for path, site, score in chosen:
        if len(ranked) >= _PROPOSED * limit:
            break
        ranked += [(score * _weight(one.kind), path, site, one) for one in _changes(site)]
    ranked.sort(key=lambda item: -item[0])
    unique: dict[str, Move] = {}
    for _, path, site, change in ranked:
        if len(unique) >= limit:
            break
        if _parses_with(site, change):
            unique.setdefault(_result(path, site, change), _move(path, site, change))
    return sorted(unique.values(), key=lambda move: (move.path, move.start, move.end, move.new))


def _weight(kind: str) -> float:
    if kind in _FEW:
        return 1.0
    return _MANY_WEIGHT if kind in _MANY else _SELDOM_WEIGHT


def _hit(site: Site, lines: Mapping[int, float]) -> list[int]:
    """Return the header's lines among `lines`; a def is hit when anything in it is."""
    node = site.statement
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        last = node.end_lineno or node.lineno
        return [line for line in range(site.line, last + 1) if line in lines]
    return [line for line in range(site.line, site.last + 1) if line in lines]


def _sites(text: str, lines: Collection[int]) -> Iterator[Site]:
    """Yield the statements of the functions that `lines` touch."""
    source = source_of(text)
    for scope in source.scopes if source is not None else ():
        if any(scope.first <= line <= scope.last for line in lines):
            yield from _sites_of(source, scope)


@lru_cache(maxsize=1024)
def _sites_of(source: Source, scope: Scope) -> list[Site]:
    """Return a function's statements, kept with what the rules said of them."""
    return list(sites(source, scope))


def _changes(site: Site) -> list[Change]:
    """Return what every rule proposes for a statement; remembered with it."""
    if site.changes is None:
        text = site.source.text
        site.changes = [
            change for change in _rules(site) if text[change.start : change.end] != change.new
        ]
    return site.changes


def _rules(site: Site) -> Iterator[Change]:
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


def _move(path: str, site: Site, change: Change) -> Move:
    return Move(
        path=path,
        function=site.scope.qualified,
        line=site.line,
        last=site.last,
        start=change.start,
        end=change.end,
        old=site.source.text[change.start : change.end],
        new=change.new,
        kind=change.kind,
        before=change.before,
        after=change.after,
        statement=type(site.statement).__name__,
    )


def _parses_with(site: Site, change: Change) -> bool:
    """Return whether the file still parses after `change`.

    A change inside a statement's header is tried on the header alone, which is some fifty times
    faster; statements put before or after another are right by how they are made.
    """
    if change.kind in _SAFE:
        return True
    source, text = site.source, site.source.text
    if change.start == change.end and change.new.endswith(("\n", "\r")):
        return change.kind != "decorator" or _parses(change.new.strip() + "\ndef f(): pass")
    start, end = source.starts[site.line - 1], source.starts[site.last]
    inside = start <= change.start and change.end <= end
    if inside and change.kind not in _WHOLE_LINES and (header := _header(site)) is not None:
        new = text[start : change.start] + change.new + text[change.end : end]
        return _parses(header.format(new.strip().replace("elif", "if", 1 if _is_elif(new) else 0)))
    scope = site.scope
    first, last = source.starts[scope.first - 1], source.starts[scope.last]
    return _parses(
        textwrap.dedent(text[first : change.start] + change.new + text[change.end : last])
    )


def _is_elif(text: str) -> bool:
    return text.lstrip().startswith("elif")


def _header(site: Site) -> str | None:
    """Return a frame in which the header of the statement is a program, if there is one."""
    node = site.statement
    if not site.alone:
        return None
    body = getattr(node, "body", None)
    if body is None:
        return None if isinstance(node, ast.Match) else "{}\n"
    if site.last >= body[0].lineno or isinstance(node, ast.Try | ast.FunctionDef):
        return None
    return "try:\n pass\n{}\n pass\n" if isinstance(node, ast.ExceptHandler) else "{}\n pass\n"


def _parses(text: str) -> bool:
    try:
        parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _result(path: str, site: Site, change: Change) -> str:
    """Return what `change` makes of its neighbourhood: equal results are one move."""
    source, text = site.source, site.source.text
    scope = site.scope
    first, last = source.starts[scope.first - 1], source.starts[scope.last]
    last = max(last, change.end)
    return f"{path}:{first}:{text[first : change.start]}{change.new}{text[change.end : last]}"
