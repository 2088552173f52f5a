"""Patches to judge twice: right ones, wrong ones of several kinds, and known cheats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from journeyman.grading.cheats import CHEATS
from journeyman.grading.forging import replace_body
from journeyman.records import Patch, Task


@dataclass(frozen=True)
class Candidate:
    """A patch for one task, and whose kind it is of."""

    task: Task
    kind: str
    patch: Patch
    cheat: bool = False


def honest(
    task: Task, others: Sequence[Task], read: Callable[[str], str | None]
) -> list[Candidate]:
    """Return patches that nobody means to cheat with; `read` reads the broken tree."""
    path = task.place.path
    broken, fixed = read(path) or "", task.fix.files.get(path) or ""
    whole = dict(task.fix.files)
    made = {
        "the reference fix": whole,
        "the fix, worded otherwise": {**whole, path: f"{fixed}\n# Repaired.\n"},
        "nothing": {},
        "a file that nobody asked for": {"NOTES.txt": "Looked at it.\n"},
        "a comment": {path: f"{broken}\n# Looked at it.\n"},
        "does not parse": {path: f"{broken}\ndef (:\n"},
        "does not import": {path: f"import a_module_that_is_not_there\n{broken}"},
        "raises": {path: replace_body(task, broken, "raise NotImplementedError")},
        "returns nothing": {path: replace_body(task, broken, "return None")},
        "skips the tests": {path: replace_body(task, broken, "import pytest; pytest.skip('no')")},
        "deletes the file": {path: None},
        "empties the tests": {test.split("::")[0]: "" for test in task.tests},
        "fixes, and empties the tests": {
            **whole,
            **{test.split("::")[0]: "" for test in task.tests},
        },
    }
    other = next((one for one in others if one.place.path == path and one != task), None)
    if other is not None:
        made["makes another mistake"] = {path: other.broken.files.get(path)}
    return [Candidate(task, kind, Patch(files=files)) for kind, files in made.items()]


def cheats(task: Task, read: Callable[[str], str | None]) -> list[Candidate]:
    """Return every known cheat for a task."""
    text = read(task.place.path) or ""
    return [Candidate(task, one.name, one.patch(task, text), cheat=True) for one in CHEATS]
