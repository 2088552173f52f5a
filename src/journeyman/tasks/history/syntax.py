"""Do two texts of a module do the same? Told by their syntax trees, without what only readers see.

Comments, formatting, docstrings and annotations change nothing that a test can notice.
"""

from __future__ import annotations

import ast
import warnings

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def same_program(old: str, new: str) -> bool:
    """Whether both texts are the same Python but for comments, form, docstrings, annotations."""
    if old == new:
        return True
    before, after = _normal(old), _normal(new)
    return before is not None and before == after


def _normal(text: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        return ast.dump(_Plain().visit(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


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
