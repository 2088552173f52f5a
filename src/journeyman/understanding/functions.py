"""The functions of a Python file: where each begins and ends, and its text.

A *function* here is the unit that bugs are planted in, attempts are clustered by and splits keep
together. So a function defined inside another one belongs to the outer one (it cannot be called or
broken without it), and methods go by ``Class.method``.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterable, Iterator

from journeyman.records import Record
from journeyman.syntax import parse


class Function(Record):
    """One outermost function or method; lines from 1, both included, decorators too."""

    path: str
    qualname: str
    first: int
    last: int
    text: str

    @property
    def key(self) -> str:
        """Name it across files, as `Task.cluster` does: ``path::qualname``."""
        return f"{self.path}::{self.qualname}"


def functions(path: str, text: str) -> list[Function]:
    """Return the functions of the file `path` with content `text`, in order of appearance.

    A name defined more than once (property and setter, overloads, branches of an ``if``) gives one
    `Function` for each definition. A file that does not parse has none.
    """
    try:
        tree = parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # all of them for bad input
        return []
    lines = list(io.StringIO(text, newline=""))  # splits where the parser does, not at form feeds
    found: list[Function] = []
    for qualname, node in _outermost(tree, ""):
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        last = node.end_lineno or node.lineno
        body = "".join(lines[first - 1 : last])
        found.append(Function(path=path, qualname=qualname, first=first, last=last, text=body))
    return found


def texts_by_key(found: Iterable[Function]) -> dict[str, str]:
    """Return key to text; definitions that share a key are joined in order."""
    texts: dict[str, str] = {}
    for function in found:
        texts[function.key] = texts.get(function.key, "") + function.text
    return texts


def _outermost(
    tree: ast.AST, prefix: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield the functions under `tree` in source order, without entering them."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _outermost(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from _outermost(node, prefix)
