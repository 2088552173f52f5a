"""How a JavaScript or TypeScript tree is installed and tested, from its files alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from journeyman.errors import AdoptError
from journeyman.languages.javascript.package import (
    RUNNERS,
    Package,
    node_options,
    other_runners,
    read_package,
    runner_of,
)
from journeyman.repository.detect import Plan
from journeyman.repository.globs import matches
from journeyman.repository.tree import Tree
from journeyman.settings import CodeSettings, Settings

SUFFIXES = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")

_TEST_FOLDERS = {"test", "tests", "__tests__", "spec", "specs", "__mocks__", "__snapshots__"}
_TEST_NAME = re.compile(
    r"(^|[.\-_])(test|tests|spec)\.[cm]?[jt]sx?$|^(test-.*|test)\.[cm]?[jt]sx?$"
)
_NEVER_CODE = {
    *("doc", "docs", "example", "examples", "benchmark", "benchmarks", "bench", "script"),
    *(
        "scripts",
        "tools",
        "tool",
        "ci",
        "dist",
        "build",
        "demo",
        "demos",
        "samples",
        "fuzz",
        "perf",
    ),
    *("node_modules", "coverage", "viz", "website", "site", "playground", "types", "typings"),
    *("fixtures", "__fixtures__", "vendor", "third_party", "e2e", "tasks", "public", "static"),
}
_CONFIG = re.compile(
    r"^(package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-.*\.yaml|\.npmrc|\.yarnrc.*|"
    r".*\.config\.[cm]?[jt]s|\.?babel(rc|\.config).*|\.swcrc|[tj]sconfig.*\.json|\.?jest.*|"
    r"vitest.*|\.mocharc.*|\.env.*|\.nycrc.*|\.c8rc.*|Makefile|journeyman\.toml|deno\.jsonc?)$"
)
_USES_NODE_TEST = re.compile(r"""['"](node:test|test)['"]""")


def detect(tree: Tree, settings: Settings) -> Plan:
    """Return how to install and test `tree`; settings win over what is found.

    Raises:
        AdoptError: There is nothing to test or nothing to break, or no adapter for its runner.
    """
    package = read_package(tree)
    tried = [f"package.json says it is {package.name!r}" if package.raw else "no package.json"]
    runner, script = _runner(tree, package, settings, tried)
    modules = _modules(tree, settings, runner)
    if not modules:
        raise _no_tests(settings, tried)
    tests = tuple(path for path in tree.files() if is_test(path) or path in set(modules))
    code = _code_files(tree, settings, set(tests))
    if not code:
        raise AdoptError(
            f"There are tests, but no source file that may be broken.\n{_listed(tried)}",
            'Say which files are code, in journeyman.toml:\n  [code]\n  include = ["src/**/*.ts"]',
        )
    options, variables = node_options(script)
    if options or variables:
        said = [*options, *(f"{name}={value}" for name, value in variables.items())]
        tried.append(f"taken over from the script {script!r}: {' '.join(said)}")
    return Plan(
        language="javascript",
        runner=runner,
        name=package.name,
        install=tuple(settings.environment.install or ()),
        test_paths=modules if runner == "node" else tuple(settings.tests.paths or ()),
        test_files=tests,
        code_files=code,
        config_files=tuple(path for path in tree.files() if is_config(path)),
        install_files=tuple(
            name for name in ("package.json", "package-lock.json", ".npmrc") if tree.exists(name)
        ),
        arguments=tuple(settings.tests.arguments),
        options=tuple(options),
        variables=variables,
        left_out=tuple(path for path in tree.files() if matches(path, settings.tests.exclude)),
        tried=tuple(tried),
    )


def is_test(path: str) -> bool:
    """Whether `path` is a test's, or lies among tests."""
    parts = path.split("/")
    if "node_modules" in parts:
        return False
    return bool(_TEST_FOLDERS & set(parts[:-1])) or is_module(path) or path.endswith(".snap")


