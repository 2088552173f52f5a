"""The goal "write tests": new tests that fail before a known fix and pass after it.

After the fix all of them pass, every time, on the fixed tree and on its twin; before it one fails;
and they notice at least the stated share of mutants of the fixed code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeyman.grading.goals.new_tests import NewTests, new_tests, test_flags, text_in, unsolved
from journeyman.grading.goals.twins import twin
from journeyman.records import Patch, Task, Verdict
from journeyman.records.goal import WriteTests

if TYPE_CHECKING:
    from journeyman.grading.grader import Grader


def judge(grader: Grader, task: Task, patch: Patch) -> Verdict:
    """Judge new test files by what they say of the fixed tree, the broken one, and mutants."""
    goal = task.goal
    assert isinstance(goal, WriteTests)
    files = new_tests(grader, task, patch)
    dropped = tuple(sorted(set(patch.files) - set(files.files)))
    if not files.files:
        return unsolved(task, patch, "there is no new test file", dropped=dropped)
    flags = test_flags(files)
    if flags:
        return unsolved(task, patch, dropped=dropped, flags=flags)
    tests = NewTests(grader, files)
    fixed = goal.known_fix.over(task.broken)
    ids, why = tests.passing(fixed, goal.runs)
    if not why:
        _, why = tests.passing(twin_tree(grader, fixed, goal.known_fix), goal.runs)
        why = why and f"the same code written differently fails {why}"
    if why:
        return unsolved(task, patch, f"after the fix: {why}", dropped=dropped)
    if not tests.notices(task.broken, ids):
        return unsolved(task, patch, "before the fix: every new test passes", dropped=dropped)
    killed = tests.killed(fixed, goal.mutants, ids)
    lacks = (
        () if killed >= goal.least else (f"{killed:.0%} of mutants noticed, not {goal.least:.0%}",)
    )
    return Verdict(
        task=task.id,
        patch=patch.content_hash(),
        solved=not lacks,
        dropped=dropped,
        lacks=lacks,
        measures={"mutants noticed": killed},
    )


def twin_tree(grader: Grader, tree: Patch, of: Patch) -> Patch:
    """Return the tree after `tree` with the Python files that `of` names replaced by their twins.

    A file that cannot be parsed stays as it is.
    """
    texts = {path: text_in(grader, tree, path) for path in of.files if path.endswith(".py")}
    return Patch(files={path: twin(text) or text for path, text in texts.items()}).over(tree)
