"""Features of code that looks wrong as it stands, whatever the tests say."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from journeyman.agent.policy.apprentice.case import Case
from journeyman.agent.policy.apprentice.kinds import GROUP_OF
from journeyman.agent.policy.apprentice.move import Move
from journeyman.agent.policy.apprentice.source import Scope

_ODD = {
    "same operands": "an operator has the same expression on both sides",
    "value unused": "an expression statement computes something and drops it",
    "after leaving": "a statement can never be reached",
    "never read": "a variable is bound and never read",
    "pass only": "a block does nothing but pass",
    "constant condition": "a condition is a constant",
    "same argument twice": "a call gets the same argument twice",
    "no arguments": "something is called without arguments",
    "attribute once": "an attribute occurs nowhere else in the file",
}
_ANSWERS = {
    "same operands": ("name", "attribute", "comparison", "constant"),
    "value unused": ("return", "assignment"),
    "after leaving": ("removal", "control", "guard", "return"),
    "never read": ("name", "argument", "return", "assignment"),
    "pass only": ("control", "return", "assignment"),
    "constant condition": ("logic", "name"),
    "same argument twice": ("name", "argument"),
    "no arguments": ("argument",),
    "attribute once": ("attribute",),
}
MEANINGS = {
    **{
        f"odd: {name}": f"{meaning}, and a move of a fitting kind" for name, meaning in _ODD.items()
    },
    "nothing returned": "the function returns nothing anywhere, and the move returns something",
    "falls off end": "the function returns a value elsewhere, and the move does where it did not",
    "return in middle": "the move returns from inside a loop",
    "unused parameter": "the function ignores a parameter, and the move does not put it in",
}


class Oddness:
    """Looks each function over once, line by line."""

    def __init__(self, case: Case) -> None:
        self._odd: dict[tuple[str, int], set[str]] = {}
        self._returns: dict[tuple[str, str], bool] = {}
        self._unused: dict[tuple[str, str], set[str]] = {}
        for path, source in case.sources.items():
            wanted = {move.function for move in case.moves if move.path == path}
            for scope in source.scopes:
                if scope.qualified in wanted:
                    self._look(path, scope, source.words.attributes)

    def of(self, move: Move) -> Iterator[tuple[str, float]]:
        """Yield the features that are not zero."""
        group = GROUP_OF[move.kind]
        for name in self._odd.get((move.path, move.line), ()):
            if group in _ANSWERS[name]:
                yield f"odd: {name}", 1.0
        key = (move.path, move.function)
        if group == "return" and move.kind != "return-drop":
            yield "falls off end" if self._returns[key] else "nothing returned", 1.0
        if self._unused[key] and move.after not in self._unused[key]:
            yield "unused parameter", 1.0

    def _look(self, path: str, scope: Scope, attributes: dict[str, int]) -> None:
        key = (path, scope.qualified)
        nodes = list(ast.walk(scope.node))
        self._returns[key] = any(isinstance(one, ast.Return) and one.value for one in nodes)
        self._unused[key] = {
            one for one in scope.parameters if not scope.loads[one] and one not in ("self", "cls")
        }
        for node in nodes:
            if isinstance(node, ast.stmt):
                for name in _odd_statement(node, scope, attributes):
                    self._mark(path, node, name)
                for block in (getattr(node, "body", None), getattr(node, "orelse", None)):
                    for first, second in pairwise(block if isinstance(block, list) else ()):
                        if isinstance(first, ast.Return | ast.Raise | ast.Break | ast.Continue):
                            self._mark(path, first, "after leaving")
                            self._mark(path, second, "after leaving")

    def _mark(self, path: str, node: ast.stmt, name: str) -> None:
        self._odd.setdefault((path, node.lineno), set()).add(name)


def _odd_statement(node: ast.stmt, scope: Scope, attributes: dict[str, int]) -> Iterator[str]:
    if isinstance(node, ast.Expr):
        doc = isinstance(node.value, ast.Constant)
        if not doc and not isinstance(node.value, ast.Call | ast.Await | ast.Yield | ast.YieldFrom):
            yield "value unused"
        elif isinstance(node.value, ast.Call):
            yield from ("value unused",) if isinstance(node.value.func, ast.Name) else ()
    if isinstance(node, ast.Pass):
        yield "pass only"
    if isinstance(node, ast.If | ast.While) and isinstance(node.test, ast.Constant):
        yield "constant condition"
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name) and not scope.loads[target.id]:
                yield "never read"
    for field, value in ast.iter_fields(node):
        if field in ("body", "orelse", "finalbody", "handlers", "cases"):
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST):
                yield from _odd_expression(part, attributes)


def _odd_expression(part: ast.AST, attributes: dict[str, int]) -> Iterator[str]:
    for node in ast.walk(part):
        if isinstance(node, ast.Compare):
            if ast.dump(node.left) == ast.dump(node.comparators[0]):
                yield "same operands"
        elif isinstance(node, ast.BinOp | ast.BoolOp):
            sides = [node.left, node.right] if isinstance(node, ast.BinOp) else node.values
            if not isinstance(sides[0], ast.Constant) and ast.dump(sides[0]) == ast.dump(sides[1]):
                yield "same operands"
        elif isinstance(node, ast.Call):
            names = [one.id for one in node.args if isinstance(one, ast.Name)]
            if len(set(names)) < len(names):
                yield "same argument twice"
            if not node.args and not node.keywords:
                yield "no arguments"
        elif isinstance(node, ast.Attribute) and attributes[node.attr] == 1:
            yield "attribute once"
