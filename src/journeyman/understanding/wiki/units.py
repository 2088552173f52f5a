"""What communities are made of: files, and the parts of files that are a world of their own.

Two units hang together when one calls or imports the other, when they are changed in the same
commits, when their names share rare words, and when they lie in the same folder.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from pathlib import PurePosixPath
from typing import NamedTuple

from journeyman.understanding.parsing.parsed import Symbol
from journeyman.understanding.terms.words import plain_parts, stem
from journeyman.understanding.wiki.community import Weights
from journeyman.understanding.wiki.ground import FileFacts, Ground

CALLS, IMPORTS, TOGETHER, WORDS, FOLDER = 2.0, 0.6, 1.6, 1.4, 1.5
"""What each tie weighs; looked at, not fitted."""

_WHOLE_LINES = 1500
_LARGE_SHARE = 0.25
"""A file of more lines than this, and more of all code, is divided."""

_NEAREST = 6
_COMMON = 60
"""Words in more units than this tie nothing together."""

_USES = {"call": 1.0, "inherit": 3.0, "type": 1.0}


class Unit(NamedTuple):
    """A file (`name` is empty), or one of its top-level definitions; together they are all of it.

    Of a divided file the unit without a name is what stands outside of every definition.
    """

    path: str
    name: str = ""


@dataclass
class Units:
    """The units of a repository, and what is known of each.

    Args:
        divided: Paths of the files whose definitions are units.
        words: For each unit, its stemmed words and how much each says about it.
        weight: How much of the repository each is, more where it is used much.
    """

    units: tuple[Unit, ...]
    divided: frozenset[str]
    number: dict[Unit, int] = field(default_factory=dict)
    words: list[dict[str, float]] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)

    def of(self, path: str, qualified: str) -> int:
        """Return the number of the unit that a definition belongs to, -1 for none."""
        if path in self.divided:
            at = self.number.get(Unit(path, qualified.partition(".")[0]))
            if at is not None:
                return at
        return self.number.get(Unit(path), -1)


_ASIDE = re.compile(
    r"(^|/)(examples?|samples?|demos?|docs?|bench(marks?)?|scripts?|tools?|sandbox|playground"
    r"|tutorials?|contrib|extras?|ci|\.[^/]+)/"
    r"|^[^/]+\.(sh|config\.\w+)$|^(setup|noxfile|conftest)\.py$"
)


def is_aside(path: str) -> bool:
    """Whether a file is beside the matter: an example, a benchmark, a script for developers."""
    found = _ASIDE.search(path)
    return found is not None and path.count("/", 0, found.start() + 1) < 2


def units_of(ground: Ground) -> Units:
    """Return the units of a repository: of its code, or of all its text where there is none."""
    files = [path for path in ground.paths if ground.category(path) == "code"]
    if not files:
        wanted = ("prose", "data", "test")
        files = [path for path in ground.paths if ground.category(path) in wanted]
    files = [path for path in files if ground.lines_in(path)]
    total = sum(map(ground.lines_in, files))
    found: list[Unit] = []
    divided: set[str] = set()
    for path in files:
        found.append(Unit(path))
        facts = ground.file(path)
        sizes = _sizes(facts) if facts else {}
        names = list(sizes)
        lines = ground.lines_in(path)
        even = max(sizes.values(), default=0) < lines / 2
        large = lines > _WHOLE_LINES or len(files) < 3
        if large and even and lines > total * _LARGE_SHARE and len(names) > 8:
            divided.add(path)
            found += [Unit(path, name) for name in names]
    units = Units(tuple(found), frozenset(divided), {one: at for at, one in enumerate(found)})
    units.words = [_words(ground, units, one) for one in found]
    units.weight = [_weight(ground, units, one) for one in found]
    return units


def _sizes(facts: FileFacts) -> dict[str, int]:
    """Return the lines of each top-level definition, with what belongs to it elsewhere."""
    found: dict[str, int] = {one.name: 0 for one in facts.top}
    for one in facts.symbols:
        name = one.qualified.partition(".")[0]
        if one.parent < 0 and name in found:
            found[name] += one.last - one.first + 1
    return found


def definitions(ground: Ground, unit: Unit, divided: frozenset[str]) -> list[Symbol]:
    """Return the definitions of a unit, those inside of others too."""
    facts = ground.file(unit.path)
    if facts is None:
        return []
    if unit.path not in divided:
        return list(facts.symbols)  # type: ignore[arg-type]
    return [one for one in facts.symbols if one.qualified.partition(".")[0] == unit.name]  # type: ignore[misc]


def _words(ground: Ground, units: Units, unit: Unit) -> dict[str, float]:
    """Return what names say: the file's own most, then its folders', then what it defines."""
    found: dict[str, float] = defaultdict(float)
    place = PurePosixPath(unit.path)
    folders = [part for part in place.parts[:-1] if part not in ("src", "lib")]
    if unit.path not in units.divided:
        for part in plain_parts(place.name.partition(".")[0]):
            found[stem(part)] += 4
        for depth, folder in enumerate(reversed(folders[-2:])):
            for part in plain_parts(folder):
                found[stem(part)] += 3 / (1 + depth)
    else:
        for part in plain_parts(unit.name):
            found[stem(part)] += 4
    counts: Counter[str] = Counter()
    for one in definitions(ground, unit, units.divided):
        counts.update({stem(part) for part in plain_parts(one.name)})
        counts.update({stem(part) for word in one.doc.split()[:12] for part in plain_parts(word)})
    for word, count in counts.items():
        found[word] += math.log1p(count)
    return dict(found)


def _weight(ground: Ground, units: Units, unit: Unit) -> float:
    facts = ground.file(unit.path)
    if facts is None:
        return 1.0
    callers = {link.path for link in facts.into if units.of(unit.path, link.target) >= 0}
    divided = unit.path in units.divided
    lines = _sizes(facts).get(unit.name, 0) if divided else facts.lines
    return math.sqrt(max(1, lines)) * (1 + math.log1p(len(callers)) / 3)


def ties(ground: Ground, units: Units) -> Weights:
    """Return how strongly units hang together."""
    graph: Weights = [defaultdict(float) for _ in units.units]
    for source, pairs in ((CALLS, _calls(ground, units)), (IMPORTS, _imported(ground, units))):
        for (one, other), weight in pairs.items():
            _tie(graph, one, other, source * weight)
    for (one, other), weight in _together(ground, units).items():
        _tie(graph, one, other, TOGETHER * weight)
    for (one, other), weight in _alike(units.words).items():
        _tie(graph, one, other, WORDS * weight)
    _neighbours(units, graph)
    aside = [is_aside(unit.path) for unit in units.units]
    return [
        {other: weight for other, weight in row.items() if aside[other] == aside[number]}
        for number, row in enumerate(graph)
    ]


def _tie(graph: Weights, one: int, other: int, weight: float) -> None:
    graph[one][other] = graph[one].get(other, 0.0) + weight
    graph[other][one] = graph[other].get(one, 0.0) + weight


Pairs = dict[tuple[int, int], float]


def _calls(ground: Ground, units: Units) -> Pairs:
    """Return calls between units; what everybody calls ties little together."""
    counts: dict[tuple[int, int], float] = defaultdict(float)
    for path in dict.fromkeys(unit.path for unit in units.units):
        facts = ground.file(path)
        for link in facts.out if facts else ():
            one, other = units.of(path, link.source), units.of(link.to, link.target)
            if one >= 0 <= other != one:
                counts[one, other] += _USES[link.kind]
    return _damped(counts)


def _imported(ground: Ground, units: Units) -> Pairs:
    counts: Counter[tuple[int, int]] = Counter()
    for number, unit in enumerate(units.units):
        facts = ground.file(unit.path) if not unit.name else None
        for path in facts.imports if facts else ():
            other = units.number.get(Unit(path), -1)
            if other >= 0 and other != number:
                counts[number, other] += 1
    return _damped(counts)


def _damped(counts: Mapping[tuple[int, int], float]) -> Pairs:
    sources = Counter(other for _, other in counts)
    return {pair: math.log1p(count) / math.sqrt(sources[pair[1]]) for pair, count in counts.items()}


def _together(ground: Ground, units: Units) -> Pairs:
    """Return how often files changed in the same commits, as a share of their commits."""
    numbers = {
        ground.story.numbers[unit.path]: at
        for at, unit in enumerate(units.units)
        if not unit.name and unit.path in ground.story.numbers
    }
    both: dict[tuple[int, int], float] = defaultdict(float)
    alone: Counter[int] = Counter()
    for commit in ground.story.log:
        if len(commit.touches) > 20:
            continue
        held = {numbers.get(ground.story.numbers[one.path], -1) for one in commit.touches}
        held.discard(-1)
        alone.update(held)
        for one, other in combinations(sorted(held), 2):
            both[one, other] += 1
    return {
        (one, other): count / (math.sqrt(alone[one] * alone[other]) + 3)
        for (one, other), count in both.items()
        if count > 1
    }


def _alike(words: Sequence[Mapping[str, float]]) -> Pairs:
    """Return the cosine of units' words by rarity, for each unit's nearest few."""
    places: dict[str, list[int]] = defaultdict(list)
    for number, found in enumerate(words):
        for word in found:
            places[word].append(number)
    rarity = {
        word: math.log(len(words) / len(held)) if len(held) <= max(_COMMON, 2) else 0.0
        for word, held in places.items()
    }
    lengths = [
        math.sqrt(sum((worth * rarity[word]) ** 2 for word, worth in found.items())) or 1.0
        for found in words
    ]
    pairs: Pairs = {}
    for number, found in enumerate(words):
        near: dict[int, float] = defaultdict(float)
        for word, worth in found.items():
            if rarity[word]:
                for other in places[word]:
                    near[other] += worth * words[other][word] * rarity[word] ** 2
        near.pop(number, None)
        scored = {other: value / lengths[number] / lengths[other] for other, value in near.items()}
        for other in sorted(scored, key=lambda one: (-scored[one], one))[:_NEAREST]:
            pair = (min(number, other), max(number, other))
            pairs[pair] = max(pairs.get(pair, 0.0), scored[other])
    return pairs


def _neighbours(units: Units, graph: Weights) -> None:
    """Tie what lies in the same folder, through the first of it, and the parts of a file."""
    folders: dict[str, list[int]] = defaultdict(list)
    for number, unit in enumerate(units.units):
        if unit.name:
            continue
        folders[PurePosixPath(unit.path).parent.as_posix()].append(number)
    for folder in sorted(folders):
        held = folders[folder]
        tie = FOLDER if len(held) <= len(units.units) / 3 else FOLDER / 5
        for one, other in combinations(held, 2) if len(held) <= 40 else pairwise(held):
            _tie(graph, one, other, tie / math.sqrt(len(held)))
