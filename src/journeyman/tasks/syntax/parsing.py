"""Parsing with a time limit: a grammar may run away on text that it was not made for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from journeyman.tasks.syntax.grammar import Grammar, loaded

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

PARSE_S = 5.0
"""Seconds after which a file counts as one that cannot be parsed."""

MAX_BYTES = 1 << 20
_CHUNK = 1 << 16


def parse(data: bytes, grammar: Grammar, old: Tree | None = None) -> Tree | None:
    """Return the syntax tree of `data`; `None` when it takes too long or is too large.

    Args:
        old: The tree of an earlier text, told of what was edited, to start from.
    """
    import tree_sitter

    if len(data) > MAX_BYTES:
        return None
    deadline = time.monotonic() + PARSE_S

    def read(offset: int, point: object) -> bytes:
        return data[offset : offset + _CHUNK]

    def late(offset: int, failed: bool) -> bool:
        return time.monotonic() > deadline

    parser = tree_sitter.Parser(loaded(grammar.load))
    try:
        if old is None:
            return parser.parse(read, encoding="utf8", progress_callback=late)
        return parser.parse(read, old, encoding="utf8", progress_callback=late)
    except ValueError:  # what the binding raises for a parse that was given up
        return None


def walk(node: Node, skipped: frozenset[str] = frozenset()) -> Iterator[Node]:
    """Yield a node and all below it in document order, without those of skipped types."""
    pending = [node]
    while pending:
        here = pending.pop()
        if here.type in skipped:
            continue
        yield here
        pending += reversed(here.children)
