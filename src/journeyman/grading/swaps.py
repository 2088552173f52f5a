"""A patch as new bodies for functions, where that is all it is: what the fast way can try.

Anything else (module level, class bodies, decorators, signatures, files that come or go) is left to
an isolated run. Only lines are compared here; whether a new body compiles is found out inside.
"""

from __future__ import annotations

import ast
import bisect
import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from journeyman.records import Patch
from journeyman.sandbox.testing.screener import Swap
from journeyman.syntax import parse

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_LINES = tuple[int, int, int, int]
"""First old line, behind the last old one, first new line, behind the last new one (from 0)."""


@dataclass(frozen=True)
class _Body:
    """A function on the lines `first` to `last` (from 1), whose body begins on line `body`."""

    name: str
    first: int
    body: int
    last: int


class Bodies:
    """The functions of the base tree's files, read when first asked for."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self._known: dict[str, tuple[list[str], list[_Body]]] = {}

    def swaps(self, patch: Patch) -> list[Swap] | None:
        """Return `patch` as new bodies of outermost functions, or `None` where it is more."""
        found: list[Swap] = []
        for path, text in sorted(patch.files.items()):
            if text is None or not path.endswith(".py"):
                return None
            swaps = self._in_file(path, text)
            if swaps is None:
                return None
            found += swaps
        return found

    def _in_file(self, path: str, text: str) -> list[Swap] | None:
        if path not in self._known:
            old_text = self._read(path)
            if old_text is None:
                return None
            self._known[path] = (_lines(old_text), list(_bodies(old_text)))
        old, bodies = self._known[path]
        new = _lines(text)
        shifts: dict[_Body, int] = {}
        moved = 0
        starts = [body.body for body in bodies]
        before: dict[_Body, int] = {}
        for first, end, new_first, new_end in _changes(old, new):
            place = bisect.bisect_right(starts, first + 1) - 1
            body = bodies[place] if place >= 0 else None
            if body is None or end > body.last or (first == end and first >= body.last):
                return None
            before.setdefault(body, moved)
            moved += (new_end - new_first) - (end - first)
            shifts[body] = moved
        return [
            Swap(
                path,
                body.name,
                body.first,
                "".join(new[body.first - 1 + before[body] : body.last + shift]),
            )
            for body, shift in shifts.items()
        ]


def _lines(text: str) -> list[str]:
    """Return the lines as Python counts them: `str.splitlines` knows more ends than it does."""
    return _LINE.findall(text)


def _changes(old: list[str], new: list[str]) -> Iterator[_LINES]:
    """Yield the differing stretches of lines, in order."""
    head = 0
    shortest = min(len(old), len(new))
    while head < shortest and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(left) <= 1 or len(right) <= 1:
        if left or right:
            yield head, head + len(left), head, head + len(right)
        return
    for tag, first, end, new_first, new_end in difflib.SequenceMatcher(
        None, left, right, autojunk=False
    ).get_opcodes():
        if tag != "equal":
            yield head + first, head + end, head + new_first, head + new_end


def _bodies(text: str) -> Iterator[_Body]:
    """Yield the outermost functions in the order of the file; none where it cannot be parsed."""
    try:
        tree = parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from _below(tree, "")


def _below(node: ast.AST, prefix: str) -> Iterator[_Body]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            begins, ends = child.body[0].lineno, child.end_lineno or child.lineno
            lines = [getattr(part, "end_lineno", 0) for part in ast.walk(child.args)]
            header = max([*lines, getattr(child.returns, "end_lineno", 0)])
            if begins > max(header, child.lineno):
                yield _Body(prefix + child.name, child.lineno, begins, ends)
        elif isinstance(child, ast.ClassDef):
            yield from _below(child, f"{prefix}{child.name}.")
        elif isinstance(child, (ast.stmt, ast.excepthandler, ast.match_case)):
            yield from _below(child, prefix)
