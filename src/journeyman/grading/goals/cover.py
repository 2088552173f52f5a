"""The goal "cover": new tests for code that is right and too little tested.

All of them pass, every time, on the tree and on its twin; they go through the stated share of the
lines in question and notice the stated share of mutants there. Lines alone would not do: a test
that calls everything and asserts nothing goes through them too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeyman.grading.goals.new_tests import NewTests, new_tests, test_flags, unsolved
from journeyman.grading.goals.write_tests import twin_tree
from journeyman.records import Patch, Task, Verdict
from journeyman.records.goal import Cover

if TYPE_CHECKING:
    from journeyman.grading.grader import Grader


def judge(grader: Grader, task: Task, patch: Patch) -> Verdict:
    """Judge new test files by the lines they reach and the mutants they notice."""
    goal = task.goal
    assert isinstance(goal, Cover)
    files = new_tests(grader, task, patch)
    dropped = tuple(sorted(set(patch.files) - set(files.files)))
    if not files.files:
        return unsolved(task, patch, "there is no new test file", dropped=dropped)
    flags = test_flags(files)
    if flags:
        return unsolved(task, patch, dropped=dropped, flags=flags)
    tests, right = NewTests(grader, files), task.broken
    ids, why = tests.passing(right, goal.runs)
    if not why:
        there = Patch(files={goal.path: grader.broken_text(task, goal.path)})
        _, why = tests.passing(twin_tree(grader, right, there), goal.runs)
        why = why and f"the same code written differently fails {why}"
    if why:
        return unsolved(task, patch, why, dropped=dropped)
    reached = tests.reached(right, goal.path)
    lines = len(reached & set(goal.lines)) / len(goal.lines) if goal.lines else 1.0
    killed = tests.killed(right, goal.mutants, ids)
    lacks = []
    if lines < goal.least_lines:
        lacks.append(f"{lines:.0%} of the lines reached, not {goal.least_lines:.0%}")
    if killed < goal.least:
        lacks.append(f"{killed:.0%} of mutants noticed, not {goal.least:.0%}")
    return Verdict(
        task=task.id,
        patch=patch.content_hash(),
        solved=not lacks,
        dropped=dropped,
        lacks=tuple(lacks),
        measures={"mutants noticed": killed, "lines reached": lines},
    )
