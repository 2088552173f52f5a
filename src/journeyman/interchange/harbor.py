"""Tasks as folders that Harbor runs: one folder a task, complete in itself.

::

    instruction.md            what the agent is told
    task.toml                 limits, and who sees what (schema 1.4)
    environment/              Dockerfile, pins, and the starting tree as a bundle of one commit
    solution/                 the reference fix, for the oracle agent
    tests/                    the verifier: runs in a container that the agent never touched
    journeyman.json           the whole record; Harbor takes it nowhere

Only a diff crosses from the agent's container to the verifier's (`verifier.collect`), as between
our own sandboxes. The verifier compares test results; it does not look for cheats.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from journeyman.interchange.diffs import git_diff
from journeyman.interchange.folders import read_text
from journeyman.interchange.losses import Loss, Refused
from journeyman.interchange.recipe import CLEAN, ROOT, Recipe, dockerfile, requirements_text
from journeyman.interchange.swebench import instance_id, starting
from journeyman.records import Task

RECORD = "journeyman.json"
_PATCH = "/logs/artifacts/model.patch"
_AGENT_S, _BUILD_S = 3600, 1800


def files_of(
    task: Task, commit: str, recipe: Recipe, read: Callable[[str], str | None]
) -> dict[str, str]:
    """Return the files of the task's folder, its ``environment/start.bundle`` left out.

    Args:
        commit: The tree the task starts from, as a commit.
        read: Reads a file of the task's *base* tree.
    """
    before = starting(task, read)
    expected = {
        "commit": commit,
        "root": ROOT,
        "patch": _PATCH,
        "clean": CLEAN,
        "restore": recipe.restored(task, lambda path: before(path) is not None),
        "command": recipe.pytest(),
        "environment": recipe.variables(),
        "tests": task.tests,
    }
    return {
        "instruction.md": f"{task.statement.rstrip()}\n\nThe repository is at `{ROOT}`.\n",
        "task.toml": _config(task, commit),
        "environment/Dockerfile": dockerfile(recipe, instance_id(task)),
        "environment/requirements.txt": requirements_text(recipe),
        "solution/fix.patch": git_diff(task.fix, before),
        "solution/solve.sh": f"#!/bin/bash\nset -eu\ncd {ROOT}\n"
        'git apply --whitespace=nowarn "$(dirname "$0")/fix.patch"\n',
        "tests/test.sh": _template("test.sh"),
        "tests/verify.py": _template("verify.py"),
        "tests/watch.py": _template("watch.py"),
        "tests/expected.json": json.dumps(expected, indent=1) + "\n",
        RECORD: task.model_dump_json(exclude_defaults=True) + "\n",
    }


def task_of(folder: Path) -> Task:
    """Return the task of a folder that we wrote.

    Raises:
        Refused: It is another's, or was changed since.
    """
    if not (folder / RECORD).is_file():
        raise Refused(f"there is no {RECORD}: only folders that Journeyman wrote can be read back")
    try:
        task = Task.model_validate_json(read_text(folder / RECORD))
    except ValidationError as error:
        raise Refused(f"{RECORD} cannot be read: {str(error).splitlines()[0]}") from None
    if folder.name != instance_id(task):
        raise Refused(f"{RECORD} was changed: its content is {instance_id(task)}")
    return task


def losses() -> list[Loss]:
    """Return what a reader of the folders does without; nothing is lost on the way back to us."""
    return [
        Loss(what="hidden tests", why="the agent's container holds the tests of the tree"),
        Loss(what="looking for cheats", why="the verifier compares test results only"),
    ]


def _config(task: Task, commit: str) -> str:
    sent = ["-C", ROOT, "add", "--all", "."]
    made = ["-C", ROOT, "diff", "--cached", "--binary", "--no-renames", commit]
    collect = f"git {shlex.join(sent)} && mkdir -p /logs/artifacts && git {shlex.join(made)}"
    tables: dict[str, dict[str, Any]] = {
        "task": {
            "name": f"journeyman/{instance_id(task)}",
            "description": f"{task.source}: {task.family}",
            "keywords": [task.language, *task.labels],
        },
        "metadata": {
            "source": task.source,
            "family": task.family,
            "repository": task.repository,
            "base_commit": commit,
        },
        "agent": {"timeout_sec": float(_AGENT_S)},
        "environment": {"build_timeout_sec": float(_BUILD_S), "workdir": ROOT},
        "verifier": {"timeout_sec": 600.0, "environment_mode": "separate"},
    }
    lines = ['schema_version = "1.4"']
    for name, values in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in values.items())]
    lines += ["", "[[verifier.collect]]", f"command = {_toml(f'{collect} > {_PATCH}')}"]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    """Write a string, number or list of strings; JSON's escapes are TOML's, DEL apart."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@lru_cache
def _template(name: str) -> str:
    return (Path(__file__).parent / "templates" / "harbor" / name).read_text("utf-8")
