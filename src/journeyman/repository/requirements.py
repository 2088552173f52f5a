"""What has to be installed for the tests: the package, its test extras and groups, and the rest.

Sources are asked in order of how much they are meant for this: extras and dependency groups named
after tests, then those named after development, then requirement files, then tox.
"""

from __future__ import annotations

import re
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from journeyman.records import Record
from journeyman.repository.runner import read_ini, read_toml
from journeyman.repository.tree import Tree

TEST_NAMES = ("test", "tests", "testing", "unittest", "unit", "pytest", "check")
DEVELOPMENT_NAMES = ("dev", "develop", "development", "devel")

# Tools of development that no test needs; left out where a list was only guessed to be for tests.
_TOOLS = {
    *("tox", "nox", "pre-commit", "mypy", "ruff", "black", "isort", "flake8", "pylint", "sphinx"),
    *(
        "furo",
        "sphinx-rtd-theme",
        "build",
        "twine",
        "wheel",
        "bump2version",
        "bumpversion",
        "hatch",
    ),
    *("pyright", "basedpyright", "ty", "pip-tools", "mkdocs", "mkdocs-material", "ipython"),
    *("check-manifest", "pycodestyle", "pydocstyle", "codespell", "zest-releaser", "invoke"),
    *(
        "poetry",
        "pdm",
        "uv",
        "flit",
        "tox-uv",
        "tox-gh-actions",
        "autopep8",
        "bandit",
        "docformatter",
    ),
    *("pytest-travis-fold", "pytest-github-actions-annotate-failures", "pytest-azurepipelines"),
    *("ipdb", "pip", "sphinx-autobuild", "towncrier", "codecov", "coveralls", "setuptools-scm"),
}


class Requirements(Record):
    """What to install, besides pytest itself; `tried` says where each part came from.

    `package` tells whether the repository itself can be installed, `files` are the files that
    decided, `python` is the version of Python asked for (``>=3.10``).
    """

    package: bool
    name: str = ""
    python: str = ""
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()


def find_requirements(
    tree: Tree, extras: list[str] | None = None, groups: list[str] | None = None
) -> Requirements:
    """Return what the repository says its tests need; `extras` and `groups` override a guess."""
    data = read_toml(tree, "pyproject.toml")
    setup = read_ini(tree, "setup.cfg")
    tried: list[str] = []
    package, files = _package(tree, data, setup, tried)
    offered = {canonicalize_name(extra): extra for extra in _extras(data, setup)}
    tables = _groups(data)
    chosen = _chosen(list(offered.values()), extras, "extra", tried) if package else []
    picked = _chosen(list(tables), groups, "dependency group", tried)
    found = [line for group in picked for line in _expand(tables, group)]
    if extras is None:
        chosen, unfolded = _unfold(data, chosen)
        found += unfolded
    if not chosen and not found:
        lines, used = _from_files(tree, package, tried)
        found += lines
        files += used
        if not lines:
            found += _from_tox(tree, tried)
    python = _python(data, setup)
    return Requirements(
        package=package,
        name=_name(data, setup),
        python=python,
        extras=tuple(chosen),
        groups=tuple(picked),
        requirements=_without_tools(found, tried),
        files=tuple(files),
        tried=tuple(tried),
    )


def _package(
    tree: Tree, data: dict[str, Any], setup: dict[str, dict[str, str]], tried: list[str]
) -> tuple[bool, list[str]]:
    present = [n for n in ("pyproject.toml", "setup.py", "setup.cfg") if tree.exists(n)]
    if "project" in data or "poetry" in data.get("tool", {}) or "build-system" in data:
        tried.append("pyproject.toml: a package, installed as editable")
    elif "setup.py" in present or "metadata" in setup:
        tried.append(f"{'setup.py' if 'setup.py' in present else 'setup.cfg'}: a package")
    else:
        tried.append("no package: neither pyproject.toml with [project], nor setup.py or setup.cfg")
        return False, present
    return True, present


def _extras(data: dict[str, Any], setup: dict[str, dict[str, str]]) -> list[str]:
    poetry = data.get("tool", {}).get("poetry", {}).get("extras", {})
    declared = data.get("project", {}).get("optional-dependencies", {})
    return [*declared, *poetry, *setup.get("options.extras_require", {})]


