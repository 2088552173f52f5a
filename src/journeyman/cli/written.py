"""`journeyman write` and `journeyman cover`: tasks and tests made from the code that is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from journeyman.cli.commands import CHAT, KNOWN, app
from journeyman.cli.options import Options, takes
from journeyman.cli.progress import Terminal

if TYPE_CHECKING:
    from journeyman.agent.policy.asking import Asker
    from journeyman.pipeline.adopted import Adopted
    from journeyman.records.tried import Tried


@app.command()
@takes(*KNOWN, "workers", *CHAT)
def write(
    kind: Annotated[
        str,
        typer.Argument(
            help="rebuild, from-docs, test, refactor, speed, document; with a chat endpoint also "
            "rewrite (bugs by the model) and issue (statements by the model)."
        ),
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

    asker = _asker(options, needed_for=kind if kind in ("rewrite", "issue") else "")
    with Terminal() as progress, options.opened(progress) as adopted:
        if asker is not None and kind in ("rewrite", "issue"):
            tried = _modelled(adopted, asker, kind, progress)
        else:
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
@takes(*KNOWN, "workers", *CHAT)
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
    from journeyman.pipeline.cover import Covered, save
    from journeyman.pipeline.cover import cover as run
    from journeyman.pipeline.cover_tasks import carried_tasks, cover_tasks

    if into is not None and not into.is_dir():
        raise SettingsError(f"{into}: there is no such folder", "Name your work tree.")
    asker = _asker(options)
    with Terminal() as progress, options.opened(progress) as adopted:
        covered = run(adopted, progress)
        if asker is not None:
            from journeyman.pipeline.modelled import model_tests

            files, refused = model_tests(adopted, asker, progress)
            more = (*covered.left_out, *refused)
            covered = Covered(files=(*covered.files, *files), tried=covered.tried, left_out=more)
        tried = [*cover_tasks(adopted, covered), *carried_tasks(adopted, covered)] if tasks else []
        places = save(adopted, covered, into)
        progress.finish()
        typer.echo(cover_table(covered))
        for place in places:
            typer.echo(f"written: {place}")
        if tried:
            typer.echo(written_table(tried))


def _asker(options: Options, needed_for: str = "") -> Asker | None:
    """Return the line to the model, where an endpoint was given.

    Raises:
        SettingsError: It is needed, and none was given.
    """
    from journeyman.errors import SettingsError

    chat = options.chat()
    if chat is None:
        if needed_for:
            raise SettingsError(
                f"`write {needed_for}` needs a language model",
                "Name one with --chat-url and --chat-model; the other kinds work without.",
            )
        return None
    from journeyman.agent.policy.asking import Asker

    return Asker(chat.settings)


def _modelled(adopted: Adopted, asker: Asker, kind: str, progress: Terminal) -> list[Tried]:
    from journeyman.pipeline.modelled import issue_tasks, rewrite_tasks
    from journeyman.pipeline.written import known_repairs

    if kind == "rewrite":
        return rewrite_tasks(adopted, asker, progress)
    known = [task for task in known_repairs(adopted) if task.source == "breakage"]
    return issue_tasks(adopted, asker, known[: adopted.settings.written.count], progress)
