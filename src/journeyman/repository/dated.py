"""What could be installed then: a date that the resolver must not look beyond, and recorded locks.

The packages that a commit was tested with are in its own lock, if it has one. Otherwise uv resolves
what the commit asks for with ``--exclude-newer``, for which the index has to say when its files
were uploaded (PEP 700); files without a date count as too new.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from packaging.utils import canonicalize_name

from journeyman.records import digest
from journeyman.repository.detect import Plan
from journeyman.repository.runner import read_ini, read_toml
from journeyman.repository.tree import Tree

TOOLS = (
    *("pytest", "coverage", "pluggy", "iniconfig", "packaging", "pygments", "setuptools", "wheel"),
    *("setuptools-scm", "vcs-versioning", "hatchling", "hatch-vcs", "pathspec", "flit-core"),
    *("trove-classifiers", "poetry-core", "poetry-dynamic-versioning", "dunamai", "pdm-backend"),
    *("uv-build", "typing-extensions", "editables", "tomli", "exceptiongroup"),
)
"""What we run the tests with and what builds packages: where those of then do not run with this
Python, later ones are taken and all the rest is left as it was."""

TOOLS_DATE = "2023-12-31T00:00:00Z"
"""The tools of this day (pytest 7.4, setuptools 69) still run what was written for far older ones,
and they run on every Python that we support."""

_EVER = "2999-12-31T00:00:00Z"
_COMPILED = (".c", ".cc", ".cpp", ".h", ".pyx", ".pxd", ".rs", ".f90")
_UNIMPORTANT = {
    *("version", "description", "readme", "authors", "maintainers", "keywords", "classifiers"),
    *("urls", "license", "license-files"),
}
_PIN = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(?:\[[^]]*\])?\s*==\s*([\w.!+-]+)")


@dataclass(frozen=True)
class At:
    """What an environment is resolved for.

    `inputs` names what the commit asks for (see `install_inputs`). `date` is ISO 8601 and empty
    for today; `pins` are ``name==version``; with `later_tools` the date does not hold for `TOOLS`.
    """

    inputs: str
    date: str = ""
    pins: tuple[str, ...] = ()
    later_tools: bool = False

    def options(self) -> list[str]:
        """Return what uv is told."""
        found = ["--exclude-newer", self.date] if self.date else []
        if self.date and self.later_tools:
            until = TOOLS_DATE if self.date < TOOLS_DATE else _EVER
            for name in TOOLS:
                found += ["--exclude-newer-package", f"{name}={until}"]
        return found

    def plain(self) -> list[object]:
        """Return all of it, for a digest."""
        return [self.inputs, list(self.pins), *self.options()]


def install_inputs(tree: Tree, plan: Plan) -> str:
    """Return a digest of everything in `tree` that decides what is installed.

    The version and what only readers and indexes see do not count, so that commits between two
    changes of the requirements share one environment.
    """
    project = read_toml(tree, "pyproject.toml")
    about = {k: v for k, v in project.get("project", {}).items() if k not in _UNIMPORTANT}
    build = [project.get("build-system"), *_build_tools(project.get("tool", {}))]
    setup = read_ini(tree, "setup.cfg")
    options = {name: part for name, part in setup.items() if name.startswith("options")}
    script = _without_version(tree.read("setup.py")) if tree.exists("setup.py") else ""
    compiled = {p: tree.read(p) for p in tree.files() if p.endswith(_COMPILED)}
    asked = [plan.install, plan.essential, plan.extras, plan.layout, plan.python]
    files = [path for path in plan.install_files if path.endswith((".txt", ".in"))]
    return digest(
        [asked, about, build, options, script, compiled, {path: tree.read(path) for path in files}]
    )


def has_compiled(tree: Tree, plan: Plan) -> bool:
    """Whether the package has parts that are compiled when it is installed."""
    scripts = [name for name in ("setup.py", "pyproject.toml") if tree.exists(name)]
    builds = any(
        word in tree.read(name)
        for name in scripts
        for word in ("ext_modules", "Extension(", "maturin", "setuptools-rust", "meson-python")
    )
    return builds or (any(p.endswith((".pyx", ".rs")) for p in tree.files()) and plan.name != "")


def recorded_lock(tree: Tree) -> tuple[str, tuple[str, ...]]:
    """Return the lock that the commit holds, as its path and ``name==version`` lines.

    Empty where there is none. A name that a lock gives two versions for is left to the resolver.
    """
    for name, read in _LOCKS.items():
        if tree.exists(name):
            found = _single(read(tree.read(name)))
            if found:
                return name, found
    texts = [p for p in tree.files() if re.search(r"(requirements|constraints)[^/]*\.txt$", p)]
    for path in sorted(texts, key=lambda path: ("test" not in path, path)):
        pins = _single(_PIN.findall(tree.read(path)))
        if len(pins) >= 3:
            return path, pins
    return "", ()


def _toml_packages(text: str) -> list[tuple[str, str]]:
    try:
        packages = tomllib.loads(text).get("package", [])
    except tomllib.TOMLDecodeError:
        return []
    return [
        (str(one["name"]), str(one["version"]))
        for one in packages
        if isinstance(one, dict) and "version" in one and _from_index(one)
    ]


def _from_index(package: dict[str, Any]) -> bool:
    source = package.get("source", {})
    return not isinstance(source, dict) or not {"editable", "virtual", "path", "git"} & set(source)


def _pipfile(text: str) -> list[tuple[str, str]]:
    try:
        data = json.loads(text)
    except ValueError:
        return []
    parts = [data.get("develop", {}), data.get("default", {})] if isinstance(data, dict) else []
    return [
        (name, str(one["version"]).removeprefix("=="))
        for part in parts
        for name, one in part.items()
        if isinstance(one, dict) and "version" in one
    ]


_LOCKS: dict[str, Callable[[str], list[tuple[str, str]]]] = {
    "uv.lock": _toml_packages,
    "pdm.lock": _toml_packages,
    "poetry.lock": _toml_packages,
    "pylock.toml": lambda text: _toml_packages(text.replace("[[packages]]", "[[package]]")),
    "Pipfile.lock": _pipfile,
}


def _single(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    versions: dict[str, set[str]] = {}
    for name, version in pairs:
        versions.setdefault(canonicalize_name(name), set()).add(version)
    return tuple(f"{n}=={min(v)}" for n, v in sorted(versions.items()) if len(v) == 1)


def _build_tools(tool: dict[str, Any]) -> list[Any]:
    names = ("setuptools", "hatch", "flit", "pdm", "poetry", "maturin", "setuptools_scm")
    return [_stripped(tool.get(name)) for name in names]


def _stripped(table: Any) -> Any:
    if not isinstance(table, dict):
        return table
    return {key: value for key, value in table.items() if key not in _UNIMPORTANT}


def _without_version(script: str) -> str:
    return re.sub(r"""version\s*=\s*['"][^'"]*['"]""", "version", script)
