"""Sections that pages of every kind have: size, people, history, what changes with it."""

from __future__ import annotations

from collections.abc import Iterable

from journeyman.understanding.past.log import Past
from journeyman.understanding.wiki.addresses import to_code
from journeyman.understanding.wiki.checking import Checked
from journeyman.understanding.wiki.claims import each, typed
from journeyman.understanding.wiki.page import (
    Claim,
    ClaimKind,
    Diagram,
    Page,
    PageKind,
    Section,
    Table,
)
from journeyman.understanding.wiki.past import day, is_robot
from journeyman.understanding.wiki.quoting import clean, doc_of, sentences
from journeyman.understanding.wiki.relations import Group
from journeyman.understanding.wiki.sources import Sources
from journeyman.understanding.wiki.standing import reasons
from journeyman.understanding.wiki.surface import methods, public
from journeyman.understanding.wiki.wording import plain

_PEOPLE, _TESTS, _PARTNERS, _CHANGES, _SURFACE, _ALWAYS, _METHODS = 4, 8, 6, 8, 20, 6, 10


class Draft:
    """A page in the making: what is put in is checked, what does not hold is left out."""

    def __init__(self, sources: Sources, checked: Checked) -> None:
        self.sources = sources
        self._all = checked
        self._own = Checked()
        self._sections: list[Section] = []

    def claim(self, kind: ClaimKind, subject: str, object: str) -> list[Claim]:
        """Return one typed claim, if there is something to say."""
        made = typed(self.sources, kind, subject, object)
        return [made] if made is not None else []

    def put(
        self,
        heading: str,
        claims: Iterable[Claim] = (),
        table: Table | None = None,
        diagram: Diagram | None = None,
    ) -> None:
        """Add a section, unless there is nothing in it."""
        kept = self._own.take(dict.fromkeys(claims), self.sources)
        table = table if table is not None and table.rows else None
        if kept or table or diagram:
            self._sections.append(Section(heading, kept, table, diagram))

    def page(self, slug: str, title: str, kind: PageKind, summary: str) -> Page:
        """Return the page, and count its claims in with those of the others."""
        self._all.made.update(self._own.made)
        self._all.failed += self._own.failed
        return Page(
            slug,
            title,
            kind,
            summary,
            self.sources.ground.commit,
            tuple(self._sections),
            self._own.held,
            self._own.made.total(),
            self.sources.correction(slug),
        )


def surface(draft: Draft, group: Group) -> None:
    """Tell what others may use."""
    found = public(draft.sources, group)
    told = [row for row in found if row[1] or row[2] or row[0].doc]
    rows = tuple(
        (
            to_code(one.path, one.first),
            plain(one.qualified, 60),
            plain(one.header, 90),
            plain(sentences(clean(one.doc), 120), 120),
            str(uses or ""),
            str(tests or ""),
        )
        for one, uses, tests in [*told, *found[len(told) : _ALWAYS]][:_SURFACE]
    )
    head = ("Where", "Name", "Header", "What it says of itself", "Used in places", "Tests")
    names = [f"{one.path}::{one.qualified}" for one, uses, _ in found[:3] if uses]
    claims = [
        claim for name in names for claim in draft.claim("defines", name.partition("::")[0], name)
    ]
    draft.put("Public surface", claims, Table(head, rows))
    used = tuple(
        (
            to_code(one.path, one.first),
            plain(one.qualified, 60),
            plain(sentences(clean(one.doc), 120), 120),
            str(uses or ""),
            str(tests or ""),
        )
        for one, uses, tests in methods(draft.sources, group)[:_METHODS]
    )
    columns = ("Where", "Name", "What it says of itself", "Used in places", "Tests")
    draft.put("Most used methods", table=Table(columns, used))


def quotations(draft: Draft, group: Group, most: int = 4) -> list[Claim]:
    """Return what the most used definitions say of themselves."""
    found: list[Claim] = []
    for one, uses, tests in public(draft.sources, group):
        if len(found) == most:
            break
        if not (uses or tests) or len(one.doc) < 25:
            continue
        claim = doc_of(draft.sources, one, 240)
        if claim is not None:
            found.append(claim)
    return found


