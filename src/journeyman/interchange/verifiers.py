"""A taskset for the `verifiers` library (its v1 interface): a package to install beside ours.

The package holds the tasks as rows, the starting trees as one repository, and a taskset that lays
a task's tree out in the runtime and lets Journeyman's grader judge what the agent left there. The
grader runs on the host, in Journeyman's own sandbox, on the workspace the tasks were made in.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from journeyman.interchange.losses import Loss
from journeyman.interchange.swebench import instance_id
from journeyman.records import Task

TASKS = "tasks.jsonl"
STARTS = "starts"


def package_name(repository: str) -> str:
    """Return the name of the Python package for a repository's tasks."""
    plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in repository.lower())
    return f"journeyman_{'_'.join(part for part in plain.split('_') if part)}"


def files_of(tasks: Sequence[Task], workspace: Path, project: str) -> dict[str, str]:
    """Return the package's texts but for `TASKS`; bundles belong into its folder `STARTS`.

    Args:
        tasks: At least one.
        workspace, project: Where the grader finds the adopted repository unless told otherwise.
    """
    package = package_name(tasks[0].repository)
    values = {
        "package": package,
        "distribution": package.replace("_", "-"),
        "repository": tasks[0].repository,
        "workspace": str(workspace.resolve()),
        "project": project,
        "count": len(tasks),
        "first": instance_id(tasks[0]),
    }
    return {
        "pyproject.toml": _render("pyproject.toml.j2", values),
        "README.md": _render("README.md.j2", values),
        f"{package}/__init__.py": _render("init.py.j2", values),
        f"{package}/taskset.py": _render("taskset.py.j2", values),
    }


def losses() -> list[Loss]:
    """Return what a reader of the package does without; nothing is lost on the way back to us."""
    return [
        Loss(
            what="the environment",
            why="tests are judged on the host, in the workspace the tasks were made in; an agent "
            "that wants to run them needs the packages in its own runtime",
        )
    ]


def _render(name: str, values: dict[str, Any]) -> str:
    return str(_templates().get_template(name).render(values))


@lru_cache(maxsize=1)
def _templates() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # Source text for people and Python: nothing is ever rendered as HTML from here.
    return Environment(
        loader=PackageLoader("journeyman.interchange", "templates/verifiers"),
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
    )
