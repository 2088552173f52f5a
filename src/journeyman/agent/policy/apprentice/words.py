"""The words a file is written with: names, attributes, constants, callables, how they are used."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Words:
    """What a file is written with: the stock that repairs are made from."""

    modules: dict[str, str] = field(default_factory=dict)
    """Module-level name to what it is: ``def``, ``class``, ``import`` or ``value``."""
    attributes: Counter[str] = field(default_factory=Counter)
    attributes_of: dict[str, Counter[str]] = field(default_factory=dict)
    """Text of a base expression to the attributes taken of it."""
    signatures: dict[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Counter[str] = field(default_factory=Counter)
    strings: Counter[str] = field(default_factory=Counter)
    exceptions: Counter[str] = field(default_factory=Counter)
    wrappers: Counter[str] = field(default_factory=Counter)
    """Callables used with exactly one positional argument."""
    decorators: Counter[str] = field(default_factory=Counter)
    keywords: dict[str, Counter[str]] = field(default_factory=dict)
    """Called name to the keywords it is called with."""


def parameters_of(node: Function | ast.Lambda) -> tuple[str, ...]:
    """Return the names of a function's parameters in order."""
    given = node.args
    found = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    found += [one.arg for one in (given.vararg, given.kwarg) if one is not None]
    return tuple(found)


def words_of(tree: ast.Module) -> Words:
    """Return the stock of a parsed file, gathered in one walk over it."""
    words = Words()
    for top in tree.body:
        _module_names(top, words.modules)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            words.attributes[node.attr] += 1
            words.attributes_of.setdefault(base_text(node.value), Counter())[node.attr] += 1
        elif isinstance(node, ast.Call):
            _collect_call(node, words)
        elif isinstance(node, ast.Constant):
            if type(node.value) in (int, float):
                words.numbers[repr(node.value)] += 1
            elif isinstance(node.value, str) and len(node.value) < 40:
                words.strings[node.value] += 1
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            words.signatures.setdefault(node.name, parameters_of(node))
            words.decorators.update(ast.unparse(one) for one in node.decorator_list)
        elif isinstance(node, ast.ClassDef):
            _collect_class(node, words)
        elif isinstance(node, ast.ExceptHandler | ast.Raise):
            raised = node.type if isinstance(node, ast.ExceptHandler) else node.exc
            called = raised.func if isinstance(raised, ast.Call) else raised
            if isinstance(called, ast.Name):
                words.exceptions[called.id] += 1
    return words


def _collect_call(node: ast.Call, words: Words) -> None:
    name = called_name(node)
    if not name:
        return
    if len(node.args) == 1 and not node.keywords and isinstance(node.func, ast.Name):
        words.wrappers[name] += 1
    for one in node.keywords:
        if one.arg:
            words.keywords.setdefault(name, Counter())[one.arg] += 1


def _collect_class(node: ast.ClassDef, words: Words) -> None:
    """Take a class's methods as attributes of self, and its constructor's signature as its own."""
    own = words.attributes_of.setdefault("self", Counter())
    for child in node.body:
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            own[child.name] += 1
            words.attributes[child.name] += 1
            if child.name == "__init__":
                words.signatures[node.name] = parameters_of(child)


def base_text(node: ast.expr) -> str:
    """Return a short name for an expression that attributes are taken of."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{base_text(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{base_text(node.func)}()"
    return type(node).__name__


def called_name(node: ast.Call) -> str:
    """Return the last part of what is called, or nothing."""
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _module_names(node: ast.stmt, found: dict[str, str]) -> None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        found[node.name] = "def"
    elif isinstance(node, ast.ClassDef):
        found[node.name] = "class"
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            found[(alias.asname or alias.name).split(".")[0]] = "import"
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.For | ast.With):
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                found[inner.id] = "value"
    elif isinstance(node, ast.If | ast.Try):
        for block in ("body", "orelse", "finalbody"):
            for child in getattr(node, block, []):
                _module_names(child, found)
        for handler in getattr(node, "handlers", []):
            for child in handler.body:
                _module_names(child, found)