def tests(draft: Draft, group: Group) -> None:
    """Tell what tests it, the file that refers to it most first."""
    counts: dict[str, int] = {}
    sources = draft.sources
    for path in group.paths:
        facts = sources.file(path)
        for link in facts.into if facts else ():
            outside = sources.ground.category(link.path) == "test" and link.path not in group.held
            if outside and sources.inside(group, path, link.target):
                counts[link.path] = counts.get(link.path, 0) + 1
    best = sorted(counts, key=lambda path: (-counts[path], path))[:_TESTS]
    claims = [*draft.claim("counts", group.name, "tested")]
    for path in best:
        claims += draft.claim("tests", path, group.name)
    beside = [one.path for one in sources.partners(group) if one.path not in best]
    beside = [path for path in beside if sources.ground.category(path) == "test"]
    claims += each(sources, "changes with", group.name, beside[: max(0, 4 - len(best))])
    draft.put("Its tests", claims)


def people(draft: Draft, group: Group) -> None:
    """Tell who knows it."""
    shares = draft.sources.ground.story.shares(draft.sources.commits(group))
    names = [one.person for one in shares if not is_robot(one.person)][:_PEOPLE]
    draft.put(
        "Who knows it",
        [claim for name in names for claim in draft.claim("owns", name, group.name)],
    )


def past(draft: Draft, group: Group) -> None:
    """Tell how it came about: the first commit, the busiest year, names before, last changes."""
    sources = draft.sources
    numbers = sources.commits(group)
    if not numbers:
        return
    claims = [
        *draft.claim("counts", group.name, "origin"),
        *draft.claim("counts", group.name, "pace"),
    ]
    draft.put("How it came about", claims)
    commits = [sources.commit(one) for one in numbers[-_CHANGES:]][::-1]
    rows = tuple(
        (day(one.time), plain(one.author, 40), plain(one.subject, 100), one.id[:10])
        for one in commits
    )
    draft.put("Last changes", table=Table(("When", "Who", "What", "Commit"), rows))
    moves: dict[Past, list[tuple[str, str]]] = {}
    for one, old, new in sources.ground.story.renames(group.paths):
        moves.setdefault(one, []).append((old, new))
    moved = tuple(
        (
            day(one.time),
            to_code(pairs[0][0]),
            to_code(pairs[0][1]),
            str(len(pairs)),
            plain(one.subject, 80),
        )
        for one, pairs in list(moves.items())[:_CHANGES]
    )
    draft.put("Former names", table=Table(("When", "From", "To", "Files", "Commit says"), moved))


def partners(draft: Draft, group: Group) -> None:
    """Tell what changes with it."""
    found = [one.path for one in draft.sources.partners(group)[:_PARTNERS]]
    draft.put("What changes with it", each(draft.sources, "changes with", group.name, found))


def standing(draft: Draft, group: Group) -> None:
    """Tell what to imitate and what to stay away from."""
    for side, heading in (("good", "What to imitate"), ("bad", "What to stay away from")):
        objects = [f"stands:{side}:{name}" for _, name in reasons(draft.sources, group, side)]
        draft.put(heading, each(draft.sources, "counts", group.name, objects))


def files(draft: Draft, group: Group, paths: Iterable[str]) -> Table:
    """Return a table of files: what each says of itself, how large it is, when it changed."""
    rows = []
    sources = draft.sources
    for path in paths:
        facts = sources.file(path)
        if facts is None:
            continue
        commits = sources.ground.story.of_file(path)
        top = [one for one in facts.top if sources.inside(group, path, one.qualified)]
        names = [one.name for one in top if not one.name.startswith("_")] or [
            one.name for one in top
        ]
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        rows.append(
            (
                to_code(path),
                plain(shown, 110),
                f"{facts.lines:,}",
                str(len(commits) or ""),
                day(sources.commit(commits[-1]).time) if commits else "",
            )
        )
    return Table(("File", "Defines", "Lines", "Changes", "Last change"), tuple(rows))
