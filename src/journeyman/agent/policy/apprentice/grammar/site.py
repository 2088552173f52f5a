"""A statement that may be wrong, with all that the rules of the grammar ask about it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from journeyman.agent.policy.apprentice.move import Change
from journeyman.agent.policy.apprentice.source import Scope, Source, header_end

NEAR = 8
"""How many of a function's names are tried in the place of another."""

Statement = ast.stmt | ast.ExceptHandler


@dataclass
class Site:
    """One statement of one function: its header, its block, and the names within reach."""

    source: Source
    scope: Scope
    statement: Statement
    block: list[Statement]
    index: int
    parent: ast.AST
    loop: ast.For | ast.AsyncFor | ast.While | None
    names: list[str]
    """The function's own names, those used nearest first."""
    changes: list[Change] | None = None
    """What the grammar proposes here, once it was asked."""

    @cached_property
    def line(self) -> int:
        """First line of the statement (a def: of its first decorator)."""
        decorators = getattr(self.statement, "decorator_list", [])
        first: int = min([self.statement.lineno, *(one.lineno for one in decorators)])
        return first

    @cached_property
    def last(self) -> int:
        """Last line of the statement's header."""
        return header_end(self.statement)

    @property
    def alone(self) -> bool:
        """Whether the statement shares its lines with no other (no ``;``, no ``if x: y``)."""
        source, (start, end) = self.source, self.source.span(self.statement)
        before = source.text[source.starts[self.line - 1] : start].strip()
        stop = source.starts[self.statement.end_lineno or self.line]
        after = source.text[end:stop].strip()
        decorated = bool(getattr(self.statement, "decorator_list", []))
        return (not before or decorated) and (not after or after.startswith("#"))

    @property
    def indent(self) -> str:
        """White space before the statement."""
        return self.source.indent_of(self.line)

    @property
    def whole(self) -> tuple[int, int]:
        """Start and end of all lines of the statement, blocks included."""
        return (
            self.source.starts[self.line - 1],
            self.source.starts[self.statement.end_lineno or self.line],
        )


def sites(source: Source, scope: Scope) -> Iterator[Site]:
    """Yield every statement of a function in order, the def itself first."""
    near: dict[int, list[str]] = {}

    def walk(
        block: list[Statement],
        parent: ast.AST,
        loop: ast.For | ast.AsyncFor | ast.While | None,
    ) -> Iterator[Site]:
        for index, statement in enumerate(block):
            line = statement.lineno
            names = (
                near.setdefault(line, scope.near(line, NEAR)) if line not in near else near[line]
            )
            yield Site(source, scope, statement, block, index, parent, loop, names)
            yield from below(statement, loop)

    def below(
        statement: Statement, loop: ast.For | ast.AsyncFor | ast.While | None
    ) -> Iterator[Site]:
        inner = loop
        if isinstance(statement, ast.For | ast.AsyncFor | ast.While):
            inner = statement
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = None
        for name in ("body", "handlers", "orelse", "finalbody"):
            block = getattr(statement, name, None)
            if isinstance(block, list) and block:
                yield from walk(block, statement, inner if name != "orelse" else loop)
        for case in getattr(statement, "cases", []):
            yield from walk(case.body, statement, inner)

    yield from walk([scope.node], source.tree, None)


def is_docstring(node: ast.AST) -> bool:
    """Whether a statement is nothing but a text."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def names_read(node: ast.AST) -> set[str]:
    """Return the names that a statement reads, its blocks included."""
    found = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load):
            found.add(one.id)
        elif isinstance(one, ast.AugAssign) and isinstance(one.target, ast.Name):
            found.add(one.target.id)
    return found
