"""New tests hold, notice what no test noticed before, and carry tasks."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from journeyman.agent.policy.scripted import Scripted
from journeyman.errors import UserError
from journeyman.grading.goals.cheats import GOAL_CHEATS
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.cover import Covered, cover, save, too_little_tested
from journeyman.pipeline.cover_tasks import carried_tasks, cover_tasks
from journeyman.pipeline.written import workshop
from journeyman.records import Action, Patch
from journeyman.rollout.attempt import Arena
from journeyman.tasks.written.pieces import piece_of

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def few(adopted: Adopted) -> Adopted:
    written = adopted.settings.written.model_copy(update={"mutants": 16})
    return replace(adopted, settings=adopted.settings.model_copy(update={"written": written}))


@pytest.fixture(scope="module")
def covered(few: Adopted) -> Covered:
    """Tests for a method whose tests miss something, and one whose tests do not."""
    wanted = (("stock", "Stock.take"), ("waiting", "Waiting.leave"))
    texts = {name: few.read(f"shop/{name}.py") or "" for name, _ in wanted}
    pieces = [piece_of(f"shop/{name}.py", texts[name], function) for name, function in wanted]
    return cover(few, pieces=[piece for piece in pieces if piece is not None])


def test_new_tests_notice_mutants_that_no_test_noticed(few: Adopted, covered: Covered) -> None:
    assert covered.files and not covered.left_out
    for file in covered.files:
        ast.parse(file.text)
        assert file.path not in few.tree.files() and file.path.startswith("tests/test_")
        assert 0 < file.mutants[1] <= file.mutants[0]
        report = few.suite.run(Patch(files={file.path: file.text}), file.tests, attempt=7)
        assert all(report.good(test) for test in file.tests)
        (character, *_) = file.characters
        mutant = character.noticed[0]
        text = mutant.apply(few.read(character.path) or "")
        tree = Patch(files={file.path: file.text, character.path: text})
        report = few.suite.run(tree, file.tests, attempt=7)
        assert not all(report.good(test) for test in file.tests)


def test_a_function_without_a_new_test_says_why(covered: Covered) -> None:
    assert len(covered.tried) == 2
    assert all(bool(one.kept) != bool(one.why) for one in covered.tried)


def test_breaks_that_only_the_new_tests_notice_become_tasks(few: Adopted, covered: Covered) -> None:
    tried = carried_tasks(few, covered)
    tasks = [entry.task for entry in tried if entry.task is not None]
    assert tasks
    new = {file.path for file in covered.files}
    for task in tasks:
        assert {test.split("::")[0] for test in task.tests} <= new
        assert few.grader.grade(task, task.fix).solved
        assert not few.grader.grade(task, Patch()).solved
        cheat = Patch(files=dict.fromkeys(new, "def test_it(): pass\n"))
        assert not few.grader.grade(task, cheat).solved


def test_covering_is_a_task_that_no_cheat_solves(few: Adopted, covered: Covered) -> None:
    tasks = [entry.task for entry in cover_tasks(few, covered) if entry.task is not None]
    task = tasks[0]
    assert few.grader.grade(task, task.fix).measures["mutants noticed"] == 1.0
    text = few.read(task.place.path) or ""
    for cheat in GOAL_CHEATS["cover"]:
        verdict = few.grader.grade(task, cheat.patch(task, text))
        assert not verdict.solved, cheat.name


def test_an_agent_sees_how_its_own_tests_do(few: Adopted, covered: Covered) -> None:
    (task, *_) = [entry.task for entry in cover_tasks(few, covered) if entry.task is not None]
    arena = Arena(few.tree, few.grader, few.store, 3)
    edit = Action(
        tool="edit",
        arguments={"path": "tests/test_mine.py", "old": "", "new": "def test_x():\n    assert 0\n"},
    )
    run, submit = Action(tool="run_tests", arguments={}), Action(tool="submit", arguments={})
    policy = Scripted([[edit], [run], [submit]])
    played, verdict = arena.play(task, policy, 0)
    assert "FAILED tests/test_mine.py::test_x" in played.turns[1].observations[0].text
    assert not verdict.solved and "tests/test_mine.py::test_x" in verdict.lacks[0]


def test_functions_with_most_missed_lines_come_first(few: Adopted) -> None:
    pieces = too_little_tested(few, workshop(few, ()))
    names = [piece.name for piece in pieces]
    assert "Stock.take" in names and "Stock.__init__" not in names


def test_files_are_written_where_they_are_wanted(
    few: Adopted, covered: Covered, tmp_path: Path
) -> None:
    places = save(few, covered, tmp_path)
    assert [place.relative_to(tmp_path).as_posix() for place in places] == [
        file.path for file in covered.files
    ]
    places[0].write_text("# mine\n")
    with pytest.raises(UserError, match="is there already"):
        save(few, covered, tmp_path)
