"""A wiki as pages: served on this machine, or written to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from journeyman.cli.options import Options, takes
from journeyman.cli.progress import Terminal

if TYPE_CHECKING:
    from journeyman.understanding.wiki.page import Wiki

WikiOption = Annotated[
    Path | None, typer.Option("--wiki", help="A wiki as JSON; else it is brought up to date.")
]
FolderArgument = Annotated[str, typer.Argument(help="Folder of the repository, a bare one too.")]
InOption = Annotated[str, typer.Option("--in", "-i", help="Folder of the repository (here).")]


@takes("workspace", "workers", "chat_url", "chat_model", "chat_key_env")
def serve(
    options: Options,
    folder: FolderArgument = ".",
    wiki: WikiOption = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for a free one.")] = 8321,
) -> None:
    """Serve pages, search, ask and the graph on this machine, until Ctrl-C."""
    from journeyman.pipeline.understand import understood
    from journeyman.web.code import FromPlace
    from journeyman.web.live import Live
    from journeyman.web.needs import need_web
    from journeyman.web.serve import serve as run

    need_web()
    workers = options.workers or 2
    pages = _read(wiki) if wiki else _built(folder, options, workers)
    with (
        Terminal() as progress,
        understood(folder, options.place, workers=workers, progress=progress) as known,
    ):
        progress.finish()
    chat = options.asker()
    ask = (lambda said: chat.ask(said)) if chat is not None else None
    live = Live(known.index.folder, known.place, known.git, pages.commit, ask=ask)
    try:
        code = FromPlace(known.place, known.git, pages.commit)
        run(pages, code, live, host=host, port=port, say=typer.echo)
    finally:
        live.close()


@takes("workspace", "workers")
def export(
    out: Annotated[Path, typer.Argument(help="Folder to write; an older export is replaced.")],
    options: Options,
    folder: InOption = ".",
    wiki: WikiOption = None,
) -> None:
    """Write a site that a browser opens from disk."""
    from journeyman.pipeline.understand import understood
    from journeyman.web.atlas import atlas_of
    from journeyman.web.code import FromPlace
    from journeyman.web.export import export as run

    workers = options.workers or 2
    pages = _read(wiki) if wiki else _built(folder, options, workers)
    with (
        Terminal() as progress,
        understood(folder, options.place, workers=workers, progress=progress) as known,
    ):
        progress.finish()
        code = FromPlace(known.place, known.git, pages.commit)
        done = run(pages, out, code, atlas_of(known.index))
    typer.echo(
        f"{done.folder / 'index.html'}: {done.pages:,} pages, {done.code:,} files of code,"
        f" {done.size / 1e6:.1f} MB"
    )


def _built(folder: str, options: Options, workers: int) -> Wiki:
    from journeyman.pipeline.wiki import build

    with Terminal() as progress:
        written, _ = build(folder, options.place, workers=workers, progress=progress)
        progress.finish()
    return written.wiki


def _read(path: Path) -> Wiki:
    from pydantic import TypeAdapter, ValidationError

    from journeyman.errors import UserError
    from journeyman.understanding.wiki.page import Wiki

    try:
        return TypeAdapter(Wiki).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise UserError(
            f"{path} holds no wiki: {str(error).splitlines()[0]}", "Make one first."
        ) from error
