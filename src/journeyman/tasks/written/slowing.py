"""Ways to make code slow without changing what it answers: mistakes that people make.

Each rewrites one function's syntax tree. That the answers stay the same is not taken for granted:
the tests, the replay, and the comparison of answers in the race have to agree. Every `Slowing`
gives an example, which is its documentation and its test.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from journeyman.tasks.written.pieces import Definition

_LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CACHES = frozenset({"lru_cache", "cache", "cached", "memoize", "memoized"})
_WHOLE = frozenset({"max", "min", "sum", "sorted", "set", "frozenset", "list", "tuple"})


@dataclass(frozen=True)
class Slowing:
    """One way; `change` gets a function of its own to change and says whether it did."""

    name: str
    what: str
    change: Callable[[Definition], bool]
    before: str
    after: str


def search_lists(function: Definition) -> bool:
    """Look things up in a list made for every look."""
    changed = False
    for node in _in_loops(function):
        match node:
            case ast.Compare(
                ops=[ast.In() | ast.NotIn()], comparators=[ast.Name() | ast.Attribute() as place]
            ):
                node.comparators = [_call("list", place)]
                changed = True
    return changed


def copy_to_append(function: Definition) -> bool:
    """Build a list by copying it for every item."""
    own = _own_lists(function)
    changed = False
    for loop in ast.walk(function):
        if not isinstance(loop, ast.For | ast.While):
            continue
        for suite in _suites(loop):
            for place, one in enumerate(suite):
                match one:
                    case ast.Expr(
                        value=ast.Call(
                            func=ast.Attribute(value=ast.Name(id=name), attr="append"),
                            args=[item],
                            keywords=[],
                        )
                    ) if name in own:
                        whole = ast.BinOp(
                            ast.Name(name, ast.Load()), ast.Add(), ast.List([item], ast.Load())
                        )
                        suite[place] = ast.Assign([ast.Name(name, ast.Store())], whole)
                        changed = True
    return changed


def sum_lists(function: Definition) -> bool:
    """Add lists of one up instead of making one list."""

    class Change(ast.NodeTransformer):
        changed = False

        def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
            self.generic_visit(node)
            if any(isinstance(each, ast.Await) for each in ast.walk(node)):
                return node
            self.changed = True
            inner = ast.GeneratorExp(ast.List([node.elt], ast.Load()), node.generators)
            return ast.Call(ast.Name("sum", ast.Load()), [inner, ast.List([], ast.Load())], [])

    change = Change()
    change.visit(function)
    return change.changed


def count_again(function: Definition) -> bool:
    """Work out inside a loop what was worked out before it."""
    changed = False
    for suite in _all_suites(function):
        for place, one in enumerate(suite[:-1]):
            match one:
                case ast.Assign(
                    targets=[ast.Name(id=name)],
                    value=ast.Call(
                        func=ast.Name(id=called), args=[ast.Name()], keywords=[]
                    ) as value,
                ) if called in _WHOLE and _stored(function, name) == 1:
                    rest = suite[place + 1 :]
                    changed |= _inline(rest, name, value)
    return changed


def index_again(function: Definition) -> bool:
    """Go by index, through a copy made for every item."""
    changed = False
    for node in ast.walk(function):
        match node:
            case ast.For(
                target=ast.Tuple(elts=[ast.Name(id=index), ast.Name() as item]),
                iter=ast.Call(
                    func=ast.Name(id="enumerate"), args=[ast.Name() as items], keywords=[]
                ),
            ):
                count = _call("len", items)
                at = ast.Subscript(_call("list", items), ast.Name(index, ast.Load()), ast.Load())
                node.iter = _call("range", count)
                node.target = ast.Name(index, ast.Store())
                node.body = [ast.Assign([ast.Name(item.id, ast.Store())], at), *node.body]
                changed = True
    return changed


def forget_answers(function: Definition) -> bool:
    """Drop the decorator that remembers answers."""
    kept = [one for one in function.decorator_list if not _is_cache(one)]
    changed = len(kept) != len(function.decorator_list)
    function.decorator_list = kept
    return changed


SLOWINGS: tuple[Slowing, ...] = (
    Slowing(
        "search_lists",
        "`x in seen` inside a loop looks through a list made of it",
        search_lists,
        "def f(xs, seen):\n    return [x for x in xs if x not in seen]\n",
        "def f(xs, seen):\n    return [x for x in xs if x not in list(seen)]\n",
    ),
    Slowing(
        "copy_to_append",
        "a list grows by being copied",
        copy_to_append,
        "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x)\n    return out\n",
        "def f(xs):\n    out = []\n    for x in xs:\n        out = out + [x]\n    return out\n",
    ),
    Slowing(
        "sum_lists",
        "a list is added up from lists of one item",
        sum_lists,
        "def f(xs):\n    return [x * 2 for x in xs]\n",
        "def f(xs):\n    return sum(([x * 2] for x in xs), [])\n",
    ),
    Slowing(
        "count_again",
        "what was worked out before a loop is worked out again inside it",
        count_again,
        "def f(xs):\n    most = max(xs)\n    return [x / most for x in xs]\n",
        "def f(xs):\n    most = max(xs)\n    return [x / max(xs) for x in xs]\n",
    ),
    Slowing(
        "index_again",
        "items are taken by index from a copy made for each",
        index_again,
        "def f(xs):\n    for i, x in enumerate(xs):\n        print(i, x)\n",
        "def f(xs):\n    for i in range(len(xs)):\n        x = list(xs)[i]\n        print(i, x)\n",
    ),
    Slowing(
        "forget_answers",
        "the decorator that remembers answers is gone",
        forget_answers,
        "@lru_cache\ndef f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\n",
        "def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\n",
    ),
)
"""Every way, with an example."""


def _in_loops(function: Definition) -> Iterator[ast.AST]:
    """Yield the nodes inside loops and comprehensions, each once."""
    seen: set[int] = set()
    for loop in ast.walk(function):
        if isinstance(loop, _LOOPS):
            for node in ast.walk(loop):
                if node is not loop and id(node) not in seen:
                    seen.add(id(node))
                    yield node


def _own_lists(function: Definition) -> set[str]:
    """Return the names that begin as an empty list and are only ever appended to and read."""
    own = {
        node.targets[0].id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and len(node.targets) == 1
        and isinstance(node.value, ast.List)
        and not node.value.elts
    }
    return {name for name in own if _stored(function, name) == 1}


def _stored(function: Definition, name: str) -> int:
    return sum(
        isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        for node in ast.walk(function)
    )


def _inline(rest: list[ast.stmt], name: str, value: ast.Call) -> bool:
    """Put `value` for `name` wherever a loop among `rest` reads it."""

    class Change(ast.NodeTransformer):
        changed = False
        depth = 0

        def visit(self, node: ast.AST) -> ast.AST:
            loop = isinstance(node, _LOOPS)
            self.depth += loop
            made: ast.AST = super().visit(node)
            self.depth -= loop
            return made

        def visit_Name(self, node: ast.Name) -> ast.expr:
            if node.id != name or not self.depth or not isinstance(node.ctx, ast.Load):
                return node
            self.changed = True
            return value

    change = Change()
    for one in rest:
        change.visit(one)
    return change.changed


def _all_suites(function: Definition) -> list[list[ast.stmt]]:
    return [suite for node in ast.walk(function) for suite in _suites(node)]


def _suites(node: ast.AST) -> list[list[ast.stmt]]:
    found = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
    below = [
        inner
        for suite in found
        if isinstance(suite, list) and isinstance(node, ast.For | ast.While)
        for one in suite
        if isinstance(one, ast.If | ast.With | ast.Try)
        for inner in _suites(one)
    ]
    own = [s for s in found if isinstance(s, list) and s and isinstance(s[0], ast.stmt)]
    return [*own, *below]


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _is_cache(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        node = node.func
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in _CACHES
