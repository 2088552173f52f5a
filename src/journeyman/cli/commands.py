"""The commands: `grow` does all stages, each stage is a command of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from journeyman.workspace import DEFAULT, Workspace

if TYPE_CHECKING:
    from journeyman.pipeline.adopt import Adopted
    from journeyman.settings import Settings

app = typer.Typer(
    name="journeyman",
    help="Grow a software engineer out of a repository you own.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="Folder that holds everything Journeyman writes.")
]
ProjectOption = Annotated[
    str | None, typer.Option("--project", "-p", help="Which adopted repository, if several.")
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file; ./journeyman.toml if there is one."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", help="One setting, as section.key=value (TOML). Repeatable."),
]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", "-j", min=1, help="Test runs at a time.")
]
SourceArgument = Annotated[
    str, typer.Argument(help="A local Git repository, a Git URL, or pypi:NAME==VERSION.")
]
TasksOption = Annotated[int | None, typer.Option("--tasks", min=1, help="Proven tasks to make.")]
UnisolatedOption = Annotated[
    bool,
    typer.Option(
        "--unisolated",
        help="Run the repository's code with your own rights. Needs environment.python as a path.",
    ),
]
ChatUrlOption = Annotated[
    str | None,
    typer.Option("--chat-url", help="Also examine a model: base URL of an OpenAI-style endpoint."),
]
ChatModelOption = Annotated[str | None, typer.Option("--chat-model", help="Its model's name.")]
ChatKeyOption = Annotated[
    str, typer.Option("--chat-key-env", help="Environment variable that holds its key.")
]


@app.command()
def grow(
    source: SourceArgument,
    workspace: WorkspaceOption = Path(DEFAULT),
    config: ConfigOption = None,
    set_: SetOption = None,
    workers: WorkersOption = None,
    tasks: TasksOption = None,
    unisolated: UnisolatedOption = False,
    chat_url: ChatUrlOption = None,
    chat_model: ChatModelOption = None,
    chat_key_env: ChatKeyOption = "OPENAI_API_KEY",
) -> None:
    """Do everything: adopt, break, prove, split, examine, practise, examine again, report."""
    from journeyman.cli.progress import Terminal
    from journeyman.cli.summary import plan, result
    from journeyman.pipeline.grow import grow as run

    settings = _settings(config, set_, tasks, unisolated=unisolated)
    chat = _chat(chat_url, chat_model, chat_key_env)
    typer.echo(plan(source, settings, workers or os.cpu_count() or 1))
    with Terminal() as progress:
        grown = run(
            source, Workspace(workspace), settings, progress=progress, workers=workers, chat=chat
        )
    typer.echo(result(grown))


@app.command()
def adopt(
    source: SourceArgument,
    workspace: WorkspaceOption = Path(DEFAULT),
    config: ConfigOption = None,
    set_: SetOption = None,
    workers: WorkersOption = None,
    unisolated: UnisolatedOption = False,
) -> None:
    """Fetch a repository, build its environment, learn which tests pass and what they cover."""
    from journeyman.cli.progress import Terminal
    from journeyman.pipeline.adopt import adopt as run

    with (
        Terminal() as progress,
        run(
            source,
            Workspace(workspace),
            _settings(config, set_, unisolated=unisolated),
            progress=progress,
            workers=workers,
        ) as adopted,
    ):
        progress.finish()
        counts = ", ".join(f"{n} {what}" for what, n in adopted.baseline.counts.items())
        typer.echo(f"{adopted.adoption.name} at {adopted.tree.commit[:12]}: tests {counts}")
        for note in adopted.adoption.notes:
            typer.echo(f"note: {note}")


@app.command("break")
def break_(
    workspace: WorkspaceOption = Path(DEFAULT),
    project: ProjectOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    show: Annotated[int, typer.Option(help="How many breaks to print.")] = 20,
) -> None:
    """List breaks of covered code that are worth trying, in the order they would be tried."""
    from journeyman.pipeline.make_tasks import break_code

    with _opened(workspace, project, config, set_) as adopted, _terminal() as progress:
        sites = break_code(adopted, progress)
        progress.finish()
        for site in sites[:show]:
            typer.echo(f"{site.family:20} {site.path}:{site.line} {site.function}: {site.detail}")
        typer.echo(f"{len(sites)} breaks to try")


@app.command()
def prove(
    workspace: WorkspaceOption = Path(DEFAULT),
    project: ProjectOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    workers: WorkersOption = None,
    tasks: TasksOption = None,
) -> None:
    """Turn breaks into proven tasks; print the ledger by family."""
    from journeyman.cli.summary import ledger_table
    from journeyman.pipeline.make_tasks import break_code, ledger, prove_tasks

    opened = _opened(workspace, project, config, set_, workers, tasks)
    with opened as adopted, _terminal() as progress:
        tried = prove_tasks(adopted, break_code(adopted, progress), progress)
        progress.finish()
        typer.echo(ledger_table(ledger(tried)))


@app.command()
def cheats(
    workspace: WorkspaceOption = Path(DEFAULT),
    project: ProjectOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    workers: WorkersOption = None,
    tasks: TasksOption = None,
) -> None:
    """Play every known cheat against the grader; exit 1 if one scores."""
    from journeyman.cli.summary import cheat_table
    from journeyman.pipeline.make_tasks import break_code, prove_tasks, tasks_of
    from journeyman.pipeline.prove_cheats import play_cheats

    opened = _opened(workspace, project, config, set_, workers, tasks)
    with opened as adopted, _terminal() as progress:
        made = tasks_of(prove_tasks(adopted, break_code(adopted, progress), progress))
        rows = play_cheats(adopted, made, progress)
        progress.finish()
        typer.echo(cheat_table(rows))
        if any(row.scored for row in rows):
            raise typer.Exit(1)


@app.command()
def split(
    workspace: WorkspaceOption = Path(DEFAULT),
    project: ProjectOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    tasks: TasksOption = None,
) -> None:
    """Show how the proven tasks are kept apart: practice, validation, held-out, real fixes."""
    from journeyman.cli.stages import made_parts

    opened = _opened(workspace, project, config, set_, None, tasks)
    with opened as adopted, _terminal() as progress:
        parts, division = made_parts(adopted, progress)
        progress.finish()
        for name in ("practice", "validation", "held_out", "history"):
            typer.echo(f"{name.replace('_', '-'):12} {len(getattr(parts, name)):5} tasks")
        typer.echo(division.why)


@app.command()
def exam(
    workspace: WorkspaceOption = Path(DEFAULT),
    project: ProjectOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    workers: WorkersOption = None,
    tasks: TasksOption = None,
    practised: Annotated[
        bool, typer.Option(help="Examine the practised weights, not those shipped.")
    ] = True,
    chat_url: ChatUrlOption = None,
    chat_model: ChatModelOption = None,
    chat_key_env: ChatKeyOption = "OPENAI_API_KEY",
) -> None:
    """Examine the apprentice (or a chat model) and the baselines on held-out tasks."""
    from journeyman.cli.stages import hold_exam
    from journeyman.cli.summary import exam_table

    chat = _chat(chat_url, chat_model, chat_key_env)
    opened = _opened(workspace, project, config, set_, workers, tasks)
    with opened as adopted, _terminal() as progress:
        sittings = hold_exam(adopted, progress, practised=practised, chat=chat)
        progress.finish()
        typer.echo(exam_table(sittings, adopted.settings.exam.resamples))


@app.command()
def practise(
    workspace: WorkspaceOption = Path(DEFAULT),
    project: ProjectOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    workers: WorkersOption = None,
    tasks: TasksOption = None,
) -> None:
    """Let the apprentice practise; print the learning curve."""
    from journeyman.cli.stages import made_parts
    from journeyman.cli.summary import curve_table
    from journeyman.pipeline.examine import practise as run

    opened = _opened(workspace, project, config, set_, workers, tasks)
    with opened as adopted, _terminal() as progress:
        parts, _ = made_parts(adopted, progress)
        rounds = run(adopted, parts, None, progress)
        progress.finish()
        typer.echo(curve_table(rounds))


@app.command()
def report(
    workspace: WorkspaceOption = Path(DEFAULT),
    project: ProjectOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    workers: WorkersOption = None,
    tasks: TasksOption = None,
) -> None:
    """Write the report again from what the workspace holds; does what is still missing."""
    from journeyman.cli.summary import result
    from journeyman.pipeline.grow import grow as run
    from journeyman.repository.adoption import current

    place = Workspace(workspace)
    adoption = current(place.existing(project))
    with _terminal() as progress:
        grown = run(
            adoption.source, place, _settings(config, set_, tasks), progress=progress,
            workers=workers,
        )  # fmt: skip
    typer.echo(result(grown))


@app.command()
def reverify(
    workspace: WorkspaceOption = Path(DEFAULT),
    project: ProjectOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    workers: WorkersOption = None,
    sample: Annotated[int, typer.Option(min=0, help="Attempts to check; 0 for all.")] = 0,
) -> None:
    """Judge stored attempts again in fresh sandboxes; exit 1 if a verdict or reward changes."""
    from journeyman.pipeline.reverify import reverify as run

    opened = _opened(workspace, project, config, set_, workers)
    with opened as adopted, _terminal() as progress:
        checked, changed = run(adopted, sample, progress)
        progress.finish()
        typer.echo(f"{checked} attempts judged again, {len(changed)} changed")
        for line in changed:
            typer.echo(f"  {line}")
        if changed:
            raise typer.Exit(1)


@app.command()
def pretrain(
    out: Annotated[Path, typer.Argument(help="Where to write the weights (JSON).")],
    sources: Annotated[
        list[str] | None, typer.Argument(help="Packages; the pinned list when left out.")
    ] = None,
    workspace: WorkspaceOption = Path(DEFAULT),
    workers: WorkersOption = None,
    check: Annotated[
        bool, typer.Option(help="Also say how well each package does when left out.")
    ] = False,
) -> None:
    """Train the apprentice's weights from nothing on other packages (an hour on two cores)."""
    from journeyman.agent.policy.apprentice.weights import save_weights
    from journeyman.cli.progress import Terminal
    from journeyman.pipeline.pretrain import pretrain as run
    from journeyman.pipeline.pretrain import sources as pinned

    with Terminal() as progress:
        made = run(
            sources or pinned(),
            Workspace(workspace),
            workers=workers,
            progress=progress,
            check=check,
        )
    save_weights(made.weights, out)
    for name, share in made.left_out.items():
        typer.echo(f"{name:28} right at once when left out: {share:.1%}")
    typer.echo(f"{made.weights.made_from}: {made.weights.digest} written to {out}")


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


