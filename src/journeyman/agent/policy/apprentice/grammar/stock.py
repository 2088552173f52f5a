"""Statements of the same file that would make sense elsewhere in it.

That the parts of a repair are often found in the same file is the plastic surgery hypothesis (Barr
et al., "The Plastic Surgery Hypothesis", FSE 2014).
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from journeyman.agent.policy.apprentice.grammar.site import Site, is_docstring, names_read
from journeyman.agent.policy.apprentice.source import BUILTINS, Source

_UNIT = "    "
_Rank = Callable[["Piece", "frozenset[str]"], tuple[int, int]]


@dataclass(frozen=True)
class Piece:
    """A statement's text (not indented), the names it reads, and where it stands."""

    text: str
    names: frozenset[str]
    line: int
    loops: bool = False


def copies(site: Site, limit: int) -> list[str]:
    """Return up to `limit` one-line statements of the file whose names all mean something here.

    Those sharing more of the function's own names come first, then those of other functions, then
    the near ones.
    """
    scope = site.scope
    return _fitting(
        site,
        _one_liners(site.source),
        limit,
        lambda piece, local: (
            -2 * len(local) + (scope.first <= piece.line <= scope.last),
            abs(piece.line - site.line),
        ),
    )


def guards_elsewhere(site: Site, limit: int) -> list[str]:
    """Return up to `limit` two-line early exits of the file that would make sense at the site."""
    used = names_read(site.statement)
    pieces = [one for one in _guards(site.source) if site.loop is not None or not one.loops]
    return _fitting(
        site,
        pieces,
        limit,
        lambda piece, local: (-len(piece.names & used), abs(piece.line - site.line)),
    )


def _fitting(site: Site, pieces: list[Piece], limit: int, rank: _Rank) -> list[str]:
    known = site.scope.bound.keys()
    outside = site.source.words.modules.keys() | BUILTINS
    found: dict[str, tuple[int, int]] = {}
    for piece in pieces:
        local = piece.names & known
        if local and piece.names <= known | outside:
            value = rank(piece, local)
            found[piece.text] = min(value, found.get(piece.text, value))
    return sorted(found, key=lambda text: (found[text], text))[:limit]


@lru_cache(maxsize=64)
def _one_liners(source: Source) -> list[Piece]:
    return [
        Piece(source.of(node), frozenset(names_read(node)), node.lineno)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Raise)
        and node.lineno == node.end_lineno
        and node.col_offset
        and not is_docstring(node)
    ]


@lru_cache(maxsize=64)
def _guards(source: Source) -> list[Piece]:
    found = []
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.If) or node.orelse or len(node.body) != 1:
            continue
        leave = node.body[0]
        flat = leave.lineno == leave.end_lineno == node.test.lineno + 1
        leaves = isinstance(leave, ast.Return | ast.Raise | ast.Continue | ast.Break)
        if flat and leaves and node.test.lineno == node.test.end_lineno:
            text = f"if {source.of(node.test)}:\n{_UNIT}{source.of(leave)}"
            loops = isinstance(leave, ast.Continue | ast.Break)
            found.append(Piece(text, frozenset(names_read(node)), node.lineno, loops))
    return found
