"""Written tasks of the sample repository: proven by running, and no known cheat scores."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

import pytest

from journeyman.errors import SettingsError
from journeyman.grading.goals.cheats import GOAL_CHEATS
from journeyman.grading.goals.workloads import can_grow
from journeyman.grading.grader import Grader
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.written import play_goal_cheats, workshop, write_tasks
from journeyman.records import Patch, Task
from journeyman.records.goal import Speed
from journeyman.records.tried import Tried
from journeyman.sandbox.testing.pytest_suite import PytestSuite
from journeyman.tasks.written import Plan
from journeyman.tasks.written.speed import Slow

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def small(adopted: Adopted) -> Adopted:
    """The sample repository with few tasks wanted."""
    written = adopted.settings.written.model_copy(update={"count": 1, "tries": 9, "mutants": 4})
    return replace(adopted, settings=adopted.settings.model_copy(update={"written": written}))


@pytest.fixture(scope="module")
def fresh(adopted: Adopted) -> Grader:
    """A grader that remembers nothing."""
    suite = PytestSuite(adopted.pool, adopted.suite.settings, None, adopted.baseline.passing)
    return Grader(suite, adopted.protected, adopted.read)


@pytest.mark.parametrize("kind", ["rebuild", "from-docs", "test", "refactor", "document"])
def test_a_task_is_solved_by_its_reference_and_by_no_cheat(
    small: Adopted, fresh: Grader, made_tasks: Sequence[Task], kind: str
) -> None:
    tried = write_tasks(small, kind, known=made_tasks[:6])
    tasks = [entry.task for entry in tried if entry.task is not None]
    assert tasks, [(entry.outcome, entry.why) for entry in tried]
    for task in tasks:
        assert task.source == "written" and task.family == kind
        assert fresh.grade(task, task.fix).solved
        assert not fresh.grade(task, Patch()).solved
        if task.identity and kind != "test":
            whole = task.fix.over(task.broken)
            assert {path: small.read(path) for path in whole.files} == dict(whole.files)
    rows = play_goal_cheats(small, tasks)
    assert len(rows) == len(GOAL_CHEATS.get(tasks[0].goal.kind, ()))
    assert [row.cheat for row in rows if row.scored] == []


def test_slow_code_is_proven_to_be_slow(small: Adopted, made_tasks: Sequence[Task]) -> None:
    """A list that is copied for each of 3,000 letters is slower by far more than any noise."""
    plan = Plan(kind="speed", path="shop/words.py", function="slug", detail="copy_to_append")
    made = Slow(workshop(small, made_tasks)).make(plan)
    if made.task is None and os.getloadavg()[0] > 1.5 * (os.cpu_count() or 1):
        pytest.skip(f"this machine is too busy to compare times on: {made.why}")
    task = made.task
    assert task is not None, made.why
    assert isinstance(task.goal, Speed) and task.goal.most < 0.85
    assert all(can_grow(call) for call in task.goal.calls)
    assert task.fix.files[task.place.path] == small.read(task.place.path)


def test_the_ledger_says_why_there_is_no_task(small: Adopted, made_tasks: Sequence[Task]) -> None:
    for entry in write_tasks(small, "from-docs", known=made_tasks):
        assert isinstance(entry, Tried)
        assert (entry.task is not None) == (entry.outcome == "valid")
        assert entry.task is not None or entry.why


def test_tries_are_remembered(small: Adopted, made_tasks: Sequence[Task]) -> None:
    first = write_tasks(small, "rebuild", known=made_tasks)
    runs = len(small.suite.latencies_s)
    assert write_tasks(small, "rebuild", known=made_tasks) == first
    assert len(small.suite.latencies_s) == runs


def test_an_unknown_kind_is_refused(small: Adopted) -> None:
    with pytest.raises(SettingsError, match="no kind of written tasks"):
        write_tasks(small, "poem")
