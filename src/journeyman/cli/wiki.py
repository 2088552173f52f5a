"""The commands of the wiki: build, check, serve, export, text, page, diff."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from journeyman.cli.options import Options, takes
from journeyman.cli.progress import Terminal
from journeyman.cli.web import export, serve

wiki = typer.Typer(
    name="wiki",
    help="A wiki of a repository, made from its index; every claim in it is checked.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

wiki.command()(serve)
wiki.command()(export)

FolderArgument = Annotated[
    str, typer.Argument(help="Folder of a repository, a bare one too; by default this one.")
]
InOption = Annotated[str, typer.Option("--in", "-i", help="Folder of the repository (here).")]

_SHOWN = 50


@wiki.command()
@takes("workspace", "workers")
def build(options: Options, folder: FolderArgument = ".") -> None:
    """Make the wiki, or bring it up to date: only pages whose inputs changed are made anew."""
    from journeyman.pipeline.wiki import build as run

    with Terminal() as progress:
        written, changed = run(folder, options.place, workers=_workers(options), progress=progress)
        progress.finish()
    pages = written.wiki.pages
    typer.echo(f"{written.checked}, {len(pages):,} pages, {written.remade:,} remade")
    if changed:
        typer.echo(
            f"  {changed:,} files are not as in that commit; they are cited as they lie there"
        )
    for claim, why in written.checked.failed[:_SHOWN]:
        typer.echo(f"  dropped ({claim.kind}): {claim.text}\n    {why}")


@wiki.command()
@takes("workspace", "workers")
def check(options: Options, folder: FolderArgument = ".") -> None:
    """Check what is stored against the repository as it is now; exit 1 if some of it is wrong."""
    from journeyman.pipeline.wiki import check as run

    found = run(folder, options.place, workers=_workers(options))
    typer.echo(f"{found.checked}; {len(found.stale):,} pages are out of date")
    for claim, why in found.checked.failed:
        typer.echo(f"  no longer holds ({claim.kind}): {claim.text}\n    {why}")
    if found.checked.failed:
        raise typer.Exit(1)


@wiki.command()
@takes("workspace", "workers")
def text(
    options: Options,
    out: Annotated[Path, typer.Argument(help="Folder to write into.")],
    folder: InOption = ".",
) -> None:
    """Bring the wiki up to date and write each page as Markdown text, with its token count."""
    from journeyman.pipeline.wiki import build as run
    from journeyman.pipeline.wiki import export as write

    written, _ = run(folder, options.place, workers=_workers(options))
    files = write(written.wiki, out)
    typer.echo(f"{written.checked}; {len(files):,} files written to {out}")


@wiki.command()
@takes("workspace", "workers")
def page(
    options: Options,
    path: Annotated[str, typer.Argument(help="A file's path in the repository.")],
    folder: InOption = ".",
) -> None:
    """Print the page of one file."""
    from journeyman.pipeline.wiki import page_of
    from journeyman.understanding.wiki.text import text_of

    made = page_of(folder, path, options.place, workers=_workers(options))
    typer.echo(text_of(made), nl=False)


@wiki.command()
@takes("workers")
def diff(
    options: Options,
    old: Annotated[str, typer.Argument(help="A commit.")],
    new: Annotated[str, typer.Argument(help="Another commit.")] = "HEAD",
    folder: InOption = ".",
) -> None:
    """Say what changed between two commits: claims that are new, and those that are gone."""
    from journeyman.pipeline.wiki import compare

    found = compare(folder, old, new, workers=_workers(options))
    added = sum(len(one.added) for one in found)
    gone = sum(len(one.gone) for one in found)
    typer.echo(f"{len(found):,} pages differ: {added:,} claims added, {gone:,} gone")
    for one in found:
        typer.echo(f"{one.title} ({one.slug}): {one.state}")
        for text in one.gone:
            typer.echo(f"  - {text}")
        for text in one.added:
            typer.echo(f"  + {text}")


def _workers(options: Options) -> int:
    return options.workers or os.cpu_count() or 1
