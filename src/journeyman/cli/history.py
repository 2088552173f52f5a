"""The command that asks a repository's own history for tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from journeyman.cli.options import Options, takes
from journeyman.cli.progress import Terminal

if TYPE_CHECKING:
    from journeyman.pipeline.asked import Asked
    from journeyman.settings import Settings
    from journeyman.tasks.history.candidate import Kind

TAKEN = ("workspace", "project", "config", "assignments", "workers", "unisolated")

SourceArgument = Annotated[
    str | None,
    typer.Argument(
        help="A local Git repository, a Git URL, or pypi:NAME[==VERSION]; the adopted project when "
        "left out."
    ),
]
CommitsOption = Annotated[
    int | None, typer.Option("--commits", min=1, help="Newest commits to look at (500).")
]
SinceOption = Annotated[
    str | None, typer.Option("--since", help="Only commits since then, such as 2024-01-01.")
]
ReleasesOption = Annotated[
    int | None,
    typer.Option("--releases", min=2, help="Releases that make the history of pypi: sources (20)."),
]
FeaturesOption = Annotated[
    bool | None, typer.Option("--features/--no-features", help="Ask features with tests too.")
]
ShowOption = Annotated[bool, typer.Option("--show/--no-show", help="List every change asked.")]


@takes(*TAKEN)
def history(
    options: Options,
    source: SourceArgument = None,
    commits: CommitsOption = None,
    since: SinceOption = None,
    releases: ReleasesOption = None,
    features: FeaturesOption = None,
    show: ShowOption = True,
) -> None:
    """Turn real fixes and features of a history into proven questions; say why others are none."""
    from journeyman.pipeline.asked import ask_project, ask_source

    given = {"commits": commits, "since": since, "releases": releases, "features": features}
    changed = {name: value for name, value in given.items() if value is not None}
    with Terminal() as progress:
        if source is None:
            project = options.place.existing(options.project)
            settings = _with(options.settings_of(project), changed)
            found = ask_project(project, settings, progress=progress, workers=options.workers)
        else:
            settings = _with(options.settings(), changed)
            found = ask_source(
                source, options.place, settings, progress=progress, workers=options.workers
            )
        progress.finish()
    typer.echo(history_table(found, show=show))


def history_table(found: Asked, *, show: bool) -> str:
    """Return what became of a history, for a terminal."""
    from journeyman.tasks.history.candidate import DEFINITION

    walked = found.walked
    lines = [f"note: {note}" for note in found.notes]
    if show:
        lines += [
            f"{entry.outcome:10} {entry.name[:10]} {candidate.kind:7} "
            f"{candidate.message.title[:60]}" + (f"\n{'':11}{entry.why}" if entry.why else "")
            for candidate, entry in found.entries
        ]
    lines.append(f"{found.name}: {walked.commits} commits, {walked.merges} of them merges")
    kinds: tuple[Kind, ...] = ("fix", "feature")
    for kind in kinds:
        lines += _kind_lines(found, kind)
    lines.append("passed over:")
    lines += [f"  {count:5}  {what}" for what, count in walked.passed_over.items()]
    lines.append(f"({DEFINITION}.)")
    return "\n".join(lines)


def _kind_lines(found: Asked, kind: Kind) -> list[str]:
    whole, proven = found.counts(kind)
    if not whole:
        return []
    plural = {"fix": "fixes", "feature": "features"}[kind]
    lines = [f"{plural} with tests: {whole}, proven questions: {proven} ({proven / whole:.0%})"]
    return lines + [f"  {count:5}  {why}" for why, count in found.reasons(kind).items()]


def _with(settings: Settings, changed: Mapping[str, object]) -> Settings:
    from journeyman.settings import load

    overrides = {f"history.{name}": value for name, value in changed.items()}
    return load(overrides=overrides, base=settings)
