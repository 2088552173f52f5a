"""Is what the tests ask for said anywhere an agent can read? Literals that tests compare with.

A hidden test that compares with a message or a number which neither the statement nor the code
tells asks for guessing, not for repair. Such tasks are labelled, so that a mix can leave them out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeGuard

from journeyman.syntax import parse

LABEL = "untold literals"

SHORTEST = 4
"""Shorter strings are found in any text by chance."""

_PLAIN = frozenset({0, 1, 2, -1, 10, 100})

Literal = str | int | float | bytes


def untold(
    tests: Iterable[str], read: Callable[[str], str | None], told: Iterable[str]
) -> tuple[str, ...]:
    """Return the literals that `tests` compare with and none of the texts `told` contains, sorted.

    Args:
        tests: Ids of pytest.
        read: Reads a test file.
        told: The statement, and the code as the agent finds it.
    """
    texts = tuple(told)
    found = set()
    for test in tests:
        path, _, rest = test.partition("::")
        names = tuple(rest.partition("[")[0].split("::"))
        for literal in _compared(read(path) or "", names):
            if not any(_says(text, literal) for text in texts):
                found.add(repr(literal))
    return tuple(sorted(found))


def _says(text: str, literal: Literal) -> bool:
    return repr(literal) in text or (isinstance(literal, str) and literal in text)


@lru_cache(maxsize=4096)
def _compared(text: str, names: tuple[str, ...]) -> frozenset[Literal]:
    """Return what the function `names` (classes, then its own name) compares with."""
    node: ast.AST = _tree(text)
    for name in names:
        inside = (one for one in ast.iter_child_nodes(node) if getattr(one, "name", None) == name)
        below = next(inside, None)
        if below is None:
            return frozenset()
        node = below
    return frozenset(literal for part in _asked(node) for literal in _literals(part))


@lru_cache(maxsize=64)
def _tree(text: str) -> ast.Module:
    try:
        return parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def _asked(function: ast.AST) -> Iterator[ast.AST]:
    """Yield the expressions whose literals a test insists on."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            for part in ast.walk(node.test):
                if isinstance(part, ast.Compare):
                    yield from (part.left, *part.comparators)
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name.startswith("assert"):
                yield from node.args
            yield from (word.value for word in node.keywords if word.arg == "match")


def _literals(expression: ast.AST) -> Iterator[Literal]:
    """Yield the literals of an expression that are compared with, not those that are handed on."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Constant):
            if _tells(node.value):
                yield node.value
        elif not isinstance(node, ast.Call):
            waiting += ast.iter_child_nodes(node)


def _tells(value: object) -> TypeGuard[Literal]:
    if isinstance(value, str | bytes):
        return len(value) >= SHORTEST
    return type(value) in (int, float) and value not in _PLAIN
