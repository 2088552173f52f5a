"""The folder that version 5 of the ``swebench`` package calls a task repo: it runs without a hub.

::

    sweb.yaml                 the dataset and its split
    test.jsonl                the same tasks as rows
    repository.git            every starting tree as a commit of its own
    tasks/<instance_id>/      what the harness builds, runs and grades

``swebench images build FOLDER`` builds from it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from journeyman.interchange.recipe import Recipe, dockerfile, requirements_text
from journeyman.interchange.swebench import DATASET, HARNESS

_AS_FILE = {
    "patch": "gold.patch",
    "test_patch": "test.patch",
    "eval_script": "eval.sh",
    "problem_statement": "problem_statement.md",
}
_TESTS = ("FAIL_TO_PASS", "PASS_TO_PASS")
_DATASET_NAME = "journeyman/tasks"


def task_files(row: Mapping[str, Any], recipe: Recipe) -> dict[str, str]:
    """Return the files of one row's task folder, its ``start.bundle`` left out."""
    kept = {
        column: row[column]
        for column in (*DATASET, *HARNESS)
        if column not in _AS_FILE and column not in _TESTS and column != "hints_text"
    }
    meta = {**kept, "split": "test", "datasets": [_DATASET_NAME]}
    tests = {column: json.loads(row[column]) for column in _TESTS}
    return {
        "task.yaml": _yaml(meta),
        "tests.json": json.dumps(tests, indent=2) + "\n",
        "Dockerfile": dockerfile(recipe, row["instance_id"]),
        "requirements.txt": requirements_text(recipe),
        **{name: row[column] for column, name in _AS_FILE.items()},
    }


def index_files() -> dict[str, str]:
    """Return the files at the top of the folder."""
    return {"sweb.yaml": _yaml({"datasets": [_DATASET_NAME], "splits": ["test"]})}


def _yaml(values: Mapping[str, Any]) -> str:
    """Write a flat mapping; JSON's strings and lists are YAML's too."""
    return "".join(f"{name}: {json.dumps(value)}\n" for name, value in sorted(values.items()))
