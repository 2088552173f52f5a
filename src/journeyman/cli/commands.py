"""The commands: `grow` does all stages, each stage is a command of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from journeyman.cli.doctor import doctor
from journeyman.cli.history import history
from journeyman.cli.interchange import interchange
from journeyman.cli.options import Options, takes
from journeyman.cli.progress import Terminal
from journeyman.cli.tasks import tasks
from journeyman.cli.understanding import ask, index, learn, mcp, search
from journeyman.cli.wiki import wiki
from journeyman.errors import SettingsError

app = typer.Typer(
    name="journeyman",
    help="Grow a software engineer out of a repository you own.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(interchange)
app.add_typer(wiki)

SourceArgument = Annotated[
    str,
    typer.Argument(
        help="A local Git repository, a Git URL, pypi:NAME==VERSION or npm:NAME@VERSION."
    ),
]
NEW = ("workspace", "config", "assignments", "workers", "unisolated")
"""What a command takes that begins with a source."""

KNOWN = ("workspace", "project", "config", "assignments")
"""What a command takes that works on an adopted project."""

PROVEN = (*KNOWN, "workers", "tasks")
"""What a command takes that needs the proven tasks."""

CHAT = ("chat_url", "chat_model", "chat_key_env")

app.command()(history)
app.command()(index)
app.command()(search)
app.command()(learn)
app.command()(ask)
app.command()(mcp)


@app.command()
@takes(*NEW, "tasks", *CHAT)
def grow(source: SourceArgument, options: Options) -> None:
    """Do everything: adopt, break, prove, split, examine, practise, examine again, report."""
    from journeyman.cli.summary import plan, result
    from journeyman.pipeline.grow import grow as run

    settings, chat = options.settings(), options.chat()
    typer.echo(plan(source, settings, options.workers or os.cpu_count() or 1))
    with Terminal() as progress:
        grown = run(
            source, options.place, settings, progress=progress, workers=options.workers, chat=chat
        )
    typer.echo(result(grown))


@app.command()
@takes(*NEW)
def adopt(source: SourceArgument, options: Options) -> None:
    """Fetch a repository, build its environment, learn which tests pass and what they cover."""
    from journeyman.pipeline.adopt import adopt as run
    from journeyman.repository.reasons import notes

    settings, workers = options.settings(), options.workers
    with (
        Terminal() as progress,
        run(source, options.place, settings, progress=progress, workers=workers) as adopted,
    ):
        progress.finish()
        counts = ", ".join(f"{n} {what}" for what, n in adopted.baseline.counts.items())
        typer.echo(f"{adopted.adoption.name} at {adopted.tree.commit[:12]}: tests {counts}")
        for note in (*adopted.adoption.notes, *notes(adopted.baseline)):
            typer.echo(f"note: {note}")


@app.command("break")
@takes(*KNOWN)
def break_(
    options: Options, show: Annotated[int, typer.Option(help="How many breaks to print.")] = 20
) -> None:
    """List breaks of covered code that are worth trying, in the order they would be tried."""
    from journeyman.pipeline.make_tasks import break_code

    with Terminal() as progress, options.opened(progress) as adopted:
        sites = break_code(adopted, progress)
        progress.finish()
        new = [site for site in sites if not site.duplicate]
        for site in new[:show]:
            where = f"{site.path}:{site.parts[0].line} {site.function or 'the module'}"
            typer.echo(f"{site.family:20} {where}: {site.detail}")
        typer.echo(f"{len(new)} breaks to try, {len(sites) - len(new)} duplicates of them")


@app.command()
@takes(*PROVEN)
def prove(options: Options) -> None:
    """Turn breaks into proven tasks; print the ledger by family."""
    from journeyman.cli.summary import fast_way, ledger_table
    from journeyman.pipeline.make_tasks import break_code, ledger, prove_tasks

    with Terminal() as progress, options.opened(progress) as adopted:
        tried = prove_tasks(adopted, break_code(adopted, progress), progress)
        progress.finish()
        typer.echo(ledger_table(ledger(tried)))
        typer.echo(fast_way(tried))


@app.command()
@takes(*PROVEN)
def cheats(
    options: Options,
    full: Annotated[
        bool, typer.Option("--full", help="Play each on every task, not on a sample of 50.")
    ] = False,
) -> None:
    """Play every known cheat against the grader; exit 1 if one scores."""
    from journeyman.cli.summary import cheat_table
    from journeyman.pipeline.make_tasks import break_code, prove_tasks, tasks_of
    from journeyman.pipeline.prove_cheats import play_cheats

    with Terminal() as progress, options.opened(progress) as adopted:
        made = tasks_of(adopted, prove_tasks(adopted, break_code(adopted, progress), progress))
        rows = play_cheats(adopted, made, progress, full=full)
        progress.finish()
        typer.echo(cheat_table(rows))
        if any(row.scored for row in rows):
            raise typer.Exit(1)


@app.command()
@takes(*PROVEN)
def split(options: Options) -> None:
    """Show how the proven tasks are kept apart: practice, validation, held-out, real fixes."""
    from journeyman.cli.stages import made_parts

    with Terminal() as progress, options.opened(progress) as adopted:
        parts, division = made_parts(adopted, progress)
        progress.finish()
        for name in ("practice", "validation", "held_out", "history"):
            typer.echo(f"{name.replace('_', '-'):12} {len(getattr(parts, name)):5} tasks")
        typer.echo(division.why)


@app.command()
@takes(*PROVEN, *CHAT)
def exam(
    options: Options,
    practised: Annotated[
        bool, typer.Option(help="Examine the practised weights too, not only those shipped.")
    ] = True,
) -> None:
    """Examine the apprentice (or a chat model) and the baselines on held-out tasks."""
    from journeyman.cli.stages import hold_exam
    from journeyman.cli.summary import exam_table

    chat = options.chat()
    with Terminal() as progress, options.opened(progress) as adopted:
        sittings = hold_exam(adopted, progress, after=practised, chat=chat)
        progress.finish()
        typer.echo(exam_table(sittings, adopted.settings.exam.resamples))


@app.command()
@takes(*PROVEN)
def practise(options: Options) -> None:
    """Let the apprentice practise; print the learning curve."""
    from journeyman.cli.stages import made_parts
    from journeyman.cli.summary import curve_table
    from journeyman.pipeline.examine import practise as run
    from journeyman.pipeline.examine import refuse_unknown

    with Terminal() as progress, options.opened(progress) as adopted:
        refuse_unknown(adopted)
        parts, _ = made_parts(adopted, progress)
        rounds = run(adopted, parts, None, progress)
        progress.finish()
        typer.echo(curve_table(rounds))


@app.command()
@takes(*PROVEN, *CHAT)
def report(options: Options) -> None:
    """Write the report again from what the workspace holds; does what is still missing."""
    from journeyman.cli.summary import result
    from journeyman.pipeline.grow import finish

    chat = options.chat()
    with Terminal() as progress, options.opened(progress) as adopted:
        grown = finish(adopted, progress=progress, chat=chat)
    typer.echo(result(grown))


@app.command()
@takes(*KNOWN, "workers")
def reverify(
    options: Options,
    sample: Annotated[int, typer.Option(min=0, help="Attempts to check; 0 for all.")] = 0,
) -> None:
    """Judge stored attempts again in fresh sandboxes; exit 1 if a verdict or reward changes."""
    from journeyman.pipeline.reverify import reverify as run

    with Terminal() as progress, options.opened(progress) as adopted:
        checked, passed_over, changed = run(adopted, sample, progress)
        progress.finish()
        typer.echo(f"{checked} attempts judged again, {len(changed)} changed")
        if passed_over:
            typer.echo(f"{passed_over} of other commits or other makers of tasks passed over")
        for line in changed:
            typer.echo(f"  {line}")
        if changed:
            raise typer.Exit(1)


@app.command()
@takes("workspace", "workers")
def pretrain(
    out: Annotated[Path, typer.Argument(help="Where to write the weights (JSON).")],
    options: Options,
    sources: Annotated[
        list[str] | None, typer.Argument(help="Packages; the pinned list when left out.")
    ] = None,
    check: Annotated[
        bool, typer.Option(help="Also say how well each package does when left out.")
    ] = False,
) -> None:
    """Train the apprentice's weights from nothing on other packages (an hour on two cores)."""
    from journeyman.agent.policy.apprentice.weights import save_weights
    from journeyman.pipeline.pretrain import pretrain as run
    from journeyman.pipeline.pretrain import sources as pinned

    if not out.parent.is_dir():
        raise SettingsError(f"{out.parent}: there is no such folder", "Make it first.")
    packages = sources or pinned()
    with Terminal() as progress:
        made = run(packages, options.place, workers=options.workers, progress=progress, check=check)
    save_weights(made.weights, out)
    for name, share in made.left_out.items():
        typer.echo(f"{name:28} right at once when left out: {share:.1%}")
    typer.echo(f"{made.weights.made_from}: {made.weights.digest} written to {out}")


app.command()(tasks)


@app.command()
def settings() -> None:
    """Print a journeyman.toml with every key, its meaning and its default."""
    from journeyman.settings import example

    typer.echo(example(), nl=False)


@app.command()
def version() -> None:
    """Print the version."""
    from journeyman import __version__

    typer.echo(__version__)


app.command()(doctor)
from journeyman.cli import written as _written  # noqa: E402, F401 - registers its commands
