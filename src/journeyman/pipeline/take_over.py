"""Tasks and predictions in from other tools' forms; every row that is not taken over says why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from journeyman.engine.local import ordered_map
from journeyman.errors import InfrastructureError, UserError
from journeyman.interchange import harbor, rows, swebench
from journeyman.interchange.folders import InterchangeError, read_rows
from journeyman.interchange.foreign import foreign_task
from journeyman.interchange.losses import Loss, Refusal, Refused
from journeyman.interchange.predictions import Prediction, by_model, prediction_of
from journeyman.interchange.verifiers import TASKS
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.export import ROWS, STARTS, Form
from journeyman.pipeline.standing import judged
from journeyman.progress import Progress, Silent, stage
from journeyman.records import Patch, Task
from journeyman.records.tried import Tried
from journeyman.repository.git import Git

Item = TypeVar("Item")


@dataclass
class Imported:
    """What an import came to; nothing of it is proven or stored yet."""

    tasks: list[Task] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)


def read_tasks(adopted: Adopted, form: Form, path: Path) -> Imported:
    """Read tasks in a form.

    Raises:
        InterchangeError: The file or folder as a whole is not of that form.
    """
    imported = Imported()
    if form == "harbor":
        _collect(imported, _harbor_folders(path), lambda folder: folder.name, harbor.task_of)
    elif form == "swe-bench":
        _collect_swebench(imported, adopted, path)
    else:
        read = rows.read_parquet(path) if form == "parquet" else read_rows(_rows_file(path, form))
        _collect(imported, read, _name, rows.task_of)
    return imported


def prove_imported(
    adopted: Adopted, imported: Imported, progress: Progress | None = None
) -> list[Task]:
    """Prove tasks in our own sandbox, remembering nothing; store and return those that hold.

    A task holds if in every run the empty patch leaves it unsolved and its fix solves it. The
    others join `imported.refused` with the reason.
    """
    progress = progress or Silent()

    def try_one(task: Task) -> str:
        try:
            # Others' results are not believed, and neither are our own from before.
            with judged(adopted, task, remember=False) as grader:
                why = _why_not(adopted, grader.grade, task)
        except UserError as error:
            why = error.message
        progress.advance()
        return why

    held = []
    with stage(progress, "prove what was imported", len(imported.tasks)):
        found = ordered_map(try_one, imported.tasks, adopted.workers)
        for task, why in zip(imported.tasks, found, strict=True):
            if why:
                imported.refused.append(Refusal(name=swebench.known_as(task)[-1], why=why))
            else:
                adopted.store.put_record("tried", f"imported-{task.id}", _entry(task))
                held.append(task)
    return held


def read_predictions(path: Path) -> tuple[list[Prediction], list[Refusal]]:
    """Return the predictions of a ``.json`` or ``.jsonl`` file, and the rows that are none.

    Raises:
        InterchangeError: The file cannot be read, or a model has two for one instance.
    """
    found: list[Prediction] = []
    refused: list[Refusal] = []
    for number, row in enumerate(read_rows(path), start=1):
        try:
            found.append(prediction_of(row))
        except Refused as no:
            refused.append(Refusal(name=_name(row) or f"row {number}", why=no.why))
    try:
        by_model(found)
    except Refused as no:
        raise InterchangeError(f"{path}: {no.why}", "Keep one prediction an instance.") from None
    return found, refused


def _collect(
    imported: Imported,
    items: Iterable[Item],
    name: Callable[[Item], str],
    read: Callable[[Item], Task],
) -> None:
    seen = {task.id for task in imported.tasks}
    for number, item in enumerate(items, start=1):
        try:
            task = read(item)
            if task.id in seen:
                raise Refused("it is there twice")
        except Refused as no:
            imported.refused.append(Refusal(name=name(item) or f"row {number}", why=no.why))
            continue
        seen.add(task.id)
        imported.tasks.append(task)


def _collect_swebench(imported: Imported, adopted: Adopted, path: Path) -> None:
    """Read rows of ours and of others; commits may also lie in a repository beside the rows."""
    file = path / ROWS if path.is_dir() else path
    found = rows.read_parquet(file) if file.suffix == ".parquet" else read_rows(file)
    beside = file.with_name(STARTS)
    repositories = [adopted.checkout.git, *([Git(beside)] if beside.is_dir() else [])]

    def read(row: Mapping[str, Any]) -> Task:
        own = swebench.task_of(row)
        if own is not None:
            return own
        task, lost = foreign_task(row, adopted.tree.commit, repositories, adopted.read)
        if lost:
            why = "a patch holds UTF-8 texts alone, no modes"
            what = "; ".join(lost[:5])
            imported.losses.append(Loss(what=what, why=why, scope="round trip", of=(_name(row),)))
        return task

    _collect(imported, found, _name, read)


def _why_not(adopted: Adopted, grade: Callable[[Task, Patch], Any], task: Task) -> str:
    """Return why a task does not hold here, or nothing."""
    try:
        for _ in range(adopted.settings.tasks.runs):
            if grade(task, Patch()).solved:
                return "the empty patch solves it"
            verdict = grade(task, task.fix)
            if not verdict.solved:
                bad = (*verdict.missing, *verdict.failed)
                some = f": {bad[0]}" if bad else "".join(f": {f.detail}" for f in verdict.flags[:1])
                return f"its fix does not solve it in this environment{some}"
    except InfrastructureError as error:
        return f"the sandbox failed: {error.message}"
    return ""


def _entry(task: Task) -> Tried:
    return Tried(
        source=task.source,
        family=task.family,
        language=task.language,
        quiet=task.quiet,
        name=task.id,
        outcome="valid",
        why="imported",
        task=task,
    )


def _harbor_folders(path: Path) -> list[Path]:
    """Return the task folders below `path`, or `path` itself if it is one."""
    if (path / "task.toml").is_file():
        return [path]
    found = sorted(path.glob("*/task.toml"))
    if not found:
        raise InterchangeError(
            f"{path} holds no Harbor tasks", "Name a folder of folders with a task.toml in each."
        )
    return [file.parent for file in found]


def _rows_file(path: Path, form: Form) -> Path:
    if form != "verifiers" or path.is_file():
        return path
    found = sorted(path.glob(f"*/{TASKS}"))
    if len(found) != 1:
        raise InterchangeError(
            f"{path} is no taskset that Journeyman wrote", f"It should hold one */{TASKS}."
        )
    return found[0]


def _name(row: Mapping[str, Any]) -> str:
    name = row.get("instance_id") or row.get("id")
    return name if isinstance(name, str) else ""
