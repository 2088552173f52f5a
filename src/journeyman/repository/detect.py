"""How a tree is installed and tested, worked out from its files alone; nothing of it is run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Literal

from journeyman.errors import AdoptError
from journeyman.records import Record
from journeyman.repository.exclusions import exclusions
from journeyman.repository.globs import matches
from journeyman.repository.requirements import Requirements, find_requirements
from journeyman.repository.runner import PytestConfig, pytest_config
from journeyman.repository.tree import Tree
from journeyman.repository.undeclared import undeclared
from journeyman.settings import Settings

MAX_TEST_PATHS = 4
"""More directories with tests than this are named by the top directories they lie in."""

_TEST_DIRECTORIES = {"test", "tests"}
_NEVER_CODE = {
    *("doc", "docs", "example", "examples", "benchmark", "benchmarks", "bench", "script"),
    *("scripts", "tools", "tool", "ci", "build", "dist", "demo", "demos", "samples", "tutorial"),
    *("tutorials", "recipes", "fuzz", "perf", "profiling", "node_modules", "venv", "env"),
}
_NEVER_MODULES = {
    *("setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py", "toxfile.py"),
    *("dodo.py", "versioneer.py", "ez_setup.py", "distribute_setup.py", "pavement.py"),
}
_TEST_CONTENT = re.compile(r"^\s*(async )?def test|^class \w+\(.*TestCase\b", re.MULTILINE)


class Plan(Record):
    """How to install and test one tree, and which of its files are what.

    `install` are requirements, ``.`` standing for the repository itself (editable, with `extras`).
    `essential` is the part of it that is tried alone when all of it cannot be had.
    `arguments` go to pytest as they are, in front of `test_paths`; they replace the repository's
    own `addopts`. `test_files` are test modules and whatever lies among them; `code_files` may be
    broken, `left_alone` are others, each with the reason why not; `config_files` decide what pytest
    does. `tried` explains, a line for each decision.
    """

    language: str = "python"
    runner: str = "pytest"
    layout: Literal["src", "flat"] = "flat"
    name: str = ""
    python: str = ""
    install: tuple[str, ...] = ()
    essential: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    test_paths: tuple[str, ...]
    test_files: tuple[str, ...]
    code_files: tuple[str, ...]
    config_files: tuple[str, ...] = ()
    install_files: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    plugins: bool = True
    python_path: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    """Options of the interpreter, for languages whose runner has one of its own."""
    variables: dict[str, str] = {}
    """Environment variables of a test run."""
    left_out: tuple[str, ...] = ()
    """Test files that are not run."""
    tried: tuple[str, ...] = ()
    left_alone: tuple[tuple[str, str], ...] = ()


def detect(tree: Tree, settings: Settings) -> Plan:
    """Return how to install and test `tree`; settings win over what is found.

    Raises `AdoptError` where there is nothing to test or nothing to break, with what was tried
    and what to write into `journeyman.toml`.
    """
    config = pytest_config(tree)
    needs = find_requirements(tree, settings.environment.extras, settings.environment.groups)
    tried = list(needs.tried)
    tried.append(f"pytest is configured in {config.file}" if config.file else "no pytest settings")
    patterns, override = _patterns(tree, config, tried)
    modules, left_out = _test_modules(tree, settings, patterns)
    paths = _test_paths(tree, settings, config, modules, tried)
    chosen = tuple(path for path in modules if any(_below(path, start) for start in paths))
    if not chosen:
        raise _no_tests(tree, paths, patterns, tried)
    tests = _test_files(tree, (*modules, *left_out))
    layout: Literal["src", "flat"] = _layout(tree)
    code, left_alone = _code_files(tree, settings, set(tests), layout)
    tried += [f"{path} is not broken: {reason}" for path, reason in left_alone]
    if not code:
        raise _no_code(tree, settings, tried)
    install, essential = _install(tree, settings, config, needs, chosen, tried)
    return Plan(
        layout=layout,
        name=needs.name,
        python=settings.environment.python or needs.python,
        install=install,
        essential=essential,
        extras=needs.extras,
        groups=needs.groups,
        test_paths=paths,
        test_files=tests,
        code_files=code,
        left_alone=left_alone,
        config_files=_config_files(tree, config),
        install_files=needs.files,
        arguments=_arguments(settings, config, [*override, *_ignored(left_out)], tried),
        plugins=settings.tests.plugins,
        python_path=_python_path(settings, needs, layout),
        tried=tuple(tried),
    )


def _patterns(
    tree: Tree, config: PytestConfig, tried: list[str]
) -> tuple[tuple[str, ...], list[str]]:
    """Return the names of test files, and an option for pytest where they are unusual."""
    found = [path for path in tree.python_files() if _named_test(path, config.patterns)]
    if found:
        return config.patterns, []
    tried.append(f"no file is named like {' or '.join(config.patterns)}")
    odd = {
        PurePosixPath(path).name
        for path in tree.python_files()
        if (_in_test_directory(path) or PurePosixPath(path).name in ("test.py", "tests.py"))
        and PurePosixPath(path).name not in ("__init__.py", "conftest.py")
        and _TEST_CONTENT.search(tree.read(path))
    }
    if not odd:
        return config.patterns, []
    patterns = tuple(sorted(odd))
    tried.append(f"files with tests in them have other names: {', '.join(patterns[:5])}")
    return patterns, ["-o", f"python_files={' '.join(patterns)}"]


def _test_modules(
    tree: Tree, settings: Settings, patterns: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the test modules to run, and those left out on request."""
    found = [path for path in tree.python_files() if _named_test(path, patterns)]
    out = tuple(path for path in found if matches(path, settings.tests.exclude))
    return tuple(path for path in found if path not in out), out