def is_module(path: str) -> bool:
    """Whether `path` is named like a test file that a runner finds by itself."""
    parts = path.split("/")
    inside = path.endswith(SUFFIXES) and "__tests__" in parts
    return "node_modules" not in parts and (inside or bool(_TEST_NAME.search(parts[-1])))


def is_code(path: str) -> bool:
    """Whether `path` is source code that may be broken."""
    pure = PurePosixPath(path)
    return (
        path.endswith(SUFFIXES)
        and not path.endswith((".d.ts", ".d.mts", ".d.cts", ".min.js"))
        and not is_test(path)
        and not is_config(path)
        and not _NEVER_CODE & {part.lower() for part in pure.parts[:-1]}
        and not any(part.startswith(".") for part in pure.parts)
    )


def is_config(path: str) -> bool:
    """Whether `path` decides what is installed or what a runner does."""
    return bool(_CONFIG.match(path.rpartition("/")[2]))


def _runner(tree: Tree, package: Package, settings: Settings, tried: list[str]) -> tuple[str, str]:
    """Return the runner and the script that starts it."""
    runner, script = runner_of(package)
    wanted = settings.tests.runner
    if wanted is not None:
        if wanted not in RUNNERS:
            raise AdoptError(
                f"tests.runner is {wanted!r}; for JavaScript there are {', '.join(RUNNERS)}.",
                "Correct tests.runner in journeyman.toml.",
            )
        return wanted, script if wanted == runner else ""
    if runner:
        tried.append(f"its tests are run by {runner}" + (f" ({script})" if script else ""))
        return runner, script
    if any(_USES_NODE_TEST.search(tree.read(path)) for path in _named(tree)):
        tried.append("its test files use node:test")
        return "node", ""
    others = other_runners(package)
    said = f" Its scripts start {', '.join(others)}." if others else ""
    raise AdoptError(
        f"No test runner was found that there is an adapter for ({', '.join(RUNNERS)}).{said}\n"
        f"{_listed(tried)}",
        'Name one in journeyman.toml, if it can run these tests:\n  [tests]\n  runner = "node"',
    )


def _named(tree: Tree) -> list[str]:
    return [path for path in tree.files() if path.endswith(SUFFIXES) and is_test(path)]


def _modules(tree: Tree, settings: Settings, runner: str) -> tuple[str, ...]:
    """Return the test files; of files that only lie among tests, those that use node:test."""
    found = [path for path in tree.files() if path.endswith(SUFFIXES) and is_test(path)]
    if settings.tests.paths is not None:
        wanted = tuple(path.rstrip("/") for path in settings.tests.paths)
        found = [
            path
            for path in tree.files()
            if path in wanted or (path in found and _below(path, wanted))
        ]
    if runner == "node":
        found = [path for path in found if _USES_NODE_TEST.search(tree.read(path))]
    elif settings.tests.paths is None:
        found = [path for path in found if is_module(path)] or found
    return tuple(path for path in found if not matches(path, settings.tests.exclude))


def _below(path: str, starts: Iterable[str]) -> bool:
    return any(path.startswith(f"{start}/") for start in starts)


def _code_files(tree: Tree, settings: Settings, tests: set[str]) -> tuple[str, ...]:
    by_hand = settings.code.include != CodeSettings().include
    return tuple(
        path
        for path in tree.files()
        if path.endswith(SUFFIXES)
        and path not in tests
        and (matches(path, settings.code.include) if by_hand else is_code(path))
        and not matches(path, settings.code.exclude)
    )


def _no_tests(settings: Settings, tried: list[str]) -> AdoptError:
    where = ", ".join(settings.tests.paths or ["the repository"])
    return AdoptError(
        f"No tests were found in {where}.\n{_listed(tried)}",
        'Say where they are, in journeyman.toml:\n  [tests]\n  paths = ["test"]',
    )


def _listed(tried: list[str]) -> str:
    return "What was tried:\n" + "\n".join(f"  - {line}" for line in tried)
