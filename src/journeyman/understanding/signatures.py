"""What a function asks for, by its syntax tree: parameters, their kinds, defaults, annotations."""

from __future__ import annotations

import ast
import warnings
from typing import Literal

from journeyman.records import Record

Kind = Literal["positional only", "plain", "rest", "keyword only", "keywords"]
Definition = ast.FunctionDef | ast.AsyncFunctionDef


class Parameter(Record):
    """One parameter; `default` and `annotation` are code, empty where there is none."""

    name: str
    kind: Kind
    default: str = ""
    annotation: str = ""


def definition(text: str, function: str) -> Definition | None:
    """Return the last definition of a function (``name`` or ``Class.name``) in a file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = _find(tree, function.split("."))
    return found if isinstance(found, Definition) else None


def parameters(node: Definition, *, method: bool = False) -> tuple[Parameter, ...]:
    """Return the parameters in order, without the first one of a method."""
    given = node.args
    plain = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(given.defaults))
    defaults += given.defaults
    kinds: list[Kind] = ["positional only"] * len(given.posonlyargs)
    kinds += ["plain"] * len(given.args)
    found = [_one(*each) for each in zip(plain, kinds, defaults, strict=True)]
    found = found[1:] if method else found
    if given.vararg:
        found.append(_one(given.vararg, "rest", None))
    for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        found.append(_one(argument, "keyword only", default))
    if given.kwarg:
        found.append(_one(given.kwarg, "keywords", None))
    return tuple(found)


def positional(text: str, function: str) -> list[str]:
    """Return the names of the parameters that can be given by place only."""
    node = definition(text, function)
    return [argument.arg for argument in node.args.posonlyargs] if node is not None else []


def _one(argument: ast.arg, kind: Kind, default: ast.expr | None) -> Parameter:
    return Parameter(
        name=argument.arg,
        kind=kind,
        default="" if default is None else ast.unparse(default),
        annotation="" if argument.annotation is None else ast.unparse(argument.annotation),
    )


def _find(tree: ast.AST, names: list[str]) -> ast.AST | None:
    found = None
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Definition | ast.ClassDef):
            if node.name == names[0]:
                found = node if len(names) == 1 else _find(node, names[1:]) or found
        elif isinstance(node, ast.stmt | ast.ExceptHandler):
            found = _find(node, names) or found
    return found