def _ignored(left_out: tuple[str, ...]) -> list[str]:
    """Return the options that keep pytest from collecting these files."""
    return [f"--ignore={path}" for path in left_out]


def _named_test(path: str, patterns: tuple[str, ...]) -> bool:
    candidates = [path if "/" in pattern else path.rpartition("/")[2] for pattern in patterns]
    return any(matches(name, [p]) for name, p in zip(candidates, patterns, strict=True))


def _test_paths(
    tree: Tree,
    settings: Settings,
    config: PytestConfig,
    modules: tuple[str, ...],
    tried: list[str],
) -> tuple[str, ...]:
    if settings.tests.paths is not None:
        for path in settings.tests.paths:
            if not tree.exists(path):
                raise AdoptError(
                    f"tests.paths names {path}, which the repository does not have.",
                    "Correct tests.paths in journeyman.toml.",
                )
        return tuple(path.rstrip("/") for path in settings.tests.paths)
    stated = [path for glob in config.test_paths for path in _existing(tree, glob)]
    holding = [path for path in stated if any(_below(module, path) for module in modules)]
    if holding:
        tried.append(f"test paths from {config.file}: {', '.join(holding)}")
        return tuple(dict.fromkeys(holding))
    if config.test_paths:
        tried.append(f"{config.file} names test paths without tests: {' '.join(config.test_paths)}")
    proper = [path for path in modules if path.split("/")[0] not in _NEVER_CODE] or modules
    found = _outermost(_test_home(path) for path in proper)
    if len(found) > MAX_TEST_PATHS:
        found = _outermost(path.partition("/")[0] for path in found)
    tried.append(f"test files lie in: {', '.join(found) or 'nowhere'}")
    return found


def _test_home(path: str) -> str:
    """Return the outermost test directory around `path`, or `path` itself where there is none."""
    parts = path.split("/")
    for depth, part in enumerate(parts[:-1]):
        if part in _TEST_DIRECTORIES:
            return "/".join(parts[: depth + 1])
    return path


def _outermost(paths: Iterable[str]) -> tuple[str, ...]:
    every = sorted(set(paths))
    return tuple(p for p in every if not any(_below(p, other) for other in every if other != p))


def _existing(tree: Tree, glob: str) -> list[str]:
    glob = glob.removeprefix("./").rstrip("/") or "."
    if tree.exists(glob):
        return [glob]
    folders = {str(parent) for path in tree.files() for parent in PurePosixPath(path).parents}
    return sorted(folder for folder in folders if matches(folder, [glob]))


def _test_files(tree: Tree, modules: tuple[str, ...]) -> tuple[str, ...]:
    """Return everything that graders restore: test modules, their directories, conftest files."""
    tests = set(modules)
    for path in tree.files():
        if path.rpartition("/")[2] == "conftest.py" or _in_test_directory(path):
            tests.add(path)
    return tuple(sorted(tests))


def _in_test_directory(path: str) -> bool:
    return any(part in _TEST_DIRECTORIES for part in path.split("/")[:-1])


