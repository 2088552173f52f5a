"""Do two texts of a module do the same? Told by their syntax trees, without what only readers see.

Comments, formatting, docstrings and annotations change nothing that a test can notice.
"""

from __future__ import annotations

import ast
import warnings
from typing import TypeVar

Documented = TypeVar("Documented", ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def same_program(old: str, new: str) -> bool:
    """Whether both texts are the same Python but for comments, form, docstrings, annotations."""
    if old == new:
        return True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            before, after = _statements(old), _statements(new)
        _drop_common(before, after)
        _drop_common(before, after, end=-1)
        return [_normal(node) for _, node in before] == [_normal(node) for _, node in after]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _statements(text: str) -> list[tuple[str, ast.stmt]]:
    """Return a module's statements, but for its docstring, each with its text."""
    body = _undocumented(ast.parse(text)).body
    lines = text.splitlines()
    found = []
    for node in body:
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
        found.append(("\n".join(lines[first - 1 : node.end_lineno]), node))
    return found


def _drop_common(
    before: list[tuple[str, ast.stmt]], after: list[tuple[str, ast.stmt]], end: int = 0
) -> None:
    """Drop statements of the same text from one end: most of a file, at no cost."""
    while before and after and before[end][0] == after[end][0]:
        del before[end], after[end]


def _normal(node: ast.stmt) -> str:
    return ast.dump(_Plain().visit(node))


class _Plain(ast.NodeTransformer):
    """Drops docstrings and annotations."""

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._body(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        # A class's annotated names are its fields, to some: they stay.
        node.body = [
            one if isinstance(one, ast.AnnAssign) else self.visit(one) for one in node.body
        ]
        return _undocumented(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self._body(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self._body(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return ast.Pass()
        return ast.Assign(targets=[node.target], value=node.value)

    def _body(self, node: Documented) -> Documented:
        self.generic_visit(node)
        return _undocumented(node)


def _undocumented(node: Documented) -> Documented:
    first = node.body[0] if node.body else None
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        node.body = node.body[1:]
    return node
