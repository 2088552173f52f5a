"""Ways to make code worse without changing what it does, so that the original is the way back.

Each is a rewriting of one function's syntax tree that keeps its meaning by the language's own
rules; where those do not suffice (a value whose truth is not a `bool`), proof is left to the tests
and the replay. Every `Worsening` gives examples, which are its documentation and its tests.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from dataclasses import dataclass

from journeyman.tasks.written.pieces import Definition

MOST_REPEATED = 8
"""Statements that are repeated at most, so that a function does not double at every `if`."""

_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Worsening:
    """One way; `change` gets a function of its own to change and says whether it did."""

    name: str
    what: str
    change: Callable[[Definition], bool]
    before: str
    after: str


def nest_guards(function: Definition) -> bool:
    """Put what follows a guard into its ``else``."""

    def nest(suite: list[ast.stmt]) -> bool:
        changed = False
        for place in reversed(range(len(suite) - 1)):
            one = suite[place]
            if isinstance(one, ast.If) and not one.orelse and isinstance(one.body[-1], _LEAVING):
                one.orelse = suite[place + 1 :]
                del suite[place + 1 :]
                changed = True
        return changed

    return _in_suites(function, nest)


def split_conditions(function: Definition) -> bool:
    """Make nested conditions of ``and``."""

    def split(suite: list[ast.stmt]) -> bool:
        changed = False
        for one in suite:
            match one:
                case ast.If(test=ast.BoolOp(op=ast.And(), values=[first, *rest]), orelse=[]):
                    inner = rest[0] if len(rest) == 1 else ast.BoolOp(ast.And(), rest)
                    one.test, one.body = first, [ast.If(inner, one.body, [])]
                    changed = True
        return changed

    return _in_suites(function, split)


def repeat_endings(function: Definition) -> bool:
    """Copy what follows an ``if`` into both of its branches."""

    def repeat(suite: list[ast.stmt]) -> bool:
        for place, one in enumerate(suite[:-1]):
            rest = suite[place + 1 :]
            if isinstance(one, ast.If) and not isinstance(one.body[-1], _LEAVING):
                if sum(isinstance(n, ast.stmt) for r in rest for n in ast.walk(r)) > MOST_REPEATED:
                    continue
                if any(isinstance(n, (*_DEFINING, ast.Yield)) for r in rest for n in ast.walk(r)):
                    continue
                one.body = [*one.body, *copy.deepcopy(rest)]
                one.orelse = [*one.orelse, *rest]
                del suite[place + 1 :]
                return True
        return False

    return _in_suites(function, repeat, once=True)


def write_out_loops(function: Definition) -> bool:
    """Write comprehensions, ``any`` and ``all`` out as loops."""

    def write(suite: list[ast.stmt]) -> bool:
        changed = False
        for place in reversed(range(len(suite))):
            loops = _as_loop(suite[place], function)
            if loops is not None:
                suite[place : place + 1] = loops
                changed = True
        return changed

    return _in_suites(function, write)


def write_out_choices(function: Definition) -> bool:
    """Write conditional expressions, and truths that are returned, out as ``if``."""

    def write(suite: list[ast.stmt]) -> bool:
        changed = False
        for place, one in enumerate(suite):
            if isinstance(one, ast.Return | ast.Assign) and isinstance(one.value, ast.IfExp):
                left, right = copy.deepcopy(one), copy.deepcopy(one)
                left.value, right.value = one.value.body, one.value.orelse
                suite[place] = ast.If(one.value.test, [left], [right])
                changed = True
            elif isinstance(one, ast.Return) and _is_truth(one.value):
                assert one.value is not None
                yes, no = ast.Return(ast.Constant(True)), ast.Return(ast.Constant(False))
                suite[place] = ast.If(one.value, [yes], [no])
                changed = True
        return changed

    return _in_suites(function, write)


WORSENINGS: tuple[Worsening, ...] = (
    Worsening(
        "nest_guards",
        "what follows a guard is put into its `else`",
        nest_guards,
        "def f(x):\n    if not x:\n        return None\n    y = x[0]\n    return y\n",
        "def f(x):\n    if not x:\n        return None\n    else:\n        y = x[0]\n"
        "        return y\n",
    ),
    Worsening(
        "split_conditions",
        "`if a and b` becomes an `if` in an `if`",
        split_conditions,
        "def f(a, b):\n    if a and b:\n        a.append(b)\n",
        "def f(a, b):\n    if a:\n        if b:\n            a.append(b)\n",
    ),
    Worsening(
        "repeat_endings",
        "what follows an `if` is copied into both of its branches",
        repeat_endings,
        "def f(x):\n    if x < 0:\n        x = -x\n    y = x * 2\n    return y\n",
        "def f(x):\n    if x < 0:\n        x = -x\n        y = x * 2\n        return y\n"
        "    else:\n        y = x * 2\n        return y\n",
    ),
    Worsening(
        "write_out_loops",
        "a comprehension, `any` or `all` becomes a loop",
        write_out_loops,
        "def f(xs):\n    return [x * 2 for x in xs if x]\n",
        "def f(xs):\n    found = []\n    for x in xs:\n        if x:\n"
        "            found.append(x * 2)\n    return found\n",
    ),
    Worsening(
        "write_out_choices",
        "`a if c else b`, or a comparison that is returned, becomes an `if`",
        write_out_choices,
        "def f(x):\n    return x is None\n",
        "def f(x):\n    if x is None:\n        return True\n    else:\n        return False\n",
    ),
)
"""Every way, with an example."""

_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def _in_suites(
    function: Definition, change: Callable[[list[ast.stmt]], bool], *, once: bool = False
) -> bool:
    """Apply `change` to the function's statement lists, inner ones first."""
    changed = False
    for suite in reversed(_suites(function)):
        if change(suite):
            changed = True
            if once:
                break
    return changed


