"""The pages: an overview, one for each concept and folder, and one for a file where it is asked."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath

from journeyman.understanding.wiki import sections
from journeyman.understanding.wiki.addresses import OVERVIEW, file_slug, to_code, to_page
from journeyman.understanding.wiki.checking import Checked
from journeyman.understanding.wiki.claims import each
from journeyman.understanding.wiki.concepts import Concept
from journeyman.understanding.wiki.page import Claim, Diagram, Edge, Node, Page, Table
from journeyman.understanding.wiki.past import is_robot
from journeyman.understanding.wiki.quoting import doc_of, doc_of_file, readme
from journeyman.understanding.wiki.relations import Flow, Group
from journeyman.understanding.wiki.sections import Draft
from journeyman.understanding.wiki.sources import Sources
from journeyman.understanding.wiki.surface import public
from journeyman.understanding.wiki.wording import count, listed, plain

_FILES, _FLOWS, _BOXES = 20, 6, 12


def concept_page(slug: str, sources: Sources, checked: Checked) -> Page:
    """Return the page of a concept."""
    group = sources.group(f"concept:{slug}")
    if group is None or group.concept is None:
        raise ValueError(f"there is no concept {slug}")
    draft = Draft(sources, checked)
    claims = draft.claim("counts", group.name, "size")
    draft.put(
        "What it is", [*claims, *_said_by_files(draft, group), *sections.quotations(draft, group)]
    )
    draft.put("Where it lives", table=sections.files(draft, group, group.paths[:_FILES]))
    _concept_flow(draft, slug)
    sections.surface(draft, group)
    rows = tuple((to_code(path), _heading(sources, path)) for path in group.concept.docs)
    draft.put("Documents that speak of it", table=Table(("Where", "Title"), rows))
    sections.tests(draft, group)
    sections.people(draft, group)
    sections.past(draft, group)
    sections.partners(draft, group)
    sections.standing(draft, group)
    return draft.page(slug, group.concept.title, "concept", _summary(sources, group))


def folder_page(folder: str, slug: str, sources: Sources, checked: Checked) -> Page:
    """Return the page of a folder."""
    group = sources.group(f"folder:{folder}")
    if group is None:
        raise ValueError(f"there is no folder {folder}")
    draft = Draft(sources, checked)
    claims = draft.claim("counts", group.name, "size")
    start = f"{folder}/"
    own = [path for path in group.paths if "/" not in path[len(start) :]]
    for path in own:
        name = PurePosixPath(path).name.lower()
        if name.startswith("readme"):
            claims += readme(sources, path, 1)
        elif name.partition(".")[0] in ("__init__", "mod", "index", "package-info", "doc"):
            claims += [one for one in [doc_of_file(sources, path)] if one]
    draft.put("What it is", [*claims, *sections.quotations(draft, group, 2)])
    inner = Counter(path[len(start) :].partition("/")[0] for path in group.paths if path not in own)
    folders = tuple(
        (to_code(f"{start}{name}/"), str(times)) for name, times in sorted(inner.items())
    )
    draft.put("Folders in it", table=Table(("Folder", "Files"), folders))
    draft.put("Files in it", table=sections.files(draft, group, own[:60]))
    concepts: Counter[tuple[str, str]] = Counter()
    for path in group.paths:
        concepts.update((one.slug, one.title) for one in sources.concepts_of(path))
    rows = tuple(
        (to_page(title, found), str(times))
        for (found, title), times in sorted(concepts.items(), key=lambda one: (-one[1], one[0]))
    )
    draft.put("Concepts in it", table=Table(("Concept", "Files here"), rows[:20]))
    sections.tests(draft, group)
    sections.people(draft, group)
    sections.past(draft, group)
    sections.partners(draft, group)
    sections.standing(draft, group)
    return draft.page(slug, folder, "folder", _summary(sources, group))


def file_page(path: str, sources: Sources, checked: Checked) -> Page:
    """Return the page of a file."""
    group = sources.group(path)
    facts = sources.file(path)
    if group is None or facts is None:
        raise ValueError(f"there is no file {path}")
    draft = Draft(sources, checked)
    said = [one for one in [doc_of_file(sources, path)] if one]
    if facts.category == "prose":
        said = readme(sources, path)
    draft.put("What it is", [*draft.claim("counts", path, "size"), *said])
    concepts = tuple((to_page(one.title, one.slug),) for one in sources.concepts_of(path))
    draft.put("Concepts", table=Table(("Concept",), concepts))
    sections.surface(draft, group)
    used = dict.fromkeys(link.to for link in facts.out if link.to != path)
    users = dict.fromkeys(link.path for link in facts.into if link.path != path)
    claims = [*each(sources, "calls", path, list(used)[:_FILES])]
    claims += each(sources, "imports", path, [one for one in facts.imports if one not in used])
    for user in list(users)[:_FILES]:
        if sources.ground.category(user) != "test":
            claims += draft.claim("calls", user, path)
    draft.put("How data flows", claims)
    sections.tests(draft, group)
    sections.people(draft, group)
    sections.past(draft, group)
    sections.partners(draft, group)
    sections.standing(draft, group)
    return draft.page(file_slug(path), path, "file", _summary(sources, group))


def overview_page(folders: dict[str, str], sources: Sources, checked: Checked) -> Page:
    """Return the page that a newcomer reads first."""
    group = sources.group("folder:")
    draft = Draft(sources, checked)
    if group is None:
        return draft.page(OVERVIEW, sources.repository, "overview", "There is nothing in it yet.")
    claims = draft.claim("counts", group.name, "size") + draft.claim("counts", "folder:", "kinds")
    tops = [path for path in group.paths if "/" not in path]
    for path in tops:
        if path.lower().startswith("readme"):
            claims += readme(sources, path, 3, _plain_name(sources.repository))
            break
    draft.put("What it is", claims)
    concepts = sources.concepts()
    _concept_table(draft, concepts)
    flows = sources.flows("")
    draft.put(
        "How the concepts use each other",
        [claim for one in flows[:_FLOWS] for claim in _flow_claims(draft, one)],
        diagram=_map(draft, flows),
    )
    found = public(sources, group)
    start = [one for row in found[:5] for one in [doc_of(sources, row[0], 200)] if one]
    rows = tuple(
        (to_code(one.path, one.first), plain(one.qualified, 60), str(uses), str(tests or ""))
        for one, uses, tests in found[:12]
    )
    head = ("Where", "Name", "Used in places", "Tests")
    draft.put("Where to start reading", start, Table(head, rows))
    inside = tuple(
        (to_page(folder, slug),) for folder, slug in folders.items() if "/" not in folder
    )
    draft.put("Folders", table=Table(("Folder",), inside))
    draft.put("Its tests", draft.claim("counts", group.name, "tested"))
    sections.people(draft, group)
    sections.past(draft, group)
    sections.standing(draft, group)
    known = {OVERVIEW, *(one.slug for one in concepts), *folders.values()}
    lost = tuple((slug, plain(text, 400)) for slug, text in sources.homeless(known).items())
    draft.put("Corrections of pages that are gone", table=Table(("Page", "Correction"), lost))
    return draft.page(OVERVIEW, sources.repository, "overview", _summary(sources, group))


def _said_by_files(draft: Draft, group: Group, most: int = 3) -> list[Claim]:
    found = (doc_of_file(draft.sources, path) for path in group.paths[:8])
    return [one for one in found if one is not None][:most]


def _concept_table(draft: Draft, concepts: tuple[Concept, ...]) -> None:
    rows = []
    for one in concepts:
        group = draft.sources.group(f"concept:{one.slug}")
        if group is None:
            continue
        names = [item.name for item, _, _ in public(draft.sources, group)[:3]]
        lines = f"{draft.sources.lines_of(group):,}"
        shares = draft.sources.ground.story.shares(draft.sources.commits(group))
        who = plain(next((one.person for one in shares if not is_robot(one.person)), ""), 40)
        size = str(len(one.paths))
        rows.append((to_page(one.title, one.slug), plain(", ".join(names), 80), size, lines, who))
    head = ("Concept", "Most used", "Files", "Lines", "Ask")
    draft.put("Concepts", table=Table(head, tuple(rows)))


def _concept_flow(draft: Draft, slug: str) -> None:
    """Draw what a concept uses and what uses it."""
    flows = draft.sources.flows(slug)
    titles = draft.sources.titles()
    out = [one for one in flows if one.source == slug][:_FLOWS]
    into = [one for one in flows if one.target == slug][:_FLOWS]
    shown = dict.fromkeys(
        [slug, *(end for one in [*out, *into] for end in (one.source, one.target))]
    )
    claims = [claim for one in [*out, *into] for claim in _flow_claims(draft, one)]
    nodes = tuple(Node(one, titles[one], "" if one == slug else one) for one in shown)
    edges = tuple(_edge(one) for one in dict.fromkeys([*into, *out]))
    caption = f"What {titles[slug]} uses and what uses it; numbers are places in the code."
    draft.put("How data flows", claims, diagram=Diagram(caption, nodes, edges) if edges else None)


def _map(draft: Draft, flows: list[Flow]) -> Diagram | None:
    """Draw the concepts that use each other most."""
    titles = draft.sources.titles()
    shown: dict[str, None] = {}
    for one in flows:
        if len(shown.keys() | {one.source, one.target}) <= _BOXES:
            shown[one.source] = shown[one.target] = None
    edges = [one for one in flows if one.source in shown and one.target in shown][: 2 * _BOXES]
    if not edges:
        return None
    nodes = tuple(Node(slug, titles[slug], slug) for slug in shown)
    caption = "The concepts that use each other most; numbers are places in the code."
    return Diagram(caption, nodes, tuple(map(_edge, edges)))


def _edge(one: Flow) -> Edge:
    return Edge(one.source, one.target, str(one.times), one.times)


def _flow_claims(draft: Draft, one: Flow) -> list[Claim]:
    return draft.claim("calls", f"concept:{one.source}", f"concept:{one.target}")


def _plain_name(repository: str) -> str:
    return repository.rpartition("+")[2].rpartition("/")[2].removesuffix(".git")


def _heading(sources: Sources, path: str) -> str:
    """Return the first line of a document with words in it."""
    for line in sources.lines(path)[:40]:
        text = plain(line.strip("#=-*~ \t"), 90)
        if len(text) > 2 and text[0].isalnum():
            return text
    return ""


def _summary(sources: Sources, group: Group) -> str:
    """Return one sentence: how large, and what in it others use most."""
    names = [f"`{one.name}`" for one, uses, _ in public(sources, group)[:3] if uses]
    size = f"{count(len(group.paths), 'file')}, {count(sources.lines_of(group), 'line')}"
    if not names:
        return f"{size}."
    return f"{size}; most used from it: {listed(names)}."
