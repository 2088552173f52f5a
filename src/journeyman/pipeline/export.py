"""Tasks and attempts out to other tools' forms, whole or not at all, with what was lost said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, get_args

from journeyman.errors import UserError
from journeyman.interchange import harbor, rows, swebench, task_repo, verifiers
from journeyman.interchange.diffs import git_diff
from journeyman.interchange.folders import (
    InterchangeError,
    json_lines,
    whole,
    whole_file,
    write_files,
)
from journeyman.interchange.losses import Loss
from journeyman.interchange.predictions import (
    Judged,
    Prediction,
    file_safe,
    report,
    report_path,
    summary,
)
from journeyman.interchange.recipe import Recipe, recipe_of
from journeyman.interchange.starts import Starts, write_starts
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.reverify import stored_tasks
from journeyman.pipeline.standing import standing
from journeyman.records import Task, Trajectory, Verdict

Form = Literal["swe-bench", "harbor", "verifiers", "jsonl", "parquet"]
FORMS: tuple[Form, ...] = get_args(Form)

_PYTEST: tuple[Form, ...] = ("swe-bench", "harbor")

ROWS = "test.jsonl"
STARTS = "repository.git"


def export_tasks(adopted: Adopted, tasks: Sequence[Task], form: Form, out: Path) -> list[Loss]:
    """Write tasks in a form, whole or not at all, and return what the form does not carry.

    Args:
        out: A file for ``jsonl`` and ``parquet``, a folder for the others.

    Raises:
        UserError: There are no tasks, `out` is taken, or the disk is full.
    """
    if not tasks:
        raise UserError("there are no tasks to export", "Make some: journeyman prove.")
    _refuse_other_runners(tasks, form)
    tasks = sorted(tasks, key=lambda task: task.id)
    if form in ("jsonl", "parquet"):
        made = [rows.row_of(task, standing(adopted, task).read) for task in tasks]
        with whole_file(out) as work:
            if form == "jsonl":
                work.write_text(json_lines(made), "ascii")
            else:
                rows.write_parquet(made, work)
        return []
    with whole(out) as work:
        return _WRITERS[form](adopted, tasks, work)


def export_predictions(adopted: Adopted, out: Path) -> tuple[int, list[Loss]]:
    """Write stored attempts as predictions and their verdicts as reports, a file a model.

    Returns:
        How many predictions there are, and what they do not carry.

    Raises:
        UserError: Nothing was attempted yet, or `out` is taken.
    """
    found, twice = _attempts(adopted)
    if not found:
        raise UserError("there are no attempts to export", "Make some: journeyman exam.")
    with whole(out) as work:
        write_reports(found, work, "journeyman")
        for model, own in _by_model(found).items():
            lines = [one.prediction.model_dump() for _, one in own]
            write_files(work, {f"predictions/{file_safe(model)}.jsonl": json_lines(lines)})
    why = "a prediction is the final patch alone"
    losses = [Loss(what="turns, thoughts and rewards", why=why, scope="round trip")]
    if twice:
        why = "the harness keeps one prediction an instance and model"
        losses.append(Loss(what=f"{twice} attempts under other budgets", why=why))
    return len(found), losses


def write_reports(judged: Sequence[tuple[Task, Judged]], folder: Path, run: str) -> None:
    """Write the harness's reports: one for each instance, and one for each model's run."""
    for model, own in _by_model(judged).items():
        files = {
            report_path(run, one.prediction): _json(report(one, task))
            for task, one in own
            if one.state == "judged"
        }
        ids = [one.prediction.instance_id for _, one in own]
        files[f"{file_safe(model)}.{run}.json"] = _json(summary([one for _, one in own], ids))
        write_files(folder, files)


def recipe(adopted: Adopted, task: Task) -> Recipe:
    """Return what other tools have to know of the environment that a task is judged in."""
    where = standing(adopted, task)
    return recipe_of(
        where.plan, where.environment, adopted.checkout.version, _date(adopted, where.commit)
    )


def starts(adopted: Adopted, tasks: Iterable[Task], target: Path) -> Starts:
    """Write the trees that tasks start from as commits of a bare repository at `target`."""
    tasks = list(tasks)
    broken = {swebench.instance_id(task): task.broken for task in tasks}
    base = adopted.tree.commit
    others = {
        swebench.instance_id(task): (task.base, _date(adopted, task.base))
        for task in tasks
        if task.base != base
    }
    when = _date(adopted, base)
    return write_starts(adopted.checkout.git, base, when, broken, target, others)


def _date(adopted: Adopted, commit: str) -> int:
    return next(adopted.checkout.git.log(commit, 1)).date


def _refuse_other_runners(tasks: Sequence[Task], form: Form) -> None:
    """Refuse tasks whose tests the form's scripts, which run pytest, cannot run."""
    others = sorted({task.language for task in tasks} - {"python"})
    if others and form in _PYTEST:
        raise InterchangeError(
            f"the format {form} is written for pytest, and there are tasks in {', '.join(others)}",
            "Use verifiers, jsonl or parquet, which leave the judging to Journeyman.",
        )


