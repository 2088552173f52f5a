"""The goal "refactor": the same behaviour, and a property of the code below a bound.

The tests stay green, no cheat of the static look, every call that the tests make is answered as the
given code answers it, and the measured property is what the task asks for. It is measured over
everything that came with the change, so that code that was only moved has not improved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeyman.grading.goals.new_tests import unsolved
from journeyman.grading.guard import flags
from journeyman.grading.replay import replay
from journeyman.records import Flag, Patch, Task, Verdict
from journeyman.records.goal import Refactor
from journeyman.sandbox.testing.pytest_suite import as_pytest
from journeyman.understanding.measures import of_change

if TYPE_CHECKING:
    from journeyman.grading.grader import Grader


def judge(grader: Grader, task: Task, patch: Patch) -> Verdict:
    """Judge a patch by the property it reaches, the tests, and the calls they make."""
    goal = task.goal
    assert isinstance(goal, Refactor)
    crossing, dropped = grader.protected.cross(patch)
    reached = measured(grader, task, crossing)
    if reached is None:
        return unsolved(task, patch, f"{goal.function} is gone", dropped=dropped)
    if reached > goal.most:
        why = f"its {goal.measured} is {reached}, not {goal.most} or less"
        return unsolved(task, patch, why, dropped=dropped)
    verdict = same_behaviour(grader, task, crossing)
    told = {name: getattr(verdict, name) for name in Verdict.model_fields}
    return Verdict(
        **{
            **told,
            "patch": patch.content_hash(),
            "dropped": dropped,
            "measures": {goal.measured: float(reached)},
        }
    )


def measured(grader: Grader, task: Task, crossing: Patch) -> int | None:
    """Return the property after a patch; `None` where the function is gone."""
    goal = task.goal
    assert isinstance(goal, Refactor)
    paths = {path for path in crossing.files if path.endswith(".py")} | {goal.path}
    before = {path: grader.broken_text(task, path) for path in paths}
    after = {path: crossing.files.get(path, before[path]) for path in paths}
    return of_change(
        {path: text for path, text in before.items() if text is not None},
        {path: text for path, text in after.items() if text is not None},
        goal.function,
        goal.measured,
    )


def same_behaviour(grader: Grader, task: Task, crossing: Patch) -> Verdict:
    """Judge a patch by the tests and by how calls are answered, the broken tree being right.

    For goals that start from code that does what it should: the reference of the replay is what
    the agent was given, and only what is added to that is looked at.
    """
    whole = crossing.over(task.broken)
    report = grader.suite.run(whole, task.tests)
    missing = tuple(test for test in task.tests if test not in report.by_id)
    failed = tuple(test for test in task.tests if not report.good(test) and test not in missing)
    raised: tuple[Flag, ...] = ()
    if not missing and not failed:
        raised = flags(crossing, lambda path: grader.broken_text(task, path), task.fix)
    if not missing and not failed and not raised:
        watch = ((task.place.path, task.place.function.rpartition(".")[2]),)
        raised = replay(as_pytest(grader.suite), task, task.broken, whole, watch)
    return Verdict(
        task=task.id,
        patch=crossing.content_hash(),
        solved=not (missing or failed or raised),
        missing=missing,
        failed=failed,
        ending=report.ending,
        flags=raised,
        seconds=round(report.seconds, 3),
    )
