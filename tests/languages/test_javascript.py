"""A JavaScript repository goes the same way as a Python one, to verdicts by the same rules."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from journeyman.agent.policy.scripted import Scripted
from journeyman.errors import IsolationError, UserError
from journeyman.pipeline.adopt import adopt
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.examine import parts, practise
from journeyman.pipeline.make_tasks import ask_history, split_tasks
from journeyman.pipeline.prove_cheats import play_cheats
from journeyman.records import Action, Patch, Task
from journeyman.rollout.attempt import Arena
from journeyman.settings import EnvironmentSettings, SandboxSettings, Settings
from journeyman.tasks.history.candidate import survey
from journeyman.workspace import Workspace

PASSING = {
    "test/basket.test.js > Basket > adds",
    "test/basket.test.js > Basket > takes a discount",
    "test/basket.test.js > Basket > refuses nothing",
    "test/basket.test.js > Basket > is full",
    "test/basket.test.js > Basket > names",
    "test/words.test.mjs > slug > dashes",
    "test/words.test.mjs > slug > dashes #2",
    "test/words.test.mjs > slug",
    "test/words.test.mjs > shorten",
    "test/words.test.mjs > spoken",
}


def test_every_test_is_known_by_its_file_and_titles(javascript: Adopted) -> None:
    baseline = javascript.baseline
    assert set(baseline.passing) == PASSING
    assert set(baseline.failing) == {"test/words.test.mjs > always fails"}
    assert set(baseline.skipped) == {"test/basket.test.js > Basket > is skipped"}
    assert "on purpose" in next(iter(baseline.failing.values()))


def test_lines_are_known_by_the_tests_that_go_through_them(javascript: Adopted) -> None:
    text = javascript.tree.read("lib/basket.js").splitlines()
    throw = next(n for n, line in enumerate(text, start=1) if "throw" in line)
    floor = next(n for n, line in enumerate(text, start=1) if "Math.floor" in line)
    coverage = javascript.coverage
    assert coverage.tests_of("lib/basket.js", throw, throw) == {
        "test/basket.test.js > Basket > refuses nothing"
    }
    assert coverage.tests_of("lib/basket.js", floor, floor) == {
        "test/basket.test.js > Basket > takes a discount"
    }


def test_tasks_are_proven_and_the_reference_solves_them(
    javascript: Adopted, javascript_tasks: Sequence[Task]
) -> None:
    assert len(javascript_tasks) == 12
    assert {task.language for task in javascript_tasks} == {"javascript"}
    for task in javascript_tasks[:4]:
        assert task.fail_to_pass and set(task.tests) <= PASSING
        assert not javascript.grader.grade(task, Patch()).solved
        assert javascript.grader.grade(task, task.fix).solved
        assert task.fix.over(task.broken).files[task.place.path] == javascript.read(task.place.path)


def test_a_statement_says_what_failed_and_where(javascript_tasks: Sequence[Task]) -> None:
    said = [task.statement for task in javascript_tasks]
    assert all("test/" in one for one in said)
    assert any("raised at lib/" in one or "raised at test/" in one for one in said)


def test_changes_to_tests_and_settings_never_reach_the_grader(
    javascript: Adopted, javascript_tasks: Sequence[Task]
) -> None:
    task = javascript_tasks[0]
    patch = Patch(
        files={
            "test/basket.test.js": "",
            "test/words.test.mjs": None,
            "package.json": "{}",
            "node_modules/x/index.js": "",
        }
    )
    verdict = javascript.grader.grade(task, patch)
    assert set(verdict.dropped) == set(patch.files) and not verdict.solved


def test_a_file_that_does_not_load_fails_all_its_tests(
    javascript: Adopted, javascript_tasks: Sequence[Task]
) -> None:
    broken = Patch(files={"lib/basket.js": "this is no code"})
    report = javascript.suite.run(broken, ["test/basket.test.js > Basket > adds"])
    assert report.ending == "finished" and not report.good("test/basket.test.js > Basket > adds")
    (error,) = report.results
    assert error.id == "test/basket.test.js" and error.outcome == "error"


def test_code_that_loops_for_ever_ends_at_the_limit(javascript: Adopted) -> None:
    loop = javascript.tree.read("lib/words.mjs").replace("const kept = [];", "for (;;) {}")
    quick = replace(javascript.how, start_cpu_s=2)  # type: ignore[type-var]
    suite = javascript.language.suite(javascript.pool, quick, None, javascript.baseline.passing)
    report = suite.run(Patch(files={"lib/words.mjs": loop}), ["test/words.test.mjs > slug"])
    assert report.ending == "cpu"


def test_no_cheat_scores(javascript: Adopted, javascript_tasks: Sequence[Task]) -> None:
    rows = play_cheats(javascript, javascript_tasks[:3])
    assert len(rows) == len(javascript.language.cheats) >= 15
    assert {row.cheat: row.scored for row in rows} == {row.cheat: 0 for row in rows}


def test_real_fixes_are_asked_of_python_only_so_far(javascript: Adopted) -> None:
    assert ask_history(javascript) == []
    walked = survey(javascript.checkout.git, javascript.adoption.head, commits=50)
    reasons = [one.why for one in walked.candidates if one.kind == "fix"]
    assert reasons and all("javascript" in why for why in reasons)


def test_a_policy_plays_with_the_same_tools(
    javascript: Adopted, javascript_tasks: Sequence[Task]
) -> None:
    task = next(task for task in javascript_tasks if task.hidden and task.visible)
    path = task.place.path
    edit = {"path": path, "old": task.broken.files[path], "new": task.fix.files[path], "line": 1}
    script = Scripted(
        [
            [Action(tool="run_tests", arguments={"trace": True})],
            [Action(tool="edit", arguments=edit), Action(tool="run_tests")],
            [Action(tool="submit")],
        ]
    )
    place = Arena(javascript.tree, javascript.grader, javascript.store, 3)
    played, verdict = place.play(task, script, 1)
    assert verdict.solved and played.test_runs == 1
    report = played.turns[0].observations[0].report
    assert report is not None and report.coverage is not None
    assert set(report.coverage.tests) <= set(task.visible)
    assert f"{len(task.visible)} of {len(task.visible)}" in played.turns[1].observations[1].text


def test_tasks_are_split_and_the_apprentice_says_that_it_knows_python_only(
    javascript: Adopted, javascript_tasks: Sequence[Task]
) -> None:
    division = split_tasks(javascript, javascript_tasks)
    assert division.practice
    with pytest.raises(UserError, match="Python only"):
        practise(javascript, parts(javascript_tasks, division))


def test_it_is_not_run_without_isolation(node: str, shop: Path, tmp_path: Path) -> None:
    settings = Settings(
        environment=EnvironmentSettings(python=sys.executable),
        sandbox=SandboxSettings(isolation="none"),
    )
    with pytest.raises(IsolationError, match="sandbox only"):
        adopt(str(shop), Workspace(tmp_path / "workspace"), settings)
