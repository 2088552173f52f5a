"""Make, check, write out and compare the wiki of a repository on this machine."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from journeyman.errors import UserError
from journeyman.pipeline.understand import Understood, understood
from journeyman.progress import Progress
from journeyman.repository.git import Git
from journeyman.understanding.index.index import Index
from journeyman.understanding.index.places import AtCommit, place_of
from journeyman.understanding.past.keeping import Keeper
from journeyman.understanding.wiki.checking import Checked, recheck
from journeyman.understanding.wiki.difference import Difference, difference
from journeyman.understanding.wiki.ground import Ground
from journeyman.understanding.wiki.keep import corrections_in, load, save
from journeyman.understanding.wiki.page import Page, Wiki
from journeyman.understanding.wiki.sources import Sources, World
from journeyman.understanding.wiki.text import text_of, tokens
from journeyman.understanding.wiki.write import Written, page_of_file, world_of, write
from journeyman.workspace import Workspace

Exporter = Callable[[Wiki, Path], list[Path]]
"""Writes a wiki into a folder, and returns the files that it wrote."""


@dataclass(frozen=True)
class Rechecked:
    """A stored wiki looked at again: which claims hold, and which pages are out of date."""

    checked: Checked
    stale: tuple[str, ...]


def build(
    source: str, workspace: Workspace, *, workers: int = 2, progress: Progress | None = None
) -> tuple[Written, int]:
    """Bring the wiki of the repository at `source` up to date and keep it.

    Returns:
        What was written, and how many files are not as they are in the commit.

    Raises:
        UserError: There is no such folder, or the workspace cannot be written.
    """
    with understood(source, workspace, workers=workers, progress=progress) as known:
        world = _world(known, workspace)
        folder = _folder(known, workspace)
        written = write(world, load(folder), progress)
        save(folder, known.name, written.kept)
        changed = len(world.ground.changed()) if world.ground.commit else 0
        return written, changed


def check(source: str, workspace: Workspace, *, workers: int = 2) -> Rechecked:
    """Look again at the stored wiki, in the light of today's index.

    Raises:
        UserError: There is no wiki yet.
    """
    with understood(source, workspace, workers=workers) as known:
        kept = load(_folder(known, workspace))
        if not kept:
            raise UserError(
                f"there is no wiki of {known.name} yet", "Make it: journeyman wiki build."
            )
        world = _world(known, workspace)
        pages = [one.page for one in kept]
        stale = []
        for one in kept:
            sources = Sources(world)
            if any(_answer(sources, key) is None for key in one.asked):
                stale.append(one.page.slug)
                continue
            sources.asked = {key: sources.answer(key) for key in one.asked}
            if sources.inputs != one.inputs:
                stale.append(one.page.slug)
        return Rechecked(recheck(pages, Sources(world)), tuple(stale))


def export(wiki: Wiki, folder: Path) -> list[Path]:
    """Write every page as Markdown text, and a list of them with how many tokens each takes.

    Raises:
        UserError: The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"# {wiki.repository}", ""]
        written = []
        for page in wiki.pages:
            text = text_of(page)
            place = folder / f"{page.slug}.md"
            place.write_text(text, "utf-8")
            written.append(place)
            lines.append(f"- [{page.slug}]({page.slug}.md): {tokens(text):,} tokens")
        contents = folder / "index.md"
        contents.write_text("\n".join(lines) + "\n", "utf-8")
    except OSError as error:
        raise UserError(
            f"the wiki cannot be written to {folder}: {error.strerror}", "Choose another folder."
        ) from error
    return [contents, *written]


def page_of(source: str, path: str, workspace: Workspace, *, workers: int = 2) -> Page:
    """Return the page of one file.

    Raises:
        UserError: There is no such file.
    """
    with understood(source, workspace, workers=workers) as known:
        page = page_of_file(_world(known, workspace), path)
    if page is None:
        raise UserError(
            f"{path}: there is no such file in {known.name}",
            "Give its path from the repository's root, with slashes.",
        )
    return page


def compare(
    source: str, old: str, new: str, *, workers: int = 2, progress: Progress | None = None
) -> list[Difference]:
    """Return how the wiki at one commit differs from that at another; both are made for it.

    Raises:
        UserError: The folder has no history, or there is no such commit.
    """
    _, git = place_of(source)
    if git is None:
        raise UserError(f"{source}: it has no history.", "Name the folder of a Git repository.")
    wikis = [at_commit(git, one, workers=workers, progress=progress) for one in (old, new)]
    return difference(*wikis)


def at_commit(
    git: Git, revision: str, *, workers: int = 2, progress: Progress | None = None
) -> Wiki:
    """Return the wiki as it would have been at a commit, from an index made for it.

    Raises:
        UserError: There is no such commit.
    """
    commit = git.resolve(revision)
    if commit is None:
        raise UserError(f"{revision}: there is no such commit.", "Look it up in git log.")
    place = AtCommit(git, commit)
    with tempfile.TemporaryDirectory(prefix="journeyman-wiki-") as folder:
        Keeper(Path(folder) / "past").bring_up_to_date(git, commit)
        with Index(Path(folder)) as index:
            index.bring_up_to_date(place, workers=workers, progress=progress)
            world = world_of(Ground(index, place, git), git.directory.parent.name)
            return write(world, progress=progress).wiki


def _world(known: Understood, workspace: Workspace) -> World:
    ground = Ground(known.index, known.place, known.git)
    corrections = corrections_in(workspace.project(known.name).folder("wiki-corrections"))
    return world_of(ground, known.name, corrections)


def _folder(known: Understood, workspace: Workspace) -> Path:
    return workspace.project(known.name).folder("wiki")


def _answer(sources: Sources, key: str) -> str | None:
    try:
        return sources.answer(key)
    except KeyError:
        return None
