"""Concepts: what a code base is about, found in how its parts hang together."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from journeyman.records import digest
from journeyman.understanding.terms.words import words_of
from journeyman.understanding.wiki.community import grouped
from journeyman.understanding.wiki.ground import Ground
from journeyman.understanding.wiki.naming import Namer, names_of
from journeyman.understanding.wiki.units import Unit, Units, is_aside, ties, units_of

_CHANGELOG = re.compile(r"(?i)(change|history|news|release|announce|authors|whatsnew)")


@dataclass(frozen=True)
class Concept:
    """A concept: its units, the largest first, and the documents that speak of it."""

    slug: str
    title: str
    units: tuple[Unit, ...]
    docs: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it lives in, the largest unit's first."""
        return tuple(dict.fromkeys(unit.path for unit in self.units))

    @property
    def digest(self) -> str:
        """A digest of what it is made of."""
        return digest([self.slug, self.title, self.units, self.docs])


@dataclass(frozen=True)
class Concepts:
    """All concepts, the largest first, and which one a definition belongs to.

    Those that are beside the matter (examples, scripts) come last.
    """

    all: tuple[Concept, ...]
    units: Units
    member: tuple[int, ...]
    """For each unit, the index of its concept."""

    def of(self, path: str, qualified: str = "") -> Concept | None:
        """Return the concept of a definition, or of what a file has outside of definitions."""
        unit = self.units.of(path, qualified)
        return self.all[self.member[unit]] if unit >= 0 else None

    def of_file(self, path: str) -> tuple[Concept, ...]:
        """Return the concepts that a file takes part in."""
        if path not in self.units.divided:
            one = self.of(path)
            return (one,) if one else ()
        return tuple(one for one in self.all if path in one.paths)

    def called(self, slug: str) -> Concept | None:
        """Return the concept with a slug."""
        return next((one for one in self.all if one.slug == slug), None)


def concepts_of(ground: Ground) -> Concepts:
    """Find the concepts of a repository: about as many as a newcomer can take in."""
    units = units_of(ground)
    count = len(units.units)
    if not count:
        return Concepts((), units, ())
    target = max(1, min(120, round(1.7 * math.sqrt(count))))
    most = max(8, min(count // 8, 4 * count // target))
    least = 1 if count < 12 else 2 if count < 80 else 3
    labels = grouped(ties(ground, units), target, least, most)
    labels = _adopted(units, labels, least)
    namer = Namer(ground, units)
    labels = _reunited(namer, labels, max(12, min(count // 5, 2 * most)))
    groups: dict[int, list[int]] = defaultdict(list)
    for number, label in enumerate(labels):
        groups[label].append(number)
    aside = [is_aside(unit.path) for unit in units.units]
    order = sorted(
        groups.values(),
        key=lambda held: (aside[held[0]], -sum(units.weight[one] for one in held), held),
    )
    for held in order:
        held.sort(key=lambda one: (-units.weight[one], units.units[one]))
    member = [0] * count
    for label, held in enumerate(order):
        for one in held:
            member[one] = label
    titles = names_of(namer, order)
    docs = _documents(ground, units, member, len(order))
    slugs: set[str] = set()
    found = []
    for title, held, about in zip(titles, order, docs, strict=True):
        parts = tuple(units.units[one] for one in held)
        found.append(Concept(_slug(title, slugs), title, parts, about))
    return Concepts(tuple(found), units, tuple(member))


def _adopted(units: Units, labels: Sequence[int], least: int) -> list[int]:
    """Let what hangs together with nothing join what lies nearest to it."""
    sizes = Counter(labels)
    small = [number for number, label in enumerate(labels) if sizes[label] < least]
    found = list(labels)
    for number in small:
        path = units.units[number].path
        near = [
            (_shared(path, units.units[other].path), sizes[label], -label)
            for other, label in enumerate(labels)
            if sizes[label] >= least and is_aside(units.units[other].path) == is_aside(path)
        ]
        if near:
            found[number] = -max(near)[2]
    return found


def _reunited(namer: Namer, labels: Sequence[int], most: int) -> list[int]:
    """Join what would have the same name: to the people who named it, it is one thing."""
    groups: dict[int, list[int]] = defaultdict(list)
    for number, label in enumerate(labels):
        groups[label].append(number)
    called: dict[tuple[str, ...], int] = {}
    into = {label: label for label in groups}
    for label in sorted(groups, key=lambda one: (-len(groups[one]), one)):
        name = (str(namer.aside(groups[label][0])), *namer.main(groups[label]))
        first = called.setdefault(name, label)
        if first != label and len(groups[first]) + len(groups[label]) <= most:
            groups[first] += groups[label]
            into[label] = first
    return [into[label] for label in labels]


def _shared(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one.split("/"), other.split("/"), strict=False):
        if a != b:
            break
        count += 1
    return count + (one == other)


def _slug(title: str, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "concept"
    if base in ("overview", "index") or base.startswith(("folder-", "file-")):
        base = f"the-{base}"
    slug, count = base, 2
    while slug in taken:
        slug, count = f"{base}-{count}", count + 1
    taken.add(slug)
    return slug


def _documents(
    ground: Ground, units: Units, member: Sequence[int], count: int
) -> list[tuple[str, ...]]:
    """Return for each concept the documents that name most of its definitions, most telling first.

    A name counts by how few concepts define it and how few documents say it.
    """
    meant: dict[str, set[int]] = defaultdict(set)
    for number, unit in enumerate(units.units):
        facts = ground.file(unit.path)
        for one in facts.top if facts else ():
            if unit.name in ("", one.name) and len(one.name) > 4:
                meant[one.name].add(member[number])
    prose = [
        path
        for path in ground.paths
        if ground.category(path) == "prose" and not _CHANGELOG.search(path)
    ]
    said = {}
    for first in range(0, len(prose), 256):
        part = prose[first : first + 256]
        ground.read(part)
        said.update({path: set(words_of("\n".join(ground.lines(path)))) for path in part})
    often = Counter(word for words in said.values() for word in words if word in meant)
    scores: list[dict[str, float]] = [{} for _ in range(count)]
    for path, words in said.items():
        size = math.sqrt(20 + len(words))
        for word in sorted(words & meant.keys()):
            if len(meant[word]) == 1 and often[word] <= max(3, len(prose) // 10):
                (label,) = meant[word]
                scores[label][path] = scores[label].get(path, 0.0) + 1 / size / often[word]
    return [tuple(sorted(held, key=lambda path: (-held[path], path))[:4]) for held in scores]
