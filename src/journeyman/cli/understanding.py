"""The commands that make a repository known: its index, and search in it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from journeyman.cli.options import Options, takes
from journeyman.cli.progress import Terminal

if TYPE_CHECKING:
    from journeyman.pipeline.understand import Understood
    from journeyman.understanding.search.region import Region

FolderArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Folders of repositories, bare ones too; the current folder when left out."
    ),
]
InOption = Annotated[
    list[str] | None,
    typer.Option("--in", "-i", help="Folder of a repository to search (here). Repeatable."),
]


@takes("workspace", "workers")
def index(options: Options, folders: FolderArgument = None) -> None:
    """Read a repository: symbols, references, words, vectors, history. Only what changed is."""
    from journeyman.understanding.graph.graph import Graph

    for folder in folders or ["."]:
        with Terminal() as progress, _understood(folder, options, progress) as known:
            progress.finish()
            typer.echo(_summary(known))
            typer.echo(_calls(Graph(known.index.store).coverage().calls))


@takes("workspace", "workers")
def search(
    options: Options,
    words: Annotated[
        list[str], typer.Argument(help="A question: words, names, a stack trace; - reads it.")
    ],
    folders: InOption = None,
    most: Annotated[int, typer.Option("--most", "-n", min=1, help="Regions to show.")] = 8,
    budget: Annotated[
        int, typer.Option("--budget", "-b", min=100, help="Tokens the answer may have, about.")
    ] = 4000,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why each is where it is.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find the lines that answer a question, with who calls, tests and knows them."""
    import sys

    from journeyman.understanding.search.answer import answer

    question = sys.stdin.read() if words == ["-"] else " ".join(words)
    regions: list[tuple[str, Region]] = []
    for folder in folders or ["."]:
        with Terminal() as progress, _understood(folder, options, progress) as known:
            progress.finish()
            found = answer(known.index, known.place, question, most=most, budget=budget)
            regions += [(known.name, one) for one in found]
    regions.sort(key=lambda one: -one[1].score)
    several = len(folders or []) > 1
    if as_json:
        typer.echo(json.dumps([{"repository": name, **asdict(one)} for name, one in regions]))
        return
    if not regions:
        typer.echo("nothing found")
        raise typer.Exit(1)
    for name, one in regions[:most]:
        typer.echo(one.text(explain=explain, repository=name if several else ""))


@takes("workspace", "workers", "chat_url", "chat_model", "chat_key_env")
def ask(
    options: Options,
    words: Annotated[list[str], typer.Argument(help="A question about the code.")],
    folder: Annotated[str, typer.Option("--in", "-i", help="Folder of a repository.")] = ".",
) -> None:
    """Answer a question in words, every sentence with the lines it stands on, or say: not found."""
    from journeyman.understanding.search.answer import reply

    chat = options.asker()
    with Terminal() as progress, _understood(folder, options, progress) as known:
        progress.finish()
        line = (lambda said: chat.ask(said)) if chat is not None else None
        answered = reply(known.index, known.place, " ".join(words), ask=line)
    typer.echo(answered.text())
    if not answered.statements:
        raise typer.Exit(1)


@takes("workspace", "workers")
def mcp(
    options: Options,
    folders: FolderArgument = None,
) -> None:
    """Serve search, definitions and files to an agent over MCP, on standard input and output."""
    from journeyman.pipeline.tool_server import serve

    serve(folders or ["."], options.place, workers=options.workers or os.cpu_count() or 1)


@takes("workspace", "workers")
def learn(
    options: Options,
    folder: Annotated[str, typer.Argument(help="Folder of a repository.")] = ".",
    commits: Annotated[int, typer.Option("--commits", min=20, help="Newest to learn from.")] = 400,
) -> None:
    """Learn how to rank search results from a repository's own past commits; print its recall."""
    from journeyman.pipeline.lesson_plan import learn_to_rank

    workers = options.workers or os.cpu_count() or 1
    with Terminal() as progress, _understood(folder, options, progress) as known:
        learnt = learn_to_rank(known, most=commits, workers=workers, progress=progress)
        progress.finish()
    typer.echo(
        f"{known.name}: {learnt.older} commits learnt from, {learnt.own.asked} newer ones asked;"
        " files found at 1 / 5 / 10, per cent"
    )
    for name, found in (
        ("BM25 of whole files", learnt.bm25),
        ("weights that come with Journeyman", learnt.shipped),
        ("weights learnt here", learnt.own),
    ):
        typer.echo(f"  {name:<36}{found.text()}")
    kept = (
        "those learnt here, on all of them," if learnt.kept else "those that come with Journeyman"
    )
    typer.echo(f"  used from now on: {kept}")


def _understood(folder: str, options: Options, progress: Terminal):  # type: ignore[no-untyped-def]
    from journeyman.pipeline.understand import understood

    workers = options.workers or os.cpu_count() or 1
    return understood(folder, options.place, workers=workers, progress=progress)


def _summary(known: Understood) -> str:
    store, update = known.index.store, known.update
    ((files, lines),) = store.query("SELECT count(*), coalesce(sum(lines), 0) FROM file")
    ((symbols,),) = store.query("SELECT count(*) FROM symbol")
    ((references,),) = store.query("SELECT count(*) FROM reference")
    memory = known.index.memory
    history = f"{memory.held.commits:,} commits" if memory else "no history"
    vectors = known.index.model.name if known.index.model else "none (install journeyman[vectors])"
    learnt = store.get("recall")
    noted = store.query(
        "SELECT note, count(*), min(path) FROM file WHERE note != '' GROUP BY note ORDER BY 2 DESC"
    )
    told = [
        f"{known.name}: {files:,} files, {lines:,} lines, {symbols:,} symbols,"
        f" {references:,} references, {history}; vectors: {vectors}",
        f"  read {update.read:,} files, {update.gone:,} gone, {update.commits:,} new commits"
        f" in {update.seconds:.1f} s",
    ]
    if learnt:
        said = json.loads(learnt)
        shares = " / ".join(f"{100 * share:.0f}" for share in said["hits"])
        told.append(
            f"  recall here, at 1 / 5 / 10 files: {shares} % of {said['asked']} past commits"
        )
    else:
        told.append("  recall: not measured here (journeyman learn)")
    told += [
        f"  {count:,} {note} ({path}{', ...' if count != 1 else ''})" for note, count, path in noted
    ]
    return "\n".join(told)


def _calls(calls: dict[str, int]) -> str:
    inside = sum(count for how, count in calls.items() if how != "outside")
    if not inside:
        return "  no calls"
    resolved = inside - calls.get("unresolved", 0)
    return (
        f"  {sum(calls.values()):,} calls; {inside:,} of names defined here, of which"
        f" {resolved / inside:.0%} are resolved and {1 - resolved / inside:.0%} known by name only"
    )