def _suites(function: Definition) -> list[list[ast.stmt]]:
    """Return the function's own statement lists, outer ones first; not those of inner functions."""
    found = [function.body]
    for suite in found:
        for one in suite:
            if isinstance(one, _DEFINING):
                continue
            for name in ("body", "orelse", "finalbody"):
                inner = getattr(one, name, None)
                if isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt):
                    found.append(inner)
            found += [handler.body for handler in getattr(one, "handlers", [])]
            found += [case.body for case in getattr(one, "cases", [])]
    return found


def _as_loop(one: ast.stmt, function: Definition) -> list[ast.stmt] | None:
    if not isinstance(one, ast.Return | ast.Assign) or one.value is None:
        return None
    value = one.value
    if isinstance(value, ast.ListComp) and _is_simple(value, function):
        name = _fresh("found", function)
        add = ast.Expr(_method(name, "append", value.elt))
        start = ast.Assign([ast.Name(name, ast.Store())], ast.List([], ast.Load()))
        one.value = ast.Name(name, ast.Load())
        return [start, _loop(value.generators[0], [add]), one]
    match value:
        case ast.Call(func=ast.Name(id="any" | "all" as name), args=[ast.GeneratorExp() as inner]):
            if not isinstance(one, ast.Return) or not _is_simple(inner, function):
                return None
            found = name == "any"
            test = inner.elt if found else ast.UnaryOp(ast.Not(), inner.elt)
            leave = ast.If(test, [ast.Return(ast.Constant(found))], [])
            last = ast.Return(ast.Constant(not found))
            return [_loop(inner.generators[0], [leave]), last]
    return None


def _is_simple(value: ast.ListComp | ast.GeneratorExp, function: Definition) -> bool:
    """Whether a comprehension's names are its own, so that they may as well be the function's."""
    if len(value.generators) != 1 or value.generators[0].is_async:
        return False
    if any(isinstance(n, (*_DEFINING, ast.Await, ast.NamedExpr)) for n in ast.walk(value)):
        return False
    if any(isinstance(n, _COMPREHENSIONS) for n in ast.walk(value) if n is not value):
        return False
    own = {n.id for n in ast.walk(value.generators[0].target) if isinstance(n, ast.Name)}
    inside = sum(isinstance(n, ast.Name) and n.id in own for n in ast.walk(value))
    arguments = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
    everywhere = sum(isinstance(n, ast.Name) and n.id in own for n in ast.walk(function))
    declared = any(isinstance(n, ast.Global | ast.Nonlocal) for n in ast.walk(function))
    return inside == everywhere and not own & arguments and not declared


def _loop(generator: ast.comprehension, body: list[ast.stmt]) -> ast.For:
    for condition in reversed(generator.ifs):
        body = [ast.If(condition, body, [])]
    return ast.For(generator.target, generator.iter, body, [])


def _method(name: str, method: str, *arguments: ast.expr) -> ast.Call:
    attribute = ast.Attribute(ast.Name(name, ast.Load()), method, ast.Load())
    return ast.Call(attribute, list(arguments), [])


def _fresh(name: str, function: Definition) -> str:
    taken = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
    taken |= {n.arg for n in ast.walk(function) if isinstance(n, ast.arg)}
    while name in taken:
        name += "_"
    return name


def _is_truth(value: ast.expr | None) -> bool:
    """Whether an expression is certain to be a `bool`."""
    if isinstance(value, ast.UnaryOp):
        return isinstance(value.op, ast.Not)
    if isinstance(value, ast.Compare):
        sure = (ast.In, ast.NotIn, ast.Is, ast.IsNot)
        return len(value.ops) == 1 and isinstance(value.ops[0], sure)
    return False