def _write_swebench(adopted: Adopted, tasks: Sequence[Task], work: Path) -> list[Loss]:
    made = starts(adopted, tasks, work / STARTS)
    lines: list[dict[str, Any]] = []
    for task in tasks:
        name = swebench.instance_id(task)
        how = recipe(adopted, task)
        row = swebench.row_of(task, made.commits[name], how, standing(adopted, task).read)
        write_files(work / "tasks" / name, task_repo.task_files(row, how))
        made.bundle(name, work / "tasks" / name / "start.bundle")
        lines.append(row)
    write_files(work, {ROWS: json_lines(lines), **task_repo.index_files()})
    return swebench.losses(tasks)


def _write_harbor(adopted: Adopted, tasks: Sequence[Task], work: Path) -> list[Loss]:
    with _temporary_starts(adopted, tasks, work) as made:
        for task in tasks:
            name = swebench.instance_id(task)
            how, read = recipe(adopted, task), standing(adopted, task).read
            files = harbor.files_of(task, made.commits[name], how, read)
            write_files(work / name, files)
            made.bundle(name, work / name / "environment" / "start.bundle")
    return harbor.losses()


def _write_verifiers(adopted: Adopted, tasks: Sequence[Task], work: Path) -> list[Loss]:
    place, project = adopted.project.root.parent, adopted.project.name
    package = work / verifiers.package_name(tasks[0].repository)
    lines = [rows.row_of(task, standing(adopted, task).read) for task in tasks]
    write_files(work, verifiers.files_of(tasks, place, project))
    write_files(package, {verifiers.TASKS: json_lines(lines)})
    with _temporary_starts(adopted, tasks, work) as made:
        for name in made.commits:
            made.bundle(name, package / verifiers.STARTS / f"{name}.bundle")
    return verifiers.losses()


_WRITERS: dict[str, Callable[[Adopted, Sequence[Task], Path], list[Loss]]] = {
    "swe-bench": _write_swebench,
    "harbor": _write_harbor,
    "verifiers": _write_verifiers,
}


@contextmanager
def _temporary_starts(adopted: Adopted, tasks: Sequence[Task], work: Path) -> Iterator[Starts]:
    """Give the starting trees for as long as bundles are made of them."""
    folder = work / ".starts.git"
    yield starts(adopted, tasks, folder)
    shutil.rmtree(folder)


def _attempts(adopted: Adopted) -> tuple[list[tuple[Task, Judged]], int]:
    """Return stored attempts as judged predictions, and how many more there are of the same."""
    tasks = stored_tasks(adopted)
    found: dict[tuple[str, str], tuple[Task, Judged]] = {}
    stored = 0
    for key, attempt in adopted.store.records("attempt", Trajectory):
        verdict = adopted.store.get_record("verdict", key, Verdict)
        task = tasks.get(attempt.task)
        if task is None or verdict is None:
            continue
        stored += 1
        broken = swebench.starting(task, standing(adopted, task).read)
        prediction = Prediction(
            instance_id=swebench.instance_id(task),
            model_name_or_path=f"{attempt.policy}/seed-{attempt.seed}",
            model_patch=git_diff(attempt.patch, broken),
        )
        state: Literal["judged", "empty"] = "judged" if prediction.model_patch else "empty"
        judged = Judged(prediction=prediction, state=state, verdict=verdict)
        found[prediction.model_name_or_path, prediction.instance_id] = (task, judged)
    return [found[name] for name in sorted(found)], stored - len(found)


def _by_model(judged: Iterable[tuple[Task, Judged]]) -> dict[str, list[tuple[Task, Judged]]]:
    found: dict[str, list[tuple[Task, Judged]]] = {}
    for task, one in judged:
        found.setdefault(one.prediction.model_name_or_path, []).append((task, one))
    return found


def _json(value: Any) -> str:
    return json.dumps(value, indent=4) + "\n"
