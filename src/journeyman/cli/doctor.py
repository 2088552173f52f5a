"""`journeyman doctor`: what this machine offers, on one screen."""

from __future__ import annotations

import typer


def doctor() -> None:
    """Say which tiers of isolation work here, and what else is there; exit 1 if none works."""
    from journeyman.pipeline.diagnose import diagnose

    found = diagnose()
    typer.echo(found.text())
    if not found.chosen:
        raise typer.Exit(1)
