"""Groups of files, the calls between concepts, and the files that change together."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from journeyman.understanding.wiki.concepts import Concept, Concepts
from journeyman.understanding.wiki.ground import Ground, Link


class Flow(NamedTuple):
    """References from one concept to another: how many, the names most used, and the first."""

    source: str
    target: str
    times: int
    names: tuple[str, ...]
    first: Link


class Partner(NamedTuple):
    """A file outside of a group that was changed in `times` of the group's `of` commits."""

    path: str
    times: int
    of: int


@dataclass(frozen=True)
class Group:
    """What a claim is about: its `title`, its files, and which definitions of them count."""

    name: str
    title: str
    paths: tuple[str, ...]
    concept: Concept | None = None

    @cached_property
    def held(self) -> frozenset[str]:
        """The files, to be looked up."""
        return frozenset(self.paths)


def all_flows(ground: Ground, concepts: Concepts) -> list[Flow]:
    """Return the references between concepts, the most first."""
    names: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    firsts: dict[tuple[str, str], Link] = {}
    for path in dict.fromkeys(unit.path for unit in concepts.units.units):
        facts = ground.file(path)
        for link in facts.out if facts else ():
            source, target = concepts.of(path, link.source), concepts.of(link.to, link.target)
            if source and target and source is not target:
                pair = (source.slug, target.slug)
                names[pair][link.target] += 1
                firsts.setdefault(pair, link)
    found = []
    for (source_slug, target_slug), counts in names.items():
        best = sorted(counts, key=lambda name: (-counts[name], name))[:3]
        first = firsts[source_slug, target_slug]
        found.append(Flow(source_slug, target_slug, counts.total(), tuple(best), first))
    return sorted(found, key=lambda one: (-one.times, one.source, one.target))


def partners_of(ground: Ground, group: Group) -> tuple[Partner, ...]:
    """Return the files that change with a group and do not belong to it, the most first."""
    story = ground.story
    counts = story.together(group.paths)
    commits = len(story.narrow(story.of_files(group.paths)))
    names = {
        story.numbers[path]: path
        for path in ground.paths
        if path in story.numbers and ground.category(path) in ("code", "test", "prose", "data")
    }
    held = [
        Partner(names[number], times, commits)
        for number, times in counts.items()
        if number in names and times > 2
    ]
    return tuple(sorted(held, key=lambda one: (-one.times, one.path))[:12])
