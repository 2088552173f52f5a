"""Properties of code that a refactoring moves, counted from the syntax tree alone.

* *complexity*: McCabe's number (A Complexity Measure, 1976) of one function, one more for every
  branch, loop, handler, case, operand of ``and``/``or``, and for every ``for`` and ``if`` of a
  comprehension;
* *nesting*: how deep blocks, conditional expressions, lambdas and comprehensions stand in each
  other; ``elif`` is no deeper than its ``if``;
* *size*: statements and expressions, counted as nodes, so that no layout changes it;
* *repetition*: statements that stand in a run of statements which is there twice, whatever the
  names in it are.

Code that is only moved has not become better: `of_change` looks at the function and at everything
that is new or grew with it, helpers, methods and code at module level alike.
"""

from __future__ import annotations

import ast
import copy
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping

from journeyman.records.goal import Property

RUN = 2
"""Statements in a row that make a repetition; a single one counts from `LARGE` nodes."""
LARGE = 12

_Definition = ast.FunctionDef | ast.AsyncFunctionDef
_BRANCHES = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case)
_BLOCKS = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar),
    *(ast.Match, ast.IfExp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
)


def of_function(text: str, function: str, measured: Property) -> int | None:
    """Return the property of one function of a file; `None` where there is no such function."""
    found = _parts(text).get(function)
    return None if found is None else _count(found, measured)


def of_node(node: _Definition, measured: Property) -> int:
    """Return the property of a function that is there as a syntax tree."""
    return _count(_without_docstring(copy.copy(node)), measured)


def of_change(
    before: Mapping[str, str], after: Mapping[str, str], function: str, measured: Property
) -> int | None:
    """Return the property of `function` after a change of whole files, with what came along.

    Args:
        before: Path to text of the changed Python files as they were (those that were there);
            `function` is in one of them.
        after: The same as they are now.

    For complexity and nesting it is the worst of the function and of what is new or grew; for size
    and repetition it is the sum of these. `None` where the function is gone.
    """
    old = {(path, name): node for path, text in before.items() for name, node in _all(text)}
    new = {(path, name): node for path, text in after.items() for name, node in _all(text)}
    targets = [key for key in new if key[1] == function]
    if not targets:
        return None
    shapes = {key: ast.dump(node) for key, node in old.items()}
    fresh = [
        key for key, node in new.items() if key not in targets and ast.dump(node) != shapes.get(key)
    ]
    if measured == "repetition":
        return _repetition([new[key] for key in (*targets, *fresh)])
    worst = [_count(new[key], measured) for key in targets]
    grown = []
    for key in fresh:
        now = _count(new[key], measured)
        was = _count(old[key], measured) if key in old else 0
        if now > was:
            rest = key[1] == _REST and key in old
            grown.append(now - was if measured == "size" or rest else now)
    if measured == "size":
        return sum(worst) + sum(grown)
    return max(*worst, *grown, 0) if grown else max(worst)


_REST = ""
"""The name of what a file holds outside its functions."""


def _all(text: str) -> list[tuple[str, ast.AST]]:
    return list(_parts(text).items())


def _parts(text: str) -> dict[str, ast.AST]:
    """Return the outermost functions and methods of a file by name, and the rest of it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    parts: dict[str, ast.AST] = {}
    for name, node in list(_outermost(tree, "")):
        again = name
        while again in parts:
            again += "'"
        parts[again] = _without_docstring(copy.copy(node))
        node.body = [ast.Pass()]
    parts[_REST] = tree
    return parts


def _outermost(tree: ast.AST, prefix: str) -> Iterator[tuple[str, _Definition]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, _Definition):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _outermost(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from _outermost(node, prefix)


def _without_docstring(node: _Definition) -> _Definition:
    if ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:] or [ast.Pass()]
    return node


def _count(node: ast.AST, measured: Property) -> int:
    if measured == "complexity":
        return 1 + sum(_branches(each) for each in ast.walk(node))
    if measured == "nesting":
        return max((_depth(child) for child in ast.iter_child_nodes(node)), default=0)
    if measured == "size":
        return _size(node)
    return _repetition([node])


def _branches(node: ast.AST) -> int:
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    if isinstance(node, ast.comprehension):
        return 1 + len(node.ifs)
    return isinstance(node, _BRANCHES)


def _depth(node: ast.AST) -> int:
    deeper = isinstance(node, _BLOCKS)
    if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        inner = [_depth(child) for child in (node.test, *node.body)]
        return max(1 + max(inner), _depth(node.orelse[0]))
    return deeper + max((_depth(child) for child in ast.iter_child_nodes(node)), default=0)


def _size(node: ast.AST) -> int:
    return sum(isinstance(each, ast.stmt | ast.expr) for each in ast.walk(node))


def _repetition(nodes: list[ast.AST]) -> int:
    """Return how many statements stand in a run that is there at least twice."""
    runs: list[tuple[str, tuple[int, ...]]] = []
    for node in nodes:
        for suite in _suites(node):
            for width in (1, RUN):
                for start in range(len(suite) - width + 1):
                    run = suite[start : start + width]
                    if sum(map(_size, run)) >= LARGE:
                        runs.append((_shape(run), tuple(id(one) for one in run)))
    times = Counter(shape for shape, _ in runs)
    return len({one for shape, run in runs if times[shape] > 1 for one in run})


def _suites(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for each in ast.walk(node):
        for name in ("body", "orelse", "finalbody"):
            suite = getattr(each, name, None)
            if isinstance(suite, list) and suite and isinstance(suite[0], ast.stmt):
                yield suite


def _shape(run: list[ast.stmt]) -> str:
    """Return what a run of statements looks like with its names told apart only by their order."""
    order: dict[str, str] = {}
    plain = copy.deepcopy(run)
    for statement in plain:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                node.id = order.setdefault(node.id, f"n{len(order)}")
    return "\n".join(map(ast.dump, plain))
