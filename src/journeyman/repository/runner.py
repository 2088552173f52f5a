"""What the repository tells pytest: its configuration, wherever that lies, and what we keep of it.

Options that only report, measure, stop early or spread the work are dropped, because they change
nothing about what a test says and get in the way of measuring it. Doctests are dropped too: they
live inside the code that gets broken, so they cannot be restored before grading.
"""

from __future__ import annotations

import configparser
import re
import shlex
import tomllib
from typing import Any

from journeyman.records import Record
from journeyman.repository.tree import Tree

DEFAULT_PATTERNS = ("test_*.py", "*_test.py")

# Dropped options; True where a value follows (after a space or "=").
_DROPPED: dict[str, bool] = {
    **dict.fromkeys(
        (
            *("-v", "-vv", "-vvv", "-q", "-qq", "-l", "-x", "-s", "-f", "--verbose", "--quiet"),
            *("--showlocals", "--exitfirst", "--ff", "--failed-first", "--lf", "--last-failed"),
            *("--nf", "--new-first", "--sw", "--stepwise", "--pdb", "--cache-clear", "--no-cov"),
            *("--doctest-modules", "--doctest-continue-on-failure", "--cov-append"),
            *("--cov-branch", "--no-cov-on-fail", "--cov-reset", "--self-contained-html"),
            *("--mypy", "--flake8", "--pylint", "--pycodestyle", "--pydocstyle", "--ruff"),
            *("--ruff-format", "--black", "--isort", "--pep8", "--disable-pytest-warnings"),
            *("--disable-warnings", "--no-summary", "--no-header", "--looponfail"),
        ),
        False,
    ),
    **dict.fromkeys(
        (
            *("-n", "--numprocesses", "--dist", "--tx", "--maxprocesses", "--max-worker-restart"),
            *("--cov", "--cov-report", "--cov-config", "--cov-fail-under", "--cov-context"),
            *("--durations", "--durations-min", "--color", "--tb", "--maxfail", "--junitxml"),
            *("--junit-xml", "--junit-prefix", "--html", "--report-log", "-r", "--verbosity"),
            *("--doctest-glob", "--show-capture", "--code-highlight", "--lfnf"),
        ),
        True,
    ),
}

# What an option needs installed.
_PLUGINS = {
    "--cov": "pytest-cov",
    "--no-cov": "pytest-cov",
    "-n": "pytest-xdist",
    "--numprocesses": "pytest-xdist",
    "--dist": "pytest-xdist",
    "--timeout": "pytest-timeout",
    "--benchmark": "pytest-benchmark",
    "--asyncio-mode": "pytest-asyncio",
    "--randomly": "pytest-randomly",
    "--random-order": "pytest-random-order",
    "--mock": "pytest-mock",
    "--html": "pytest-html",
    "--snapshot": "syrupy",
    "--hypothesis": "hypothesis",
    "--socket": "pytest-socket",
    "--disable-socket": "pytest-socket",
    "--allow-hosts": "pytest-socket",
    "--reruns": "pytest-rerunfailures",
    "--mpl": "pytest-mpl",
}
_INI_PLUGINS = {
    "asyncio_mode": "pytest-asyncio",
    "asyncio_default_fixture_loop_scope": "pytest-asyncio",
    "timeout": "pytest-timeout",
    "env": "pytest-env",
    "DJANGO_SETTINGS_MODULE": "pytest-django",
}


class PytestConfig(Record):
    """The configuration in force; `file` is empty where there is none.

    `plugins` are requirements that the options need; `dropped` the options not passed on.
    """

    file: str = ""
    test_paths: tuple[str, ...] = ()
    patterns: tuple[str, ...] = DEFAULT_PATTERNS
    python_path: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()


def pytest_config(tree: Tree) -> PytestConfig:
    """Return pytest's configuration in `tree`, found in the order in which pytest looks.

    Files that do not parse count as absent: pytest itself will complain about them.
    """
    for file, options in _candidates(tree):
        if options is not None:
            return _read(file, options)
    return PytestConfig()


def keep_options(options: list[str]) -> tuple[list[str], list[str]]:
    """Split pytest options into those that change what tests say, and those dropped."""
    kept: list[str] = []
    dropped: list[str] = []
    pending = list(options)
    while pending:
        option = pending.pop(0)
        name = option.partition("=")[0]
        short = name[:2] if re.fullmatch(r"-[nr]\S+", name) else name
        if short not in _DROPPED:
            kept.append(option)
            continue
        dropped.append(option)
        follows = _DROPPED[short] and option == short and pending
        if follows and not pending[0].startswith("-"):
            dropped.append(pending.pop(0))
    return kept, dropped


def _candidates(tree: Tree) -> list[tuple[str, dict[str, Any] | None]]:
    project = read_toml(tree, "pyproject.toml").get("tool", {}).get("pytest", {})
    native = {key: value for key, value in project.items() if key != "ini_options"}
    return [
        ("pytest.toml", read_toml(tree, "pytest.toml").get("pytest")),
        (".pytest.toml", read_toml(tree, ".pytest.toml").get("pytest")),
        ("pytest.ini", read_ini(tree, "pytest.ini").get("pytest", _empty_if(tree, "pytest.ini"))),
        (".pytest.ini", read_ini(tree, ".pytest.ini").get("pytest")),
        ("pyproject.toml", native or project.get("ini_options")),
        ("tox.ini", read_ini(tree, "tox.ini").get("pytest")),
        ("setup.cfg", read_ini(tree, "setup.cfg").get("tool:pytest")),
    ]


def _empty_if(tree: Tree, path: str) -> dict[str, str] | None:
    """A `pytest.ini` counts even when it has no section."""
    return {} if tree.exists(path) else None


def _read(file: str, options: dict[str, Any]) -> PytestConfig:
    added = _words(options.get("addopts"))
    kept, dropped = keep_options(added)
    required = [re.sub(r"\s+", "", plugin) for plugin in _words(options.get("required_plugins"))]
    needed = [
        plugin
        for option in added
        for prefix, plugin in _PLUGINS.items()
        if option == prefix
        or option.startswith((f"{prefix}=", f"{prefix}-"))
        or (prefix == "-n" and re.fullmatch(r"-n(\d+|auto|logical)", option))
    ]
    needed += [plugin for key, plugin in _INI_PLUGINS.items() if key in options]
    return PytestConfig(
        file=file,
        test_paths=tuple(_words(options.get("testpaths"))),
        patterns=tuple(_words(options.get("python_files"))) or DEFAULT_PATTERNS,
        python_path=tuple(_words(options.get("pythonpath"))),
        arguments=tuple(kept),
        dropped=tuple(dropped),
        plugins=tuple(dict.fromkeys([*required, *needed])),
    )


def _words(value: Any) -> list[str]:
    if isinstance(value, str):
        try:
            return shlex.split(value, comments=True)
        except ValueError:
            return value.split()
    return [str(item) for item in value] if isinstance(value, list) else []


def read_toml(tree: Tree, path: str) -> dict[str, Any]:
    """Return the TOML file at `path`; empty where it is absent or malformed."""
    try:
        return tomllib.loads(tree.read(path))
    except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def read_ini(tree: Tree, path: str) -> dict[str, dict[str, str]]:
    """Return the sections of the INI file at `path`; empty where it is absent or malformed."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(tree.read(path))
    except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError, configparser.Error):
        return {}
    return {section: dict(parser[section]) for section in parser.sections()}
