"""Export tasks and attempts for other tools, and import theirs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from journeyman.cli.options import Options, takes
from journeyman.cli.progress import Terminal

if TYPE_CHECKING:
    from journeyman.interchange.losses import Refusal
    from journeyman.pipeline.adopted import Adopted
    from journeyman.progress import Progress
    from journeyman.records import Task


class Format(StrEnum):
    """What is read and written."""

    swe_bench = "swe-bench"
    harbor = "harbor"
    verifiers = "verifiers"
    jsonl = "jsonl"
    parquet = "parquet"
    predictions = "predictions"


class Part(StrEnum):
    """Which tasks: a side of the split, or everything that the workspace holds."""

    all = "all"
    practice = "practice"
    validation = "validation"
    held_out = "held-out"
    history = "history"


_SHOWN = 10
_PROVEN = ("workspace", "project", "config", "assignments", "workers", "tasks")

interchange = typer.Typer()


@interchange.command("export")
@takes(*_PROVEN)
def export(
    out: Annotated[Path, typer.Argument(help="File (jsonl, parquet) or folder to write.")],
    options: Options,
    form: Annotated[Format, typer.Option("--format", "-f", help="For which tool.")],
    part: Annotated[Part, typer.Option(help="Which tasks.")] = Part.all,
) -> None:
    """Write the proven tasks, or the attempts, for other tools; say what the form cannot carry."""
    from journeyman.interchange.folders import refuse_taken
    from journeyman.interchange.losses import in_words
    from journeyman.pipeline.export import FORMS, export_predictions, export_tasks

    refuse_taken(out, file=form in (Format.jsonl, Format.parquet))
    with Terminal() as progress, options.opened(progress) as adopted:
        if form is Format.predictions:
            count, losses = export_predictions(adopted, out)
            what = "predictions"
        else:
            tasks = _chosen(adopted, part, progress)
            name = next(name for name in FORMS if name == form.value)
            losses = export_tasks(adopted, tasks, name, out)
            count, what = len(tasks), "tasks"
        progress.finish()
    typer.echo(f"{count} {what} written to {out}")
    for line in in_words(losses, count):
        typer.echo(f"not carried, {line}")


@interchange.command("import")
@takes("workspace", "project", "config", "assignments", "workers")
def import_(
    form: Annotated[Format, typer.Argument(help="What the file or folder is.")],
    path: Annotated[Path, typer.Argument(help="File or folder to read.")],
    options: Options,
    report: Annotated[
        Path | None,
        typer.Option(help="New folder for SWE-bench reports of judged predictions."),
    ] = None,
) -> None:
    """Prove tasks of other tools here, or judge predictions; exit 1 if a row is refused."""
    from journeyman.errors import SettingsError

    if form is Format.predictions:
        refused = _judge(path, options, report)
    elif report is not None:
        raise SettingsError("--report belongs to predictions", "Leave it out.")
    else:
        refused = _take_over(form, path, options)
    for one in refused[:_SHOWN]:
        typer.echo(f"refused {one.name}: {one.why}")
    if len(refused) > _SHOWN:
        typer.echo(f"and {len(refused) - _SHOWN} more refused")
    if refused:
        raise typer.Exit(1)


def _take_over(form: Format, path: Path, options: Options) -> list[Refusal]:
    from journeyman.interchange.losses import in_words
    from journeyman.pipeline.export import FORMS
    from journeyman.pipeline.take_over import prove_imported, read_tasks

    name = next(name for name in FORMS if name == form.value)
    with Terminal() as progress, options.opened(progress) as adopted:
        imported = read_tasks(adopted, name, path)
        read = len(imported.tasks) + len(imported.refused)
        held = prove_imported(adopted, imported, progress)
        progress.finish()
    typer.echo(f"{len(held)} of {read} tasks proven here and kept")
    for line in in_words(imported.losses, read):
        typer.echo(f"not taken over, {line}")
    return imported.refused


def _judge(path: Path, options: Options, report: Path | None) -> list[Refusal]:
    from journeyman.interchange.folders import refuse_taken, whole
    from journeyman.pipeline.export import write_reports
    from journeyman.pipeline.judge import judge_all
    from journeyman.pipeline.reverify import stored_tasks
    from journeyman.pipeline.take_over import read_predictions

    predictions, refused = read_predictions(path)
    if report is not None:
        refuse_taken(report)
    with Terminal() as progress, options.opened(progress) as adopted:
        judged = judge_all(adopted, predictions, stored_tasks(adopted).values(), progress)
        progress.finish()
    if report is not None:
        with whole(report) as work:
            write_reports(judged, work, "journeyman")
    for state in ("judged", "empty", "does not apply", "fault"):
        own = [one for _, one in judged if one.state == state]
        solved = f", {sum(one.resolved for one in own)} resolved" if state == "judged" else ""
        typer.echo(f"{state:15} {len(own):5}{solved}")
    flagged = [one for _, one in judged if one.verdict is not None and one.verdict.flags]
    for one in flagged[:_SHOWN]:
        flags = one.verdict.flags if one.verdict is not None else ()
        typer.echo(f"flagged {one.prediction.instance_id}: {flags[0].check}: {flags[0].detail}")
    return refused


def _chosen(adopted: Adopted, part: Part, progress: Progress) -> list[Task]:
    from journeyman.cli.stages import made_parts
    from journeyman.pipeline.reverify import stored_tasks

    parts, _ = made_parts(adopted, progress)
    if part is Part.all:
        return list(stored_tasks(adopted).values())
    return list(getattr(parts, part.value.replace("-", "_")))
