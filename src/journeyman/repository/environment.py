"""The isolated environment in which a repository's tests run, built with uv.

Inside every sandbox the repository lies at ``/repo`` and its virtual environment at ``/env``, so
an environment can be built, renamed and used anywhere. The package is installed as editable: code
under test comes from the tree, and nowhere else is there a copy that would give the answer away.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from journeyman.errors import AdoptError
from journeyman.records import Record, digest
from journeyman.repository.copies import lay_out
from journeyman.repository.dated import At
from journeyman.repository.detect import Plan
from journeyman.repository.index import index_url
from journeyman.repository.installation import ALWAYS, PYTHON, VENV, Installation, tail, visible
from journeyman.repository.interpreter import Interpreter, choose, probe
from journeyman.repository.launcher import Command, IsolatedLauncher, Launcher
from journeyman.repository.partial import partial
from journeyman.repository.tree import Tree
from journeyman.settings import Settings

_INSTALLED = """import pytest, coverage
from importlib.metadata import distributions
found = {(one.metadata["Name"], one.version) for one in distributions() if one.metadata["Name"]}
print("\\n".join(f"{name}=={version}" for name, version in sorted(found)))"""
"""Prints what an existing environment holds: it can change under its name."""


class Environment(Record):
    """An interpreter with what the tests need.

    `python` is the executable's path inside a sandbox, `venv` the directory on this machine to
    show at `/env` (``built`` only), `visible` further host directories to show where they are.
    `lock` lists every installed version; `additions` is a directory with the files that installing
    added to the tree (see `base`). `python_path` is relative to the repository.
    """

    key: str
    mode: Literal["built", "existing"]
    python: str
    version: str
    venv: str = ""
    visible: tuple[str, ...] = ()
    lock: str = ""
    additions: str = ""
    python_path: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def binds(self) -> tuple[tuple[Path, str], ...]:
        """Return what a sandbox has to show, read-only: (host path, path inside)."""
        venv = ((Path(self.venv), VENV),) if self.venv else ()
        return (*((Path(path), path) for path in self.visible), *venv)


def build(
    tree: Tree,
    plan: Plan,
    settings: Settings,
    directory: Path,
    launcher: Launcher | None = None,
    *,
    version: str = "",
    at: At | None = None,
) -> Environment:
    """Install what `plan` says below `directory` and return the environment; re-use what is there.

    `version` is the release that packages without their own number are told (from a tag). With
    `at`, what is installed is what could be had then, and trees with the same inputs share it.
    Raises `AdoptError` with the end of uv's output and what to write into `journeyman.toml`.
    """
    launcher = launcher or IsolatedLauncher()
    directory = directory.resolve()
    setting = settings.environment.python or ""
    if "/" in setting:
        return _existing(probe(Path(setting).expanduser().absolute()), plan, launcher)
    python = choose(plan.python, directory / "pythons", offline=settings.environment.offline)
    key = _key(tree, plan, settings, python, version) if at is None else _key_then(at, plan, python)
    target = directory / key
    description = target / "environment.json"
    if not description.is_file():
        with partial(target) as work:
            installed = Installation(
                tree, plan, settings, directory, work, launcher, python, version, key, at
            ).run()
            environment = Environment(
                key=key,
                mode="built",
                python=PYTHON,
                version=python.version,
                visible=visible(python.base_prefix),
                lock=installed.lock,
                python_path=plan.python_path,
                notes=installed.notes,
            )
            (work / "environment.json").write_text(environment.model_dump_json(indent=1), "utf-8")
            (directory / f"{key}.lock").write_text(environment.lock, "utf-8")
    kept = Environment.model_validate_json(description.read_text("utf-8"))
    places = {
        "venv": str(target / "venv"),
        "additions": str(target / "additions"),
        "python_path": plan.python_path,
    }
    return kept.model_copy(update=places)


def base(tree: Tree, environment: Environment, target: Path) -> Path:
    """Lay out, at `target`, the tree with what installing added to it: what sandboxes show.

    Every file of the tree is byte for byte the tree's, even where installing had changed it.
    """
    if not target.exists():
        with partial(target) as work:
            lay_out(tree, Path(environment.additions or os.devnull), work)
    return target


def _existing(python: Interpreter, plan: Plan, launcher: Launcher) -> Environment:
    places = tuple(dict.fromkeys([*visible(python.base_prefix), *visible(python.prefix)]))
    argv = [str(python.executable), "-c", _INSTALLED]
    probed = launcher.run(Command(argv, [(Path(path), path, False) for path in places]))
    if probed.code:
        raise AdoptError(
            f"{python.executable} cannot import pytest and coverage:\n{tail(probed.output, 3)}",
            f"Install them there: {python.executable} -m pip install 'pytest>=7' 'coverage>=7'",
        )
    return Environment(
        key=digest(["existing", str(python.executable), python.version, probed.output]),
        mode="existing",
        lock=probed.output,
        python=str(python.executable),
        version=python.version,
        visible=places,
        python_path=plan.python_path,
    )


def _key_then(at: At, plan: Plan, python: Interpreter) -> str:
    tools = [python.version, str(python.base_prefix)]
    return digest([at.plain(), plan.install, plan.extras, ALWAYS, tools, plan.layout])


def _key(tree: Tree, plan: Plan, settings: Settings, python: Interpreter, version: str) -> str:
    """Name an environment by all that decides what is in it."""
    compiled = (".c", ".cc", ".cpp", ".h", ".pyx", ".pxd", ".rs", ".f90")
    names = {*plan.install_files, "pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in"}
    names |= {path for path in tree.files() if path.endswith(compiled)}
    texts = {name: tree.read(name) for name in sorted(names) if tree.exists(name)}
    tools = [python.version, str(python.base_prefix), index_url(settings.environment.index_url)]
    return digest([plan.install, plan.extras, ALWAYS, texts, tools, plan.layout, version])
