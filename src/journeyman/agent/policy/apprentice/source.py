"""A parsed Python file: where its nodes stand, which names live where, what words it uses."""

from __future__ import annotations

import ast
import builtins
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from functools import cached_property, lru_cache

from journeyman.agent.policy.apprentice.words import Function, parameters_of, words_of
from journeyman.syntax import parse

BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_NAMED = (ast.ExceptHandler, ast.FunctionDef, ast.AsyncFunctionDef)
BUILTINS = frozenset(dir(builtins))


class Scope:
    """The names of one outermost function (what is nested in it is counted as its own).

    Names are looked up when first asked for: of a large file only a few functions are.
    """

    def __init__(self, node: Function, qualified: str) -> None:
        self.node, self.qualified = node, qualified
        self.parameters = parameters_of(node)

    @property
    def bound(self) -> dict[str, int]:
        """Name to the first line that binds it (parameters: the line of the def)."""
        return self._names[0]

    @property
    def loads(self) -> Counter[str]:
        """Name to how often it is read."""
        return self._names[1]

    @property
    def seen(self) -> dict[str, list[int]]:
        """Name to the lines it occurs on, loads and stores."""
        return self._names[2]

    @cached_property
    def _names(self) -> tuple[dict[str, int], Counter[str], dict[str, list[int]]]:
        bound: dict[str, int] = {}
        loads: Counter[str] = Counter()
        seen: dict[str, list[int]] = {}

        def bind(name: str, line: int) -> None:
            bound[name] = min(line, bound.get(name, line))
            seen.setdefault(name, []).append(line)

        for name in self.parameters:
            bind(name, self.node.lineno)
        for inner in ast.walk(self.node):
            if isinstance(inner, ast.Name):
                if isinstance(inner.ctx, ast.Load):
                    loads[inner.id] += 1
                    seen.setdefault(inner.id, []).append(inner.lineno)
                else:
                    bind(inner.id, inner.lineno)
            elif isinstance(inner, ast.arg) and inner.arg not in self.parameters:
                bind(inner.arg, inner.lineno)
            elif inner is not self.node and isinstance(inner, _NAMED) and inner.name:
                bind(inner.name, inner.lineno)
        return bound, loads, seen

    @cached_property
    def first(self) -> int:
        """Line of the first decorator or the def."""
        lines: list[int] = [one.lineno for one in self.node.decorator_list]
        return min([self.node.lineno, *lines])

    @property
    def last(self) -> int:
        """Last line of the body."""
        return self.node.end_lineno or self.node.lineno

    def near(self, line: int, limit: int) -> list[str]:
        """Return up to `limit` of the bound names, those that occur nearest to `line` first."""
        order = sorted(
            self.bound,
            key=lambda name: (min(abs(one - line) for one in self.seen[name]), name),
        )
        return order[:limit]


class Source:
    """A file's text with its syntax tree; positions are characters of the text."""

    def __init__(self, text: str) -> None:
        """Raises SyntaxError (or ValueError, for null bytes) when `text` is not Python."""
        self.text = text
        self.tree = parse(text)
        self.lines: list[str] = _LINE.findall(text)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        self.words = words_of(self.tree)
        self.scopes = list(_scopes(self.tree))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return the start and end of a node that has a position."""
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        end_line, end_column = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return self._offset(line, column), self._offset(end_line, end_column)

    def of(self, node: ast.AST) -> str:
        """Return the text of `node`."""
        start, end = self.span(node)
        return self.text[start:end]

    def line_of(self, offset: int) -> int:
        """Return the line (from 1) on which the character at `offset` stands."""
        return min(bisect_right(self.starts, offset), len(self.lines))

    def indent_of(self, line: int) -> str:
        """Return the white space that `line` begins with."""
        text = self.lines[line - 1]
        return text[: len(text) - len(text.lstrip(" \t"))]

    def newline(self) -> str:
        """Return the file's line end."""
        return "\r\n" if self.lines and self.lines[0].endswith("\r\n") else "\n"

    def _offset(self, line: int, column: int) -> int:
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if not text.isascii():
            column = len(text.encode()[:column].decode())
        return self.starts[line - 1] + column


@lru_cache(maxsize=256)
def source_of(text: str) -> Source | None:
    """Return the parsed file, or `None` when `text` does not parse; remembered by text."""
    try:
        return Source(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def header_end(statement: ast.stmt | ast.ExceptHandler) -> int:
    """Return the last line of the part of `statement` that is not in its blocks."""
    body = getattr(statement, "body", None) or getattr(statement, "cases", None)
    end = statement.end_lineno or statement.lineno
    if not isinstance(body, list) or not body:
        return end
    first = body[0]
    start = first.pattern.lineno if isinstance(first, ast.match_case) else first.lineno
    decorators = getattr(first, "decorator_list", [])
    start = min([start, *(one.lineno for one in decorators)])
    return max(int(statement.lineno), int(start) - 1)


def header_nodes(statement: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield (node, parent) for every expression of `statement` outside its blocks.

    Annotations are left out, and the insides of f-strings too: their positions are wrong before
    Python 3.12, and one grammar for every version is worth more than they are.
    """
    stack: list[tuple[ast.AST, ast.AST]] = [
        (child, statement)
        for name, value in ast.iter_fields(statement)
        if name not in BLOCKS and name not in ("annotation", "returns", "decorator_list")
        for child in (value if isinstance(value, list) else [value])
        if isinstance(child, ast.AST)
    ]
    stack.reverse()
    while stack:
        node, parent = stack.pop()
        yield node, parent
        if isinstance(node, ast.JoinedStr):
            continue
        for name, value in ast.iter_fields(node):
            if name == "annotation":
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.expr | ast.comprehension | ast.arguments | ast.keyword):
                    stack.append((child, node))


_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


def _functions(body: list[ast.stmt], prefix: str) -> Iterator[tuple[Function, str]]:
    """Yield the outermost functions and methods with their qualified names."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, prefix + node.name
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try | ast.With):
            for block in ("body", "orelse", "finalbody"):
                yield from _functions(getattr(node, block, []), prefix)
            for handler in getattr(node, "handlers", []):
                yield from _functions(handler.body, prefix)


def _scopes(tree: ast.Module) -> Iterator[Scope]:
    """Yield a scope for each outermost function; a name taken again gets a number."""
    taken: Counter[str] = Counter()
    for node, name in _functions(tree.body, ""):
        taken[name] += 1
        yield Scope(node, name if taken[name] == 1 else f"{name}#{taken[name]}")
