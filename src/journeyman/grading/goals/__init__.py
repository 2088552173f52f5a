"""Judges of goals other than turning tests green: one file a goal, and the cheats against it.

What every judge does: only what the goal asks for crosses over, everything is run in fresh
sandboxes, a static look comes before the costly runs, and the verdict says what is lacking and
what was measured.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from journeyman.records import Patch, Task, Verdict

if TYPE_CHECKING:
    from journeyman.grading.grader import Grader

Judge = Callable[["Grader", Task, Patch], Verdict]


def judge_of(task: Task) -> Judge | None:
    """Return the judge of the task's goal; `None` where its tests tell everything."""
    from journeyman.grading.goals import cover, document, refactor, speed, write_tests

    judges: dict[str, Judge] = {
        "write tests": write_tests.judge,
        "cover": cover.judge,
        "document": document.judge,
        "refactor": refactor.judge,
        "speed": speed.judge,
    }
    return judges.get(task.goal.kind)


def own_tests(grader: Grader, task: Task, patch: Patch) -> Patch:
    """Return the new test files of a patch to a task that asks for tests; nothing for others."""
    from journeyman.grading.goals.new_tests import new_tests

    asks = task.goal.kind in ("write tests", "cover")
    return new_tests(grader, task, patch) if asks else Patch()
