"""`journeyman write` and `journeyman cover`: tasks and tests made from the code that is there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from journeyman.cli.commands import KNOWN, app
from journeyman.cli.options import Options, takes
from journeyman.cli.progress import Terminal


@app.command()
@takes(*KNOWN, "workers")
def write(
    kind: Annotated[
        str, typer.Argument(help="rebuild, from-docs, test, refactor, speed, document.")
    ],
    options: Options,
    show: Annotated[int, typer.Option(min=0, help="Proven tasks to print.")] = 0,
    cheats: Annotated[
        bool, typer.Option(help="Also play the known cheats against every task's goal.")
    ] = False,
) -> None:
    """Write tasks of one kind, prove them, and print the ledger; --cheats exits 1 if one scores."""
    from journeyman.cli.summary import cheat_table
    from journeyman.cli.written_words import task_text, written_table
    from journeyman.pipeline.written import play_goal_cheats, write_tasks

    with Terminal() as progress, options.opened(progress) as adopted:
        tried = write_tasks(adopted, kind, progress)
        tasks = [entry.task for entry in tried if entry.task is not None]
        rows = play_goal_cheats(adopted, tasks, progress) if cheats else ()
        progress.finish()
        typer.echo(written_table(tried))
        for task in tasks[:show]:
            typer.echo(task_text(adopted, task))
        if rows:
            typer.echo(cheat_table(rows))
        if any(row.scored for row in rows):
            raise typer.Exit(1)


@app.command()
@takes(*KNOWN, "workers")
def cover(
    options: Options,
    into: Annotated[
        Path | None,
        typer.Option(help="Write the test files below this folder (your work tree), too."),
    ] = None,
    tasks: Annotated[
        bool, typer.Option(help="Also prove the tasks that the new tests make possible.")
    ] = False,
) -> None:
    """Write tests where there are too few: judged by running, and by mutants they notice."""
    from journeyman.cli.written_words import cover_table, written_table
    from journeyman.errors import SettingsError
    from journeyman.pipeline.cover import carried_tasks, cover_tasks, save
    from journeyman.pipeline.cover import cover as run

    if into is not None and not into.is_dir():
        raise SettingsError(f"{into}: there is no such folder", "Name your work tree.")
    with Terminal() as progress, options.opened(progress) as adopted:
        covered = run(adopted, progress)
        tried = [*cover_tasks(adopted, covered), *carried_tasks(adopted, covered)] if tasks else []
        places = save(adopted, covered, into)
        progress.finish()
        typer.echo(cover_table(covered))
        for place in places:
            typer.echo(f"written: {place}")
        if tried:
            typer.echo(written_table(tried))
