"""A whole wiki, made anew or from what was kept of the last one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from journeyman.progress import Progress, Silent, stage
from journeyman.understanding.wiki.addresses import OVERVIEW, folder_slugs
from journeyman.understanding.wiki.checking import Checked
from journeyman.understanding.wiki.concepts import concepts_of
from journeyman.understanding.wiki.ground import Ground
from journeyman.understanding.wiki.guidance import FILE, read_guidance
from journeyman.understanding.wiki.page import Claim, ClaimKind, Page, Wiki
from journeyman.understanding.wiki.pages import concept_page, file_page, folder_page, overview_page
from journeyman.understanding.wiki.sources import Sources, World

CORRECTIONS = ".journeyman-wiki/"
"""The folder of a repository in which people correct its wiki, a file SLUG.md a page."""


@dataclass(frozen=True)
class Kept:
    """A page with what it was made from: the questions that it asked and a digest of the answers.

    `made` counts its claims by kind; `failed` are those that did not hold, and why.
    """

    page: Page
    asked: tuple[str, ...]
    inputs: str
    made: Mapping[ClaimKind, int]
    failed: tuple[tuple[Claim, str], ...] = ()


@dataclass(frozen=True)
class Written:
    """A wiki, what was checked for it, what is kept of it, and how many pages were made anew."""

    wiki: Wiki
    checked: Checked
    kept: tuple[Kept, ...]
    remade: int


def world_of(
    ground: Ground, repository: str, corrections: Mapping[str, str] | None = None
) -> World:
    """Return what all pages of a repository's wiki are made from.

    Args:
        corrections: What people wrote outside of the repository, by the page's slug; it follows
            what stands in the repository.

    Raises:
        SettingsError: The repository's journeyman.toml is malformed.
    """
    found: dict[str, str] = {}
    for path in ground.paths:
        if path.startswith(CORRECTIONS) and path.endswith(".md"):
            slug = path.removeprefix(CORRECTIONS).removesuffix(".md")
            found[slug] = "\n".join(ground.lines(path)).strip()
    for slug, text in (corrections or {}).items():
        found[slug] = f"{found[slug]}\n\n{text.strip()}" if slug in found else text.strip()
    guidance = read_guidance("\n".join(ground.lines(FILE)) if ground.category(FILE) else "")
    return World(ground, concepts_of(ground), guidance, found, repository)


def write(world: World, kept: Iterable[Kept] = (), progress: Progress | None = None) -> Written:
    """Make all pages, or take those over whose inputs have not changed.

    What comes out is the same either way.
    """
    before = {one.page.slug: one for one in kept}
    plan = _plan(world)
    pages: list[Kept] = []
    remade = 0
    checked = Checked(world.ground.commit)
    with stage(progress or Silent(), "pages", len(plan)) as told:
        for slug, make in plan.items():
            old = before.get(slug)
            if old is not None and _unchanged(world, old):
                one = _stamped(old, world.ground)
            else:
                one = _made(world, make)
                remade += 1
            pages.append(one)
            checked.made.update(one.made)
            checked.failed += one.failed
            told.advance()
    wiki = Wiki(world.repository, world.ground.commit, tuple(one.page for one in pages))
    return Written(wiki, checked, tuple(pages), remade)


def page_of_file(world: World, path: str) -> Page | None:
    """Return the page of a file, or `None` where there is no such file."""
    if not world.ground.category(path):
        return None
    return file_page(path, Sources(world), Checked(world.ground.commit))


Make = Callable[[Sources, Checked], Page]


def _plan(world: World) -> dict[str, Make]:
    """Return how each page is made, by its slug, the overview first."""
    folders = folder_slugs(_folders(world.ground))

    def of_concept(slug: str) -> Make:
        return lambda sources, checked: concept_page(slug, sources, checked)

    def of_folder(folder: str, slug: str) -> Make:
        return lambda sources, checked: folder_page(folder, slug, sources, checked)

    plan: dict[str, Make] = {
        OVERVIEW: lambda sources, checked: overview_page(folders, sources, checked)
    }
    plan |= {one.slug: of_concept(one.slug) for one in world.concepts.all}
    return plan | {slug: of_folder(folder, slug) for folder, slug in folders.items()}


def _folders(ground: Ground) -> list[str]:
    """Return every folder with code in it or below it."""
    found: set[str] = set()
    for path in ground.paths:
        if ground.category(path) == "code":
            found.update(parent.as_posix() for parent in PurePosixPath(path).parents)
    return sorted(found - {"."})


def _made(world: World, make: Make) -> Kept:
    sources = Sources(world)
    checked = Checked()
    page = make(sources, checked)
    asked = tuple(sorted(sources.asked))
    return Kept(page, asked, sources.inputs, dict(checked.made), tuple(checked.failed))


def _unchanged(world: World, old: Kept) -> bool:
    sources = Sources(world)
    sources.asked = {key: sources.answer(key) for key in old.asked}
    return sources.inputs == old.inputs


def _stamped(old: Kept, ground: Ground) -> Kept:
    """Return a page as of today: what it cites is the same in today's commit."""

    def today(claim: Claim) -> Claim:
        cites = tuple(
            dataclasses.replace(one, commit=ground.commit_of(one.path)) for one in claim.cites
        )
        return dataclasses.replace(claim, cites=cites)

    sections = tuple(
        dataclasses.replace(one, claims=tuple(map(today, one.claims))) for one in old.page.sections
    )
    page = dataclasses.replace(old.page, sections=sections, commit=ground.commit)
    failed = tuple((today(claim), why) for claim, why in old.failed)
    return dataclasses.replace(old, page=page, failed=failed)
