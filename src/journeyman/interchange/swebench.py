"""Tasks as rows of a SWE-bench dataset, and back.

A row has the columns of the dataset (Jimenez et al., ICLR 2024), the four that version 5 of the
``swebench`` package grades by (`image`, `eval_script`, `log_parser`, `eval_type`), and columns of
ours beginning with ``journeyman_``, which other tools pass over. `base_commit` is the tree that the
task starts from as a commit of its own (see `starts`): for a planted bug there is no other.
`test_patch` is empty, because the tests are in that tree already.
"""

from __future__ import annotations

import datetime
import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from journeyman.interchange.diffs import git_diff
from journeyman.interchange.losses import Loss, Refused
from journeyman.interchange.recipe import CLEAN, ROOT, Recipe
from journeyman.records import Task, digest

DATASET = (
    "repo", "instance_id", "base_commit", "patch", "test_patch", "problem_statement", "hints_text",
    "created_at", "version", "FAIL_TO_PASS", "PASS_TO_PASS", "environment_setup_commit",
)  # fmt: skip
"""The dataset's own columns."""

HARNESS = ("image", "eval_script", "log_parser", "eval_type")
"""Further columns that the harness reads since version 5."""

OURS = ("journeyman_task", "journeyman_digest")
"""The whole record, and a digest of the other columns, so that an edited row is noticed."""

FOREIGN = "swe-bench "
"""Begins the label that keeps the name of somebody else's instance."""

LOG_PARSER = "parse_log_pytest_v2"
"""The harness's parser that keeps the spaces in a test's id."""

_COLOUR = re.compile(r"\[(\d+)m")
_CONTROL = dict.fromkeys(range(1, 32))

START, END = ">>>>> Start Test Output", ">>>>> End Test Output"


def instance_id(task: Task) -> str:
    """Return the task's name in a dataset; good as a branch, a folder and part of an image."""
    owner = re.sub(r"[^A-Za-z0-9._-]+", "-", task.repository.replace("/", "__"))
    owner = re.sub(r"\.{2,}", ".", owner).strip(".-") or "repository"
    return f"{owner}-{task.id}"


def known_as(task: Task) -> tuple[str, ...]:
    """Return every name that predictions may call the task by: ours, and its row's own."""
    others = (label.removeprefix(FOREIGN) for label in task.labels if label.startswith(FOREIGN))
    return (instance_id(task), *others)


def row_of(
    task: Task, commit: str, recipe: Recipe, read: Callable[[str], str | None]
) -> dict[str, Any]:
    """Return the task as a row.

    Args:
        commit: The tree the task starts from, as a commit.
        read: Reads a file of the task's *base* tree.
    """
    before = starting(task, read)
    name = instance_id(task)
    row = {
        "repo": task.repository,
        "instance_id": name,
        "base_commit": commit,
        "patch": git_diff(task.fix, before),
        "test_patch": "",
        "problem_statement": task.statement,
        "hints_text": "",
        "created_at": _date(recipe.date),
        "version": recipe.version or "0",
        "FAIL_TO_PASS": json.dumps([as_parsed(test) for test in task.fail_to_pass]),
        "PASS_TO_PASS": json.dumps([as_parsed(test) for test in task.pass_to_pass]),
        "environment_setup_commit": commit,
        "image": image(name),
        "eval_script": eval_script(task, commit, recipe, before),
        "log_parser": LOG_PARSER,
        "eval_type": "pass_and_fail",
        "journeyman_task": task.model_dump_json(exclude_defaults=True),
    }
    return {**row, "journeyman_digest": row_digest(row)}


def task_of(row: Mapping[str, Any]) -> Task | None:
    """Return the task of a row that we wrote; `None` for a foreign one.

    Raises:
        Refused: The row was changed since, or is damaged.
    """
    text = row.get("journeyman_task")
    if not text:
        return None
    try:
        task = Task.model_validate_json(text)
    except (ValidationError, TypeError) as error:
        raise Refused(f"journeyman_task cannot be read: {_first(error)}") from None
    if row.get("journeyman_digest") != row_digest(row):
        raise Refused(
            "its columns were changed since it was exported; to import it as somebody else's row, "
            "delete the columns that begin with journeyman_"
        )
    return task


def row_digest(row: Mapping[str, Any]) -> str:
    """Return a digest of the dataset's columns and of the record."""
    return digest([row.get(column) for column in (*DATASET, "journeyman_task")])


def starting(task: Task, read: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Return a reader of the tree that the task starts from, given one of its base tree."""
    broken = task.broken.files
    return lambda path: broken[path] if path in broken else read(path)


def eval_script(task: Task, commit: str, recipe: Recipe, read: Callable[[str], str | None]) -> str:
    """Return the script that the harness runs in a container, between whose markers it reads."""
    restored = shlex.join(recipe.restored(task, lambda path: read(path) is not None))
    variables = [f"export {name}={shlex.quote(text)}" for name, text in recipe.variables().items()]
    restore = [shlex.join(["git", *CLEAN])]
    restore += [f"git checkout {commit} -- {restored}"] if restored else []
    lines = [
        "#!/bin/bash",
        "set -uxo pipefail",
        f"cd {ROOT}",
        *variables,
        *restore,
        f": '{START}'",
        shlex.join([*recipe.pytest("-rA", "--show-capture=no"), *task.tests]),
        f": '{END}'",
    ]
    return "\n".join(lines) + "\n"


def image(name: str) -> str:
    """Return the image's name as the harness derives it from an instance's."""
    return f"swebench/sweb.eval.x86_64.{name}:latest".lower().replace("__", "_1776_")


def losses(tasks: Sequence[Task]) -> list[Loss]:
    """Return what a reader of the rows does without; nothing is lost on the way back to us."""
    hidden = tuple(instance_id(task) for task in tasks if task.hidden)
    odd = tuple(instance_id(task) for task in tasks if any(as_parsed(t) != t for t in task.tests))
    same = tuple(instance_id(task) for task in tasks if _confused(task.tests))
    found = [
        Loss(
            what="hidden tests",
            why="the dataset has no column for tests that only the grader runs",
            of=hidden,
        ),
        Loss(
            what="exact test ids",
            why="FAIL_TO_PASS and PASS_TO_PASS spell them as the harness's log parser reads them, "
            "as in the dataset itself; eval_script has the exact ones",
            of=odd,
        ),
        Loss(
            what="tests of which the harness sees one",
            why="their ids differ in nothing that its log parser reads",
            of=same,
        ),
    ]
    every = Loss(what="looking for cheats", why="the harness compares test results only")
    return [*(loss for loss in found if loss.of), every]


def as_parsed(test: str) -> str:
    """Return a test's id as `LOG_PARSER` reads it from the line that says it passed.

    It takes what looks like colours and control characters out, and folds white space.
    """
    plain = _COLOUR.sub("", test).translate(_CONTROL)
    return " ".join(plain.split())


def _confused(tests: Sequence[str]) -> bool:
    return len({as_parsed(test) for test in tests}) < len(tests)


def _date(seconds: int) -> str:
    when = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _first(error: Exception) -> str:
    return str(error).splitlines()[0]
