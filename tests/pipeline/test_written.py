"""Written tasks of the sample repository: proven by running, and no known cheat scores."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import pytest

from journeyman.agent.policy.baselines import Uniform
from journeyman.errors import SettingsError, UserError
from journeyman.grading.goals.cheats import GOAL_CHEATS
from journeyman.grading.goals.workloads import can_grow
from journeyman.grading.grader import Grader
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.examine import arena
from journeyman.pipeline.revert import divided
from journeyman.pipeline.taskbook import as_asked
from journeyman.pipeline.written import play_goal_cheats, workshop, write_tasks
from journeyman.progress import Silent
from journeyman.records import Patch, Task
from journeyman.records.goal import Speed
from journeyman.records.taskset import Taskset
from journeyman.records.tried import Tried
from journeyman.sandbox.testing.pytest_suite import PytestSuite
from journeyman.settings import Kind
from journeyman.tasks.mixture import KINDS, kind
from journeyman.tasks.written import Plan
from journeyman.tasks.written.speed import Slow

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def small(adopted: Adopted) -> Adopted:
    """The sample repository with few tasks wanted."""
    written = adopted.settings.written.model_copy(update={"count": 1, "tries": 9, "mutants": 4})
    return replace(adopted, settings=adopted.settings.model_copy(update={"written": written}))


class Said(Silent):
    """Keeps what was said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        """Keep a line."""
        self.lines.append(line)


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
    tries = (Slow(workshop(small, made_tasks)).make(plan) for _ in range(3))
    made = next((one for one in tries if one.task is not None), None)
    made = made or Slow(workshop(small, made_tasks)).make(plan)
    if made.task is None and os.getloadavg()[0] > 0.75 * (os.cpu_count() or 1):
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


def test_practice_and_exam_draw_from_the_mix_that_is_asked_for(
    small: Adopted, made_tasks: Sequence[Task]
) -> None:
    """Written tasks are split, seen and judged like any other once a mix names them."""
    proven = [one.task for one in write_tasks(small, "rebuild") if one.task is not None]
    assert proven
    tasks = small.settings.tasks.model_copy(
        update={"count": 400, "mix": {"bugs": 1, "features": 1}}
    )
    mixing = replace(small, settings=small.settings.model_copy(update={"tasks": tasks}))
    said = Said()
    made = Taskset.of(made_tasks)
    assert as_asked(small, made) is made
    drawn = as_asked(mixing, made, said)
    kinds = [kind(head) for head in drawn.heads]
    features = kinds.count("features")
    assert kinds.count("bugs") == len(made) < 200
    assert {task.id for task in proven} <= {head.id for head in drawn.heads}
    assert f"not there: {200 - len(made)} bugs, {200 - features} features" in said.lines[0]
    every, division = divided(mixing, drawn, Taskset.of(()))
    sides = (*division.practice, *division.validation, *division.held_out, *division.dropped)
    assert {task.id for task in proven} <= set(sides)
    attempt, verdict = arena(mixing, 2).play(every.only([proven[0].id])[0], Uniform(), 0)
    assert attempt.task == verdict.task == proven[0].id and not verdict.solved


@pytest.mark.parametrize("mix", [{"bugs": 0}, {"bugs": 0, "documentation": 0}])
def test_a_mix_of_nothing_is_refused(
    small: Adopted, made_tasks: Sequence[Task], mix: dict[str, float]
) -> None:
    tasks = small.settings.tasks.model_copy(update={"mix": mix})
    lacking = replace(small, settings=small.settings.model_copy(update={"tasks": tasks}))
    with pytest.raises(UserError, match=r"tasks\.mix"):
        as_asked(lacking, Taskset.of(made_tasks[:2]))


def test_the_kinds_that_settings_know_are_those_of_a_mix() -> None:
    assert {*get_args(Kind), "real fixes"} == set(KINDS)
