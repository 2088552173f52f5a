"""Which functions and files belong together: one calls the other, or they are changed together.

Calls are found statically, from imports and names. What is changed together is counted in the
history: files that one commit touches, where that happened often enough (association rules with
support and confidence: Zimmermann and others, "Mining version histories to guide software
changes", ICSE 2004). Nothing is executed.
"""

from __future__ import annotations

import ast
import itertools
import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal

from journeyman.records import Record
from journeyman.repository.git import Commit

MOST_FILES = 20
"""Commits that touch more files than this say nothing about which belong together."""

SUPPORT = 3
"""Commits that have to touch both files, at least."""


class Coupled(Record):
    """Two places that belong together; an empty function stands for all of its file.

    A `function` calls an `other_function`; each may be a class, which stands for its methods (it
    inherits from the other). Or the two files are changed together. `weight` is the number of uses
    in the text, or of commits.
    """

    path: str
    function: str = ""
    other_path: str
    other_function: str = ""
    weight: float
    why: Literal["calls", "changed together"]


def calls(texts: Mapping[str, str]) -> list[Coupled]:
    """Return which functions use which functions and classes of other files in `texts`.

    Keys are paths of Python files. Files that do not parse, and names that cannot be followed
    through imports (attributes of objects, stars), are left out.
    """
    modules = {path: tree for path, text in texts.items() if (tree := _parsed(text)) is not None}
    finder = _Finder(modules)
    found: Counter[tuple[str, str, str, str]] = Counter()
    for path, tree in modules.items():
        for function, node in _pieces(tree, ""):
            for target, name in finder.used(path, node):
                if target != path:
                    found[path, function, target, name] += 1
    return [
        Coupled(
            path=path,
            function=function,
            other_path=target,
            other_function=name,
            weight=count,
            why="calls",
        )
        for (path, function, target, name), count in sorted(found.items())
    ]


def changed_together(
    commits: Iterable[Commit], paths: Collection[str], support: int = SUPPORT
) -> list[Coupled]:
    """Return the pairs of `paths` that at least `support` commits changed together.

    Renames are not followed: a file counts under the name it has in `paths`.
    """
    found: Counter[tuple[str, str]] = Counter()
    for commit in commits:
        touched = sorted({change.path for change in commit.changes} & set(paths))
        if len(commit.changes) <= MOST_FILES:
            found.update(itertools.combinations(touched, 2))
    return [
        Coupled(path=one, other_path=other, weight=count, why="changed together")
        for (one, other), count in sorted(found.items())
        if count >= support
    ]


class _Finder:
    """Follows names through imports to the file and the function or class that they mean."""

    def __init__(self, modules: Mapping[str, ast.Module]) -> None:
        self.modules = modules
        self.by_name = dict(_module_names(modules))
        self.defined = {path: {name for name, _ in _definitions(modules[path])} for path in modules}
        self.imported = {path: dict(self._imports(path)) for path in modules}

    def used(self, path: str, node: ast.AST) -> Iterator[tuple[str, str]]:
        """Yield file and name of each function or class that `node`, a piece of `path`, uses."""
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
                found = self.followed(path, each.id)
            elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
                target, name = self.imported[path].get(each.value.id, ("", ""))
                found = self.followed(target, each.attr) if target and not name else None
            else:
                found = None
            if found is not None:
                yield found

    def followed(self, path: str, name: str, depth: int = 5) -> tuple[str, str] | None:
        """Return where `name`, as `path` knows it, is defined."""
        if name in self.defined.get(path, ()):
            return path, name
        target, original = self.imported.get(path, {}).get(name, ("", ""))
        return self.followed(target, original, depth - 1) if original and depth else None

    def _imports(self, path: str) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yield each imported name with the file and the name in it (empty for the file itself)."""
        for node in ast.walk(self.modules[path]):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    target = self.by_name.get(alias.name)
                    if target and (alias.asname or "." not in alias.name):
                        yield alias.asname or alias.name, (target, "")
            elif isinstance(node, ast.ImportFrom):
                origin = _absolute(path, node)
                for alias in node.names:
                    known = alias.asname or alias.name
                    if submodule := self.by_name.get(f"{origin}.{alias.name}".strip(".")):
                        yield known, (submodule, "")
                    elif module := self.by_name.get(origin):
                        yield known, (module, alias.name)


def _module_names(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each dotted name a file may be imported by, the full one last: it wins."""
    for path in sorted(paths, key=lambda path: (-path.count("/"), path)):
        parts = _parts(path)
        for start in range(len(parts) - 1, -1, -1):
            yield ".".join(parts[start:]), path


def _parts(path: str) -> list[str]:
    parts = path.removesuffix(".py").split("/")
    return parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts


def _absolute(path: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = path.split("/")[: -node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node


def _pieces(tree: ast.AST, owner: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield (function, its node), and (class or "", node) for what lies outside of functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{owner}.{node.name}".strip("."), node
        elif isinstance(node, ast.ClassDef):
            name = f"{owner}.{node.name}".strip(".")
            yield from ((name, base) for base in (*node.bases, *node.decorator_list))
            yield from _pieces(ast.Module(node.body, []), name)
        elif hasattr(node, "body") or isinstance(node, ast.ExceptHandler | ast.match_case):
            yield from _pieces(node, owner)
        elif isinstance(node, ast.stmt):
            yield owner, node


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