def _terminal() -> Any:
    from journeyman.cli.progress import Terminal

    return Terminal()


def _settings(
    config: Path | None,
    assignments: list[str] | None,
    tasks: int | None = None,
    *,
    unisolated: bool = False,
) -> Settings:
    from journeyman.cli.stages import parse_assignments
    from journeyman.settings import FILE_NAME, load

    if config is None and Path(FILE_NAME).is_file():
        config = Path(FILE_NAME)
    overrides = parse_assignments(assignments or [])
    if tasks is not None:
        overrides["tasks.count"] = tasks
    if unisolated:
        overrides["sandbox.isolation"] = "none"
    return load(config, overrides)


def _opened(
    workspace: Path,
    project: str | None,
    config: Path | None,
    assignments: list[str] | None,
    workers: int | None = None,
    tasks: int | None = None,
) -> Adopted:
    from journeyman.pipeline.adopt import reopen

    place = Workspace(workspace).existing(project)
    return reopen(place, _settings(config, assignments, tasks), workers=workers)


def _chat(url: str | None, model: str | None, key_env: str) -> Any:
    if url is None and model is None:
        return None
    from journeyman.agent.policy.chat import Chat, ChatSettings
    from journeyman.agent.tools import SCHEMAS
    from journeyman.errors import SettingsError

    if not url or not model:
        raise SettingsError(
            "--chat-url and --chat-model belong together",
            "Give both, for example --chat-url http://localhost:8000/v1 --chat-model qwen3.",
        )
    key = key_env if os.environ.get(key_env) else ""
    return Chat(ChatSettings(base_url=url, model=model, api_key_env=key), SCHEMAS)
