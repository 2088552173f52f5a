"""What a page asks for, remembered: the page need not be made again while the answers are the same.

Everything that a page says comes through here. A group is what a page or a claim is about: a
concept (``concept:SLUG``), a folder (``folder:PATH``, ``folder:`` for all) or a file (its path).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from journeyman.records import digest
from journeyman.understanding.graph.edges import Definition
from journeyman.understanding.past.log import Past
from journeyman.understanding.wiki.concepts import Concept, Concepts
from journeyman.understanding.wiki.ground import FileFacts, Ground
from journeyman.understanding.wiki.guidance import Guidance
from journeyman.understanding.wiki.relations import (
    Flow,
    Group,
    Partner,
    all_flows,
    partners_of,
)
from journeyman.understanding.wiki.wording import code, named


@dataclass
class World:
    """What all pages of a wiki are made from."""

    ground: Ground
    concepts: Concepts
    guidance: Guidance = field(default_factory=Guidance)
    corrections: dict[str, str] = field(default_factory=dict)
    repository: str = ""
    flows_kept: list[Flow] | None = None
    partners_kept: dict[str, tuple[Partner, ...]] = field(default_factory=dict)
    everything_kept: str = ""


class Sources:
    """A world that remembers what it was asked for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.ground = world.ground
        self.asked: dict[str, str] = {}
        self.reasons: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self._answers: dict[str, Callable[[str], str]] = {
            "file": self.ground.digest_of,
            "concept": lambda slug: _concept_digest(world.concepts.called(slug)),
            "member": lambda name: digest([one.slug for one in self._of_file(name)]),
            "folder": lambda path: digest(self._under(path)),
            "flows": lambda slug: digest(self._flows(slug)),
            "partners": lambda name: digest(self._partners(name)),
            "titles": lambda _: digest([(one.slug, one.title) for one in world.concepts.all]),
            "guidance": lambda _: world.guidance.digest,
            "correction": lambda slug: digest(world.corrections.get(slug, "")),
            "corrections": lambda _: digest(sorted(world.corrections.items())),
            "repository": lambda _: digest([world.repository, bool(self.ground.story.log)]),
            "everything": lambda _: everything(world),
        }

    def answer(self, key: str) -> str:
        """Return the digest of what is answered today to a question that was asked once."""
        query, _, argument = key.partition(" ")
        return self._answers[query](argument)

    def _note(self, query: str, argument: str = "") -> None:
        key = f"{query} {argument}"
        if key not in self.asked:
            self.asked[key] = self.answer(key)

    @property
    def inputs(self) -> str:
        """A digest of all that was asked and answered."""
        return digest(sorted(self.asked.items()))

    @property
    def repository(self) -> str:
        """What the repository is called."""
        self._note("repository")
        return self._world.repository

    def file(self, path: str) -> FileFacts | None:
        """Return what is known of a file."""
        self._note("file", path)
        return self.ground.file(path)

    def lines(self, path: str) -> list[str]:
        """Return the lines of a file."""
        self._note("file", path)
        return self.ground.lines(path)

    def definition(self, name: str) -> Definition | None:
        """Return the definition called ``path::qualified``."""
        path, _, qualified = name.partition("::")
        facts = self.file(path)
        return facts.by_name.get(qualified) if facts else None

    def concept(self, slug: str) -> Concept | None:
        """Return the concept with a slug."""
        self._note("concept", slug)
        return self._world.concepts.called(slug)

    def concepts(self) -> tuple[Concept, ...]:
        """Return all concepts."""
        self._note("everything")
        return self._world.concepts.all

    def titles(self) -> dict[str, str]:
        """Return slug to title of every concept."""
        self._note("titles")
        return {one.slug: one.title for one in self._world.concepts.all}

    def concepts_of(self, path: str) -> tuple[Concept, ...]:
        """Return the concepts that a file takes part in."""
        self._note("member", path)
        return self._of_file(path)

    def group(self, name: str) -> Group | None:
        """Return the group with a name, or `None` where there is none any more."""
        kind, _, rest = name.partition(":")
        if kind == "concept":
            concept = self.concept(rest)
            return Group(name, named(concept.title), concept.paths, concept) if concept else None
        if kind == "folder":
            self._note("folder", rest)
            paths = tuple(path for path, _ in self._under(rest))
            title = code(rest) if rest else named(self.repository)
            return Group(name, title, paths) if paths else None
        return Group(name, code(name), (name,)) if self.file(name) is not None else None

    def inside(self, group: Group, path: str, qualified: str) -> bool:
        """Whether a definition belongs to a group."""
        if group.concept is None:
            return path in group.held
        return self._world.concepts.of(path, qualified) is group.concept

    def definitions(self, group: Group) -> list[Definition]:
        """Return the definitions of a group's code."""
        found: list[Definition] = []
        for path in group.paths:
            facts = self.file(path)
            if facts is not None and (facts.category == "code" or len(group.paths) == 1):
                found += [one for one in facts.symbols if self.inside(group, path, one.qualified)]
        return found

    def lines_of(self, group: Group) -> int:
        """Return how many lines of files belong to a group."""
        total = 0
        divided = self._world.concepts.units.divided
        for path in group.paths:
            facts = self.file(path)
            if facts is None:
                continue
            if group.concept is None or path not in divided:
                total += facts.lines
                continue
            names = {unit.name for unit in group.concept.units if unit.path == path}
            held = [one for one in facts.symbols if one.parent < 0]
            held = [one for one in held if one.qualified.partition(".")[0] in names]
            total += sum(one.last - one.first + 1 for one in held)
        return total

    def commits(self, group: Group) -> list[int]:
        """Return the numbers of the commits that changed a group's files, oldest first."""
        for path in group.paths:
            self._note("file", path)
        return self.ground.story.of_files(group.paths)

    def commit(self, number: int) -> Past:
        """Return a commit."""
        return self.ground.story.log[number]

    def flows(self, slug: str) -> list[Flow]:
        """Return the references out of a concept and into it, the most first; of all for ''."""
        self._note("flows", slug)
        return self._flows(slug)

    def partners(self, group: Group) -> tuple[Partner, ...]:
        """Return the files that change with a group and do not belong to it, the most first."""
        self._note("partners", group.name)
        return self._partners(group.name)

    @property
    def guidance(self) -> Guidance:
        """What the team says about what to imitate."""
        self._note("guidance")
        return self._world.guidance

    def correction(self, slug: str) -> str:
        """Return what a person wrote about a page."""
        self._note("correction", slug)
        return self._world.corrections.get(slug, "")

    def homeless(self, slugs: Collection[str]) -> dict[str, str]:
        """Return the corrections of pages that are not there, by what their address was."""
        self._note("corrections")
        held = self._world.corrections
        return {
            slug: held[slug]
            for slug in sorted(held)
            if slug not in slugs and not slug.startswith("file-")
        }

    def _of_file(self, path: str) -> tuple[Concept, ...]:
        return self._world.concepts.of_file(path)

    def _under(self, folder: str) -> list[tuple[str, str]]:
        start = f"{folder}/" if folder else ""
        kept = ("code", "test", "prose", "data")
        ground = self.ground
        return [
            (path, ground.category(path))
            for path in ground.paths
            if path.startswith(start) and ground.category(path) in kept
        ]

    def _flows(self, slug: str) -> list[Flow]:
        if self._world.flows_kept is None:
            self._world.flows_kept = all_flows(self.ground, self._world.concepts)
        return [one for one in self._world.flows_kept if slug in ("", one.source, one.target)]

    def _partners(self, name: str) -> tuple[Partner, ...]:
        if name not in self._world.partners_kept:
            group = self.group(name)
            self._world.partners_kept[name] = partners_of(self.ground, group) if group else ()
        return self._world.partners_kept[name]


def everything(world: World) -> str:
    """Return a digest of all files and concepts."""
    if not world.everything_kept:
        files = [world.ground.digest_of(path) for path in world.ground.paths]
        concepts = [one.digest for one in world.concepts.all]
        world.everything_kept = digest([world.ground.paths, files, concepts, world.ground.commit])
    return world.everything_kept


def _concept_digest(concept: Concept | None) -> str:
    return concept.digest if concept else ""
