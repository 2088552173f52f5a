"""Well-known test libraries that tests use without anybody having declared them.

Only names from fixed tables are ever returned: a module's name in somebody's test must not decide
what is downloaded.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from packaging.utils import canonicalize_name

from journeyman.repository.requirements import requirement_name
from journeyman.repository.tree import Tree

# Modules that test files often import without their being declared, and what provides them.
_KNOWN_MODULES = {
    **{
        name: name
        for name in (
            *("hypothesis", "mock", "freezegun", "parameterized", "responses", "simplejson"),
            *("six", "pytz", "faker", "ddt", "numpy", "regex", "jinja2", "syrupy", "trio"),
            *("anyio", "httpx", "requests", "testfixtures", "pretend", "sortedcontainers"),
            *("toml", "tomli", "attrs", "typing_extensions", "dirty_equals", "time_machine"),
            *("requests_mock", "pytest_mock", "pytest_asyncio"),
        )
    },
    "yaml": "PyYAML",
    "attr": "attrs",
    "dateutil": "python-dateutil",
}
_KNOWN_FIXTURES = {
    "mocker": "pytest-mock",
    "benchmark": "pytest-benchmark",
    "freezer": "pytest-freezer",
    "requests_mock": "requests-mock",
    "httpx_mock": "pytest-httpx",
    "snapshot": "syrupy",
    "data_regression": "pytest-regressions",
    "file_regression": "pytest-regressions",
    "time_machine": "time-machine",
}


def undeclared(tree: Tree, test_files: Iterable[str], declared: Iterable[str]) -> tuple[str, ...]:
    """Return libraries and plugins that `test_files` use and `declared` does not name."""
    known = {canonicalize_name(name) for line in declared if (name := requirement_name(line))}
    modules = [module for path in test_files if (module := _parsed(tree, path)) is not None]
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    defined = {n.name for m in modules for n in ast.walk(m) if isinstance(n, functions)}
    needed = {name for module in modules for name in _imported(module) | _fixtures(module, defined)}
    return tuple(sorted(name for name in needed if canonicalize_name(name) not in known))


def _parsed(tree: Tree, path: str) -> ast.Module | None:
    try:
        return ast.parse(tree.read(path))
    except (SyntaxError, ValueError, RecursionError, FileNotFoundError):
        return None


def _imported(module: ast.Module) -> set[str]:
    names: list[str] = []
    for node in module.body:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
    tops = (name.partition(".")[0] for name in names)
    return {_KNOWN_MODULES[top] for top in tops if top in _KNOWN_MODULES}


def _fixtures(module: ast.Module, defined: set[str]) -> set[str]:
    """Return plugins whose fixtures are asked for; those defined in the tests need none."""
    found: set[str] = set()
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not node.name.startswith("test"):
            continue
        asked = {argument.arg for argument in node.args.args} - defined
        found |= {_KNOWN_FIXTURES[name] for name in asked if name in _KNOWN_FIXTURES}
        marks = [ast.dump(mark) for mark in node.decorator_list]
        if isinstance(node, ast.AsyncFunctionDef) and any("asyncio" in mark for mark in marks):
            found.add("pytest-asyncio")
    return found