def _groups(data: dict[str, Any]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = dict(data.get("dependency-groups", {}))
    tool = data.get("tool", {})
    pdm = tool.get("pdm", {}).get("dev-dependencies", {})
    groups.update({name: list(lines) for name, lines in pdm.items() if name not in groups})
    if "dev-dependencies" in tool.get("uv", {}):
        groups.setdefault("dev", list(tool["uv"]["dev-dependencies"]))
    poetry = tool.get("poetry", {})
    tables = {name: t.get("dependencies", {}) for name, t in poetry.get("group", {}).items()}
    if "dev-dependencies" in poetry:
        tables.setdefault("dev", poetry["dev-dependencies"])
    for name, table in tables.items():
        groups.setdefault(name, [_poetry(key, value) for key, value in table.items()])
    return groups


def _poetry(name: str, value: Any) -> str:
    """Translate one of poetry's requirements; upper bounds are left to the resolver."""
    version = value.get("version", "*") if isinstance(value, dict) else value
    if not isinstance(version, str) or version == "*":
        return name
    bare = re.fullmatch(r"[\^~]?\s*([0-9][^\s,|*]*)", version)
    return (
        f"{name}>={bare.group(1)}" if bare else f"{name}{version}" if version[0] in "<>=!" else name
    )


def _expand(
    tables: dict[str, list[Any]], group: str, seen: frozenset[str] = frozenset()
) -> list[str]:
    """Return the requirements of a dependency group with the groups it includes (PEP 735)."""
    if group in seen:
        return []
    by_name = {canonicalize_name(name): lines for name, lines in tables.items()}
    found: list[str] = []
    for line in by_name.get(canonicalize_name(group), []):
        if isinstance(line, dict):
            found += _expand(tables, str(line.get("include-group", "")), seen | {group})
        else:
            found.append(str(line))
    return found


def _chosen(offered: list[str], wanted: list[str] | None, what: str, tried: list[str]) -> list[str]:
    if wanted is not None:
        tried.append(f"{what}s from journeyman.toml: {', '.join(wanted) or 'none'}")
        return wanted
    for names in (TEST_NAMES, DEVELOPMENT_NAMES):
        if chosen := [name for name in offered if name.lower() in names]:
            tried.append(f"{what}: {', '.join(chosen)}")
            return chosen
    tried.append(f"no {what} named after tests (there are: {', '.join(offered) or 'none'})")
    return []


def _from_files(tree: Tree, package: bool, tried: list[str]) -> tuple[list[str], list[str]]:
    candidates = [path for path in tree.files() if path.endswith((".txt", ".in"))]
    ordered: list[str] = []
    for names in (TEST_NAMES, DEVELOPMENT_NAMES):
        words = "|".join(names)
        pattern = re.compile(
            rf"(requirements?[-_./]({words})|({words})[-_./]requirements?)([-_.]\w+)?\.(txt|in)"
        )
        ordered += [path for path in candidates if pattern.fullmatch(path)][:1]
        if ordered:
            break
    if not package:
        ordered += [path for path in ("requirements.txt", "requirements.in") if path in candidates]
    if not ordered:
        tried.append("no requirement file named after tests")
    for path in ordered:
        tried.append(f"requirement file {path}")
    return [line for path in ordered for line in _lines(tree, path)], ordered


def _lines(tree: Tree, path: str, depth: int = 0) -> list[str]:
    try:
        text = tree.read(path).replace("\\\n", " ")
    except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError):
        return []
    found: list[str] = []
    for raw in text.splitlines():
        line = re.sub(r"(^|\s)#.*", "", raw).strip()
        line = re.sub(r"\s--hash=\S+", "", line).strip()
        if include := re.fullmatch(r"(?:-r|--requirement)[\s=]*(\S+)", line):
            folder = path.rpartition("/")[0]
            name = f"{folder}/{include.group(1)}" if folder else include.group(1)
            found += _lines(tree, name, depth + 1) if depth < 5 else []
        elif requirement_name(line):
            found.append(line)
    return found


def _from_tox(tree: Tree, tried: list[str]) -> list[str]:
    text = read_ini(tree, "tox.ini").get("testenv", {}).get("deps", "")
    found: list[str] = []
    for line in (line.strip() for line in text.splitlines()):
        if include := re.fullmatch(r"-r\s*(\S+)", line):
            found += _lines(tree, include.group(1).replace("{toxinidir}/", ""))
        elif requirement_name(line):
            found.append(line)
    if found:
        tried.append("tox.ini: deps of [testenv]")
    return found


def _unfold(data: dict[str, Any], chosen: list[str]) -> tuple[list[str], list[str]]:
    """Turn extras for development into their requirements, so that tools can be left out."""
    declared = data.get("project", {}).get("optional-dependencies", {})
    unfolded = [
        extra for extra in chosen if extra.lower() in DEVELOPMENT_NAMES and extra in declared
    ]
    lines = [str(line) for extra in unfolded for line in declared[extra]]
    name = canonicalize_name(str(data.get("project", {}).get("name", "")))
    if any(canonicalize_name(requirement_name(line)) == name for line in lines):
        return chosen, []
    return [extra for extra in chosen if extra not in unfolded], lines


def _without_tools(lines: list[str], tried: list[str]) -> tuple[str, ...]:
    left = [line for line in lines if canonicalize_name(requirement_name(line)) in _TOOLS]
    if left:
        tried.append(f"tools that tests do not need, left out: {', '.join(left)}")
    return tuple(dict.fromkeys(line for line in lines if line not in left))


def requirement_name(line: str) -> str:
    """Return the name in a requirement, or an empty string for what is none."""
    try:
        return Requirement(line).name
    except InvalidRequirement:
        return ""


def _python(data: dict[str, Any], setup: dict[str, dict[str, str]]) -> str:
    declared = data.get("project", {}).get("requires-python")
    return str(declared or setup.get("options", {}).get("python_requires", ""))


def _name(data: dict[str, Any], setup: dict[str, dict[str, str]]) -> str:
    tool = data.get("tool", {})
    poetry = tool.get("poetry", {}).get("name") or tool.get("flit", {}).get("metadata", {}).get(
        "dist-name"
    )
    return str(
        data.get("project", {}).get("name") or poetry or setup.get("metadata", {}).get("name", "")
    )
