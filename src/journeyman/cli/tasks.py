"""`journeyman tasks`: what has been proven so far, of every source, and a mix of it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from journeyman.cli.options import Options, takes
from journeyman.cli.progress import Terminal
from journeyman.errors import SettingsError

SharesOption = Annotated[
    list[str] | None,
    typer.Option(
        help="Share of a kind of work, as kind=share (bugs=0.5). Repeatable. Kinds: bugs, "
        "features, tests, documentation, refactorings, speed-ups, 'real fixes'."
    ),
]


@takes("workspace", "project", "config", "assignments")
def tasks(
    options: Options,
    mix: SharesOption = None,
    language: Annotated[
        list[str] | None,
        typer.Option(help="Share of a language, as language=share. Repeatable."),
    ] = None,
    trivial: Annotated[
        float, typer.Option(min=0, max=1, help="Share of trivial tasks, at most.")
    ] = 1.0,
    count: Annotated[int, typer.Option(min=0, help="Tasks to choose; 0 for all.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the choice.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Write the chosen tasks' heads here, as JSON lines.")
    ] = None,
) -> None:
    """Count the proven tasks by kind and family, with how often they were solved; choose a mix."""
    from journeyman.pipeline.taskbook import difficulties, every_task
    from journeyman.records.store import write_atomically
    from journeyman.tasks.mixture import kind, mixed

    with Terminal() as progress, options.opened(progress) as adopted:
        known = every_task(adopted).heads
        hard = difficulties(adopted)
        progress.finish()
        made = mixed(known, count or len(known), shares(mix), shares(language), trivial, seed)
        typer.echo(f"{'kind':14}{'family':26}{'tasks':>7}{'trivial':>9}{'tried':>7}{'solved':>8}")
        rows: dict[tuple[str, str], Counter[str]] = {}
        for head in made.chosen:
            row = rows.setdefault((kind(head), head.family), Counter())
            difficulty = hard.get(head.id)
            row["tasks"] += 1
            row["trivial"] += "trivial" in head.labels
            if difficulty is not None:
                row["tried"] += sum(difficulty.attempts.values())
                row["solved"] += sum(difficulty.solved.values())
        for (work, family), row in sorted(rows.items()):
            rate = f"{row['solved'] / row['tried']:.0%}" if row["tried"] else "–"
            typer.echo(
                f"{work:14}{family:26}{row['tasks']:7}{row['trivial']:9}{row['tried']:7}{rate:>8}"
            )
        typer.echo(f"{len(made.chosen)} of {len(known)} proven tasks")
        for name, lacking in made.missing.items():
            typer.echo(f"missing: {lacking} of {name}")
        if out is not None:
            lines = (
                json.dumps(
                    {**head.model_dump(mode="json"), "difficulty": str(hard.get(head.id, ""))}
                )
                for head in made.chosen
            )
            write_atomically(out, "".join(f"{line}\n" for line in lines).encode())


def shares(given: list[str] | None) -> dict[str, float] | None:
    """Return ``name=share`` texts as a mapping; raises `SettingsError` for anything else."""
    if not given:
        return None
    found = {}
    for one in given:
        name, _, value = one.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise SettingsError(
                f"{one!r} is not a share", "Write it as name=number, for example bugs=0.5."
            ) from None
    return found
