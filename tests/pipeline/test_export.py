"""Real tasks out and in again: in every form, through other tools' scripts, and judged by ours."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from journeyman.agent.policy.scripted import Scripted
from journeyman.errors import UserError
from journeyman.interchange.diffs import git_diff
from journeyman.interchange.folders import InterchangeError, json_lines, read_rows
from journeyman.interchange.predictions import Prediction
from journeyman.interchange.swebench import DATASET, START, instance_id, starting
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.export import FORMS, Form, export_predictions, export_tasks
from journeyman.pipeline.judge import Judge, judge_all
from journeyman.pipeline.make_tasks import ask_history
from journeyman.pipeline.reverify import stored_tasks
from journeyman.pipeline.take_over import Imported, prove_imported, read_predictions, read_tasks
from journeyman.records import Action, Patch, Task
from journeyman.repository.launcher import Command, IsolatedLauncher
from journeyman.rollout.attempt import Arena


@pytest.fixture(scope="module")
def some(adopted: Adopted, made_tasks: Sequence[Task]) -> list[Task]:
    """A few planted bugs and a real fix."""
    asked = [one.task for one in ask_history(adopted) if one.task is not None]
    return sorted([*made_tasks[:3], asked[0]], key=lambda task: task.id)


@pytest.fixture(scope="module")
def rows_folder(
    adopted: Adopted, some: Sequence[Task], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    out = tmp_path_factory.mktemp("export") / "swe-bench"
    export_tasks(adopted, some, "swe-bench", out)
    return out


def diff_of(adopted: Adopted, task: Task, files: Mapping[str, str | None]) -> str:
    return git_diff(Patch(files=dict(files)), starting(task, adopted.read))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_brings_the_same_tasks_back(
    adopted: Adopted, some: Sequence[Task], form: Form, tmp_path: Path
) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow", reason="needs the extra `export`")
    losses = export_tasks(adopted, some, form, tmp_path / "out")
    imported = read_tasks(adopted, form, tmp_path / "out")
    assert imported.tasks == list(some)
    assert imported.refused == []
    assert not any(loss.scope == "round trip" for loss in losses)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_imported_tasks_are_proven_and_kept(
    adopted: Adopted, some: Sequence[Task], tmp_path: Path
) -> None:
    export_tasks(adopted, some[:2], "jsonl", tmp_path / "out.jsonl")
    imported = read_tasks(adopted, "jsonl", tmp_path / "out.jsonl")
    assert prove_imported(adopted, imported) == list(some[:2])
    assert imported.refused == []
    assert f"imported-{some[0].id}" in adopted.store.keys("tried")


def test_a_task_that_does_not_hold_here_is_refused(adopted: Adopted, some: Sequence[Task]) -> None:
    task = some[0]
    without_bug = task.model_copy(update={"broken": task.fix.over(task.broken)})
    without_fix = task.model_copy(update={"fix": task.broken})
    elsewhere = task.model_copy(update={"base": "0" * 40})
    made = [Task(**one.model_dump()) for one in (without_bug, without_fix, elsewhere)]
    imported = Imported(tasks=made)
    before = adopted.store.keys("tried")
    assert prove_imported(adopted, imported) == []
    assert [one.why.partition(":")[0] for one in imported.refused] == [
        "the empty patch solves it",
        "its fix does not solve it in this environment",
        f"{task.repository}-{made[2].id} was made on commit 000000000000; "
        f"{adopted.project.name} is open at {adopted.tree.commit[:12]}",
    ]
    assert adopted.store.keys("tried") == before


def test_rows_without_our_columns_become_tasks_that_hold(
    adopted: Adopted, some: Sequence[Task], rows_folder: Path, tmp_path: Path
) -> None:
    rows = [{c: row[c] for c in DATASET} for row in read_rows(rows_folder / "test.jsonl")]
    (tmp_path / "foreign.jsonl").write_text(json_lines(rows))
    alone = read_tasks(adopted, "swe-bench", tmp_path / "foreign.jsonl")
    assert [one.why for one in alone.refused] == [
        f"base_commit {row['base_commit'][:12]} is not in this repository" for row in rows
    ]
    (tmp_path / "repository.git").symlink_to(rows_folder / "repository.git")
    imported = read_tasks(adopted, "swe-bench", tmp_path / "foreign.jsonl")
    assert imported.refused == []
    for task, was in zip(imported.tasks, some, strict=True):
        assert task.base == adopted.tree.commit
        if was.base == task.base:
            assert (task.broken, task.fix) == (was.broken, was.fix)
        assert (task.fail_to_pass, task.pass_to_pass) == (was.fail_to_pass, was.pass_to_pass)
        assert (task.source, task.place.path) == ("history", was.place.path)
        assert task.labels == (f"swe-bench {instance_id(was)}",)
    assert prove_imported(adopted, imported) == imported.tasks
    gold = [
        Prediction(
            instance_id=row["instance_id"], model_name_or_path="gold", model_patch=row["patch"]
        )
        for row in rows
    ]
    spoilt = [task.model_copy(update={"fix": task.broken}) for task in imported.tasks[:1]]
    not_so = Imported(tasks=[Task(**one.model_dump()) for one in spoilt])
    assert prove_imported(adopted, not_so) == []
    assert [one.name for one in not_so.refused] == [rows[0]["instance_id"]]
    judged = judge_all(adopted, gold, imported.tasks)
    assert all(one.resolved for _, one in judged), "predictions call them by their rows' names"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"base_commit": "main; rm -rf /"}, "not a commit's id"),
        ({"FAIL_TO_PASS": "[]"}, "names no test"),
        ({"FAIL_TO_PASS": "[1]"}, "not a list of tests"),
        ({"PASS_TO_PASS": "tests/test_a.py"}, "not a JSON list"),
        ({"patch": "hello"}, "patch: the diff does not apply"),
        ({"patch": ""}, "changes nothing"),
        ({"test_patch": "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"}, "test_patch: the diff"),
        ({"problem_statement": None}, "columns are missing: problem_statement"),
        ({"repo": 3}, "repo is not text"),
        ({"instance_id": "../../out"}, "cannot name a folder"),
    ],
)
def test_a_foreign_row_that_cannot_be_taken_over_says_why(
    adopted: Adopted, rows_folder: Path, change: dict[str, object], why: str, tmp_path: Path
) -> None:
    row = {c: v for c, v in read_rows(rows_folder / "test.jsonl")[0].items() if c in DATASET}
    (tmp_path / "x.jsonl").write_text(json_lines([{**row, **change}]))
    (tmp_path / "repository.git").symlink_to(rows_folder / "repository.git")
    imported = read_tasks(adopted, "swe-bench", tmp_path / "x.jsonl")
    assert imported.tasks == []
    (refused,) = imported.refused
    assert refused.name == change.get("instance_id", row["instance_id"])
    assert why in refused.why


def test_predictions_are_judged_as_their_patches_are(
    adopted: Adopted, some: Sequence[Task]
) -> None:
    task = some[0]
    path = task.place.path
    before = starting(task, adopted.read)(path)
    own = {
        "fixed": diff_of(adopted, task, task.fix.files),
        "wrong": diff_of(adopted, task, {path: f"{before}\n# Looked at it.\n"}),
        "crooked": "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
        "empty": "",
    }
    predictions = [
        Prediction(instance_id=instance_id(task), model_name_or_path=name, model_patch=diff)
        for name, diff in own.items()
    ]
    judged = {
        one.prediction.model_name_or_path: one for _, one in judge_all(adopted, predictions, [task])
    }
    assert {name: one.state for name, one in judged.items()} == {
        "fixed": "judged",
        "wrong": "judged",
        "crooked": "does not apply",
        "empty": "empty",
    }
    assert [name for name, one in judged.items() if one.resolved] == ["fixed"]


def test_a_prediction_for_an_unknown_instance_is_refused(
    adopted: Adopted, some: Sequence[Task]
) -> None:
    one = Prediction(instance_id="x-1", model_name_or_path="m", model_patch="")
    with pytest.raises(UserError, match="predictions for x-1"):
        judge_all(adopted, [one], some)
    elsewhere = some[0].model_copy(update={"base": "0" * 40})
    with pytest.raises(UserError, match="was made on commit 000000000000"):
        Judge(adopted).patch(elsewhere, "x")


def test_attempts_go_out_as_predictions_and_come_back_to_the_same_verdicts(
    adopted: Adopted, some: Sequence[Task], tmp_path: Path
) -> None:
    # A real fix is judged on its own commit, not on the tree that the arena plays on.
    planted = [task for task in some if task.source == "breakage"]
    arena = Arena(adopted.tree, adopted.grader, adopted.store, 2)
    for task, good in ((planted[0], True), (planted[1], False)):
        path = task.place.path
        before = str(starting(task, adopted.read)(path))
        new = str(task.fix.files[path]) if good else f"{before}\n# No.\n"
        edit = {"path": path, "old": before, "new": new}
        moves = [[Action(tool="edit", arguments=edit)], [Action(tool="submit")]]
        arena.play(task, Scripted(moves), 7)
    count, losses = export_predictions(adopted, tmp_path / "out")
    assert count >= 2 and losses[0].scope == "round trip"
    own: list[Prediction] = []
    for file in (tmp_path / "out" / "predictions").glob("*seed-7.jsonl"):
        predictions, refused = read_predictions(file)
        assert refused == []
        own += [one for one in predictions if one.instance_id in map(instance_id, planted[:2])]
    assert len(own) == 2
    judged = judge_all(adopted, own, stored_tasks(adopted).values())
    for task, one in judged:
        (kept,) = (tmp_path / "out").glob(f"logs/run_evaluation/*/*seed-7/{instance_id(task)}/*")
        told = json.loads(kept.read_text())[instance_id(task)]
        assert told["resolved"] == one.resolved == (task == planted[0])


def test_nothing_to_export_is_said(adopted: Adopted, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no tasks to export"):
        export_tasks(adopted, [], "jsonl", tmp_path / "x")


def test_scripts_that_run_pytest_are_not_written_for_other_languages(
    adopted: Adopted, some: Sequence[Task], tmp_path: Path
) -> None:
    other = Task(**{**some[0].model_dump(), "language": "javascript"})
    for form in ("swe-bench", "harbor"):
        with pytest.raises(InterchangeError, match="tasks in javascript"):
            export_tasks(adopted, [some[1], other], form, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    export_tasks(adopted, [other], "verifiers", tmp_path / "out")
    assert read_tasks(adopted, "verifiers", tmp_path / "out").tasks == [other]


@pytest.mark.parametrize("form", FORMS)
def test_a_place_that_holds_no_such_tasks_is_refused(
    adopted: Adopted, form: Form, tmp_path: Path
) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow", reason="needs the extra `export`")
    with pytest.raises(InterchangeError):
        read_tasks(adopted, form, tmp_path)


PASS_ALL = """
import pytest
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    outcome.get_result().outcome = "passed"
"""


class Container:
    """What a container made from an exported Dockerfile shows, under bubblewrap instead."""

    def __init__(self, adopted: Adopted, bundle: Path, branch: str, work: Path) -> None:
        self._environment = adopted.adoption.environment
        self._binds = []
        self.tree = work / "tree"
        clone = ["git", "clone", "--quiet", "--branch", branch, str(bundle), str(self.tree)]
        quiet = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        subprocess.run(clone, check=True, env={**os.environ, **quiet}, stderr=subprocess.DEVNULL)
        self.show(self.tree, "/testbed", writable=True)

    def show(self, host: Path, inside: str, *, writable: bool = False) -> None:
        host.mkdir(exist_ok=True, parents=True)
        self._binds.append((host, inside, writable))

    def run(self, *argv: str) -> str:
        shown = [(host, inside, False) for host, inside in self._environment.binds()]
        own = Path(self._environment.python).parent
        variables = {
            "PATH": f"{own}:/usr/local/bin:/usr/bin:/bin",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
        }
        command = Command(argv, [*shown, *self._binds], env=variables, cwd="/testbed")
        return IsolatedLauncher("bubblewrap").run(command).output


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("solve", "reward"),
    [("solution/solve.sh", "1"), (None, "0"), ("empty tests", "0"), ("conftest", "0")],
)
def test_harbors_own_scripts_reward_the_fix_and_nothing_else(
    adopted: Adopted, some: Sequence[Task], tmp_path: Path, solve: str | None, reward: str
) -> None:
    task = some[0]
    export_tasks(adopted, [task], "harbor", tmp_path / "out")
    folder = tmp_path / "out" / instance_id(task)
    logs = tmp_path / "logs"
    (logs / "artifacts").mkdir(parents=True)
    bundle = folder / "environment" / "start.bundle"
    agents = Container(adopted, bundle, instance_id(task), tmp_path / "agent")
    agents.show(folder / "solution", "/solution")
    agents.show(logs, "/logs", writable=True)
    if solve == "conftest":
        (agents.tree / "conftest.py").write_text(PASS_ALL)
    elif solve == "empty tests":
        for test in {test.split("::")[0] for test in task.tests}:
            (agents.tree / test).write_text("def test_nothing():\n    pass\n")
    elif solve:
        agents.run("bash", "/solution/solve.sh")
    (line,) = [line for line in (folder / "task.toml").read_text().splitlines() if "diff" in line]
    agents.run("bash", "-c", json.loads(line.partition(" = ")[2]))
    verifiers = Container(adopted, bundle, instance_id(task), tmp_path / "verifier")
    verifiers.show(folder / "tests", "/tests")
    verifiers.show(logs, "/logs", writable=True)
    said = verifiers.run("bash", "/tests/test.sh")
    assert (logs / "verifier" / "reward.txt").read_text().strip() == reward, said
    details = json.loads((logs / "verifier" / "details.json").read_text())
    assert details["solved"] == (reward == "1")


@pytest.mark.sandbox
def test_the_harness_reads_our_rows_and_our_logs(
    adopted: Adopted, some: Sequence[Task], rows_folder: Path, tmp_path: Path
) -> None:
    grading = pytest.importorskip("swebench.harness.grading", reason="needs the extra `bench`")
    from swebench.harness.utils import load_swebench_dataset, make_test_spec
    from swebench.task.checks import check_task_repo

    assert check_task_repo(rows_folder) == []
    task = some[0]
    rows = {one["instance_id"]: one for one in load_swebench_dataset(f"{rows_folder}/test.jsonl")}
    spec = make_test_spec(rows[instance_id(task)])
    bundle = rows_folder / "tasks" / instance_id(task) / "start.bundle"
    for name, diff, resolved in (
        ("fix", rows[instance_id(task)]["patch"], True),
        ("not", "", False),
    ):
        box = Container(adopted, bundle, instance_id(task), tmp_path / name)
        if diff:
            subprocess.run(["git", "apply", "-"], cwd=box.tree, input=diff.encode(), check=True)
        log = tmp_path / f"{name}.txt"
        log.write_text(box.run("bash", "-c", spec.eval_script))
        assert START in log.read_text()
        prediction = {"instance_id": instance_id(task), "model_patch": diff}
        report = grading.get_eval_report(spec, prediction, str(log), True)[instance_id(task)]
        assert report["resolved"] is resolved
        assert report["patch_successfully_applied"]
