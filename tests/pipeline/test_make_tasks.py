"""From covered code to tasks: each is proven, none gives itself away, the sides are apart."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from journeyman.errors import AdoptError
from journeyman.grading.grader import Grader
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.make_tasks import (
    ask_history,
    break_code,
    ledger,
    prove_tasks,
    split_tasks,
    tasks_of,
)
from journeyman.records import Patch
from journeyman.records.taskset import Taskset
from journeyman.records.tried import Tried
from journeyman.rollout.attempt import Arena
from journeyman.sandbox.testing.pytest_suite import PytestSuite


@pytest.fixture(scope="module")
def fresh(adopted: Adopted) -> Grader:
    """A grader that remembers nothing."""
    suite = PytestSuite(adopted.pool, adopted.suite.settings, None, adopted.baseline.passing)
    return Grader(suite, adopted.protected, adopted.read)


@pytest.fixture(scope="module")
def questions(adopted: Adopted) -> list[Tried]:
    return ask_history(adopted)


def test_as_many_tasks_are_proven_as_were_wanted(adopted: Adopted, made_tasks: Taskset) -> None:
    assert len(made_tasks) == adopted.settings.tasks.count
    assert len({task.id for task in made_tasks}) == len(made_tasks)
    assert len({task.broken.content_hash() for task in made_tasks}) == len(made_tasks)
    assert len({task.family for task in made_tasks}) >= 8


def test_every_task_is_solved_by_its_fix_and_not_by_doing_nothing(
    fresh: Grader, made_tasks: Taskset
) -> None:
    for task in made_tasks[::4]:
        assert fresh.grade(task, task.fix).solved
        nothing = fresh.grade(task, Patch())
        assert not nothing.solved
        assert set(nothing.failed) | set(nothing.missing) == set(task.fail_to_pass)


def test_a_fix_leads_back_to_the_base_tree(adopted: Adopted, made_tasks: Taskset) -> None:
    for task in made_tasks:
        whole = task.fix.over(task.broken)
        assert {path: adopted.read(path) for path in whole.files} == dict(whole.files)
        assert task.broken.files != task.fix.files


def test_tasks_are_judged_only_by_tests_that_always_pass(
    adopted: Adopted, made_tasks: Taskset
) -> None:
    for task in made_tasks:
        assert task.fail_to_pass
        assert set(task.tests) <= adopted.baseline.passing.keys()


def test_hidden_tests_are_neither_named_nor_told(
    adopted: Adopted, made_tasks: Taskset, questions: Sequence[Tried]
) -> None:
    place = Arena(adopted.tree, adopted.grader, adopted.store, 1)
    asked = [one.task for one in questions if one.task is not None]
    assert any(task.hidden for task in made_tasks)
    views = [(task, place.view(task)) for task in made_tasks]
    for task in asked:
        with adopted.courts.lend(task.base) as court:
            views.append((task, Arena(court.tree, court.grader, adopted.store, 1).view(task)))
    for task, view in views:
        assert set(view.tests) == set(task.tests) - set(task.hidden)
        assert any(test in task.fail_to_pass for test in view.tests)
        for test in task.hidden:
            assert test not in view.statement.replace("\n", " ").split(" ")


def test_the_view_shows_the_tree_as_broken(adopted: Adopted, made_tasks: Taskset) -> None:
    task = made_tasks[0]
    view = Arena(adopted.tree, adopted.grader, adopted.store, 1).view(task)
    assert view.read(task.place.path) == task.broken.files[task.place.path]
    assert task.fix.files[task.place.path] not in [view.read(path) for path in view.files]


def test_the_ledger_adds_up(adopted: Adopted, tried: Sequence[Tried]) -> None:
    rows = ledger(tried)
    assert sum(row.tried for row in rows) == len(tried)
    for row in rows:
        kinds = (row.valid, row.survived, row.flaky, row.duplicate, row.too_slow)
        assert sum(kinds) + row.invalid + row.other == row.tried
    assert sum(row.valid for row in rows) == len(tasks_of(adopted, tried))


def test_the_fast_way_only_rejects_what_isolation_rejects_too(
    adopted: Adopted, tried: Sequence[Tried], fresh: Grader
) -> None:
    said = {entry.name: entry for entry in tried}
    rejected = [
        one
        for one in break_code(adopted)
        if one.key in said and said[one.key].fast == "rejected" and len(one.parts) == 1
    ]
    assert rejected
    for one in rejected[:6]:
        assert said[one.key].outcome in ("survived", "unfinished") and said[one.key].runs == 0
        patch = one.patch(adopted.tree.read)
        report = fresh.suite.run(patch, sorted(adopted.baseline.passing))
        assert report.ending != "finished" or all(one.outcome == "passed" for one in report.results)


def test_what_is_proven_was_run_in_isolation_as_often_as_it_has_to_agree(
    adopted: Adopted, tried: Sequence[Tried]
) -> None:
    proven = [entry for entry in tried if entry.outcome == "valid"]
    assert {entry.runs for entry in proven} == {adopted.settings.tasks.runs}
    assert {entry.fast for entry in proven} <= {"noticed", "unknown", "wrong"}


def test_combined_breaks_need_every_part_repaired(
    adopted: Adopted, tried: Sequence[Tried], fresh: Grader
) -> None:
    whole = {one.key: one for one in break_code(adopted)}
    combined = [whole[entry.name] for entry in tried if entry.head and "combined" in entry.family]
    for one in combined[:3]:
        for index in range(len(one.parts)):
            left = one.alone(index).patch(adopted.tree.read)
            tests = sorted(adopted.baseline.passing)
            assert any(not fresh.suite.run(left, tests).good(test) for test in tests)


def test_proving_again_makes_no_run_and_gives_the_same(
    adopted: Adopted, tried: Sequence[Tried]
) -> None:
    before = len(adopted.suite.latencies_s)
    assert prove_tasks(adopted, break_code(adopted)) == list(tried)
    assert len(adopted.suite.latencies_s) == before


def test_asking_for_more_only_lengthens_the_order(adopted: Adopted) -> None:
    from dataclasses import replace

    from journeyman.settings import load

    def order(count: int) -> list[str]:
        settings = load(None, {"tasks.count": count}, adopted.settings)
        return [one.key for one in break_code(replace(adopted, settings=settings))]

    few, more = order(6), order(24)
    assert more[: len(few)] == few and len(more) > len(few)


def test_what_is_already_proven_counts_when_more_is_wanted(
    adopted: Adopted, tried: Sequence[Tried]
) -> None:
    few = prove_tasks(adopted, break_code(adopted)[: len(tried)])
    assert few == list(tried)


def test_code_that_no_test_goes_through_cannot_be_broken(adopted: Adopted) -> None:
    from dataclasses import replace

    from journeyman.records import Coverage

    with pytest.raises(AdoptError, match="nothing to break") as caught:
        break_code(replace(adopted, coverage=Coverage()))
    assert "journeyman.toml" in caught.value.cure


def test_real_fixes_become_proven_questions(adopted: Adopted, questions: Sequence[Tried]) -> None:
    assert [one.task.statement for one in questions if one.task is not None] == [
        "Fix taking more than there is",
        "Fix shortening of texts that just fit",
    ]
    for one in questions:
        assert (one.source, one.family, one.why) == ("history", "real fix", "")
        assert one.task is not None
        assert one.task.source == "history"
        assert one.task.base == one.name
        with adopted.courts.lend(one.task.base, remember=False) as court:
            assert not court.grader.grade(one.task, Patch()).solved
            assert court.grader.grade(one.task, one.task.fix).solved
    first, second = (one.task for one in questions)
    assert first is not None and second is not None
    assert first.fail_to_pass == ("tests/test_stock.py::test_take_more_than_there_is",)
    assert first.place.function == "Stock.take"
    assert "shop/stock.py" not in second.fix.files


def test_asking_again_makes_no_run(adopted: Adopted, questions: Sequence[Tried]) -> None:
    before = len(adopted.suite.latencies_s)
    assert ask_history(adopted) == list(questions)
    assert len(adopted.suite.latencies_s) == before


def test_the_sides_share_no_task_and_no_file(
    adopted: Adopted, made_tasks: Taskset, questions: Sequence[Tried]
) -> None:
    asked = [one.task for one in questions if one.task is not None]
    division = split_tasks(adopted, Taskset.of([*made_tasks, *asked]))
    known = {task.id: task for task in made_tasks}
    sides = [division.practice, division.validation, division.held_out]
    assert all(sides)
    assert division.by == "file"
    files = [{known[name].place.path for name in side} for side in sides]
    assert sum(len(side) for side in files) == len(set().union(*files))
    placed = [name for side in sides for name in side]
    assert sorted([*placed, *division.dropped]) == sorted(known)
    assert set(division.history) == {task.id for task in asked}


def test_stages_after_one_another_cause_no_faults(
    adopted: Adopted, made_tasks: Taskset, questions: Sequence[Tried]
) -> None:
    """Servers have to outlive the threads that started them."""
    assert made_tasks and questions
    assert adopted.pool.faults == []