def _layout(tree: Tree) -> Literal["src", "flat"]:
    inside = any(p.startswith("src/") and p.endswith(".py") for p in tree.python_files())
    return "src" if inside and not tree.exists("src/__init__.py") else "flat"


def _code_files(
    tree: Tree, settings: Settings, tests: set[str], layout: str
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the files that may be broken, and those left alone with the reason for each."""
    chosen_by_hand = settings.code.include != type(settings.code)().include
    found = tuple(
        path
        for path in tree.python_files()
        if path not in tests
        and matches(path, settings.code.include)
        and not matches(path, settings.code.exclude)
        and (chosen_by_hand or _importable(tree, path, layout))
    )
    left_alone = () if chosen_by_hand else exclusions(found, tree.read)
    without = {path for path, _ in left_alone}
    return tuple(path for path in found if path not in without), left_alone


def _importable(tree: Tree, path: str, layout: str) -> bool:
    parts = path.split("/")
    if layout == "src":
        return parts[0] == "src"
    if len(parts) == 1:
        return path not in _NEVER_MODULES
    if parts[0] in _NEVER_CODE or parts[0].startswith("."):
        return False
    # A folder without __init__.py is code when nothing in the root says that packages have one.
    return tree.exists(f"{parts[0]}/__init__.py") or parts[0].isidentifier()


def _install(
    tree: Tree,
    settings: Settings,
    config: PytestConfig,
    needs: Requirements,
    modules: tuple[str, ...],
    tried: list[str],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if settings.environment.install is not None:
        tried.append("what to install comes from journeyman.toml")
        return tuple(settings.environment.install), ()
    found = [*(["."] if needs.package else []), *needs.requirements, *config.plugins]
    own = [needs.name, *{path.partition("/")[0] for path in tree.python_files()}]
    conftests = [path for path in tree.python_files() if path.endswith("conftest.py")]
    guessed = undeclared(tree, [*modules, *conftests], [*found, *own])
    if guessed:
        tried.append(f"used by the tests but not declared: {', '.join(guessed)}")
    essential = [*(["."] if needs.package else []), *config.plugins, *guessed]
    return tuple(dict.fromkeys([*found, *guessed])), tuple(dict.fromkeys(essential))


def _arguments(
    settings: Settings, config: PytestConfig, override: list[str], tried: list[str]
) -> tuple[str, ...]:
    if config.dropped:
        tried.append(f"options of pytest not passed on: {' '.join(config.dropped)}")
    return ("-o", "addopts=", *config.arguments, *override, *settings.tests.arguments)


def _python_path(settings: Settings, needs: Requirements, layout: str) -> tuple[str, ...]:
    if settings.tests.python_path is not None:
        return tuple(settings.tests.python_path)
    existing = "/" in (settings.environment.python or "")
    if needs.package and not existing:
        return ()
    return ("src",) if layout == "src" else (".",)


def _config_files(tree: Tree, config: PytestConfig) -> tuple[str, ...]:
    names = ["pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"]
    return tuple(
        name for name in dict.fromkeys([config.file, *names]) if name and tree.exists(name)
    )


def _below(path: str, start: str) -> bool:
    return start == "." or path == start or path.startswith(f"{start}/")


def _no_tests(
    tree: Tree, paths: tuple[str, ...], patterns: tuple[str, ...], tried: list[str]
) -> AdoptError:
    known = "Python, JavaScript, TypeScript, Rust"
    language = (
        "" if tree.python_files() else f" No language that is known ({known}) has tests in it."
    )
    listed = "\n".join(f"  - {line}" for line in tried)
    return AdoptError(
        f"No tests were found in {', '.join(paths) or 'the repository'}.{language}\n"
        f"What was tried:\n{listed}",
        "Say where they are, in journeyman.toml:\n"
        '  [tests]\n  paths = ["tests"]\n'
        f"Test files are those named {' or '.join(patterns)}; other names:\n"
        '  arguments = ["-o", "python_files=check_*.py"]',
    )


def _no_code(tree: Tree, settings: Settings, tried: list[str]) -> AdoptError:
    listed = "\n".join(f"  - {line}" for line in tried)
    return AdoptError(
        f"There are tests, but no Python file of the repository may be broken.\n"
        f"What was tried:\n{listed}\n  - code.include = {settings.code.include}",
        'Say which files are code, in journeyman.toml:\n  [code]\n  include = ["package/**/*.py"]',
    )
