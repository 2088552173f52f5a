"""What a concept is called: words of its own files, folders, classes and functions.

A good name is said by much of what belongs to the concept and by little of the rest. Nothing is
invented: every word of a name occurs in the names of members.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from journeyman.understanding.parsing.parsed import Symbol
from journeyman.understanding.terms.words import plain_parts, stem
from journeyman.understanding.wiki.ground import Ground
from journeyman.understanding.wiki.units import Unit, Units, definitions, is_aside

_SAYS_LITTLE = """util utils utility helper helpers common base core misc main src lib types type
compat internal init impl abstract default tools tool shared index mod get set make create new add
is has to from with test tests testing object class name value data item items func args kwargs
str list dict map run call check interface constants const support app package py js ts go java
python handler simple generic model info all any props options option result apps packages sdk
legacy"""
_GENERIC = frozenset(stem(word) for word in _SAYS_LITTLE.split())
_SPELT = re.compile(r"[A-Z]{2,}s?(?=[A-Z][a-z]|[^A-Za-z]|$)|[A-Z]?[a-z]+|[A-Z]+|\d+")
_CLASSES = ("class", "interface", "struct", "enum", "trait")
_NAMELESS = ("__init__", "index", "mod", "__main__", "lib", "main")
_LETTERS = re.compile(r"[A-Za-z]{2,}")
_HALF_SAID = 0.55
"""A name that speaks of less than this share of a concept gets a second one beside it."""

Phrase = tuple[str, ...]


def names_of(namer: Namer, groups: Sequence[Sequence[int]]) -> list[str]:
    """Return a title for each group of units, all of them different.

    Args:
        groups: Numbers of the units of each concept, the largest concept first.
    """
    taken: set[str] = set()
    found = []
    for group in groups:
        title = namer.title(group, taken)
        taken.add(title.lower())
        found.append(title)
    return found


class Namer:
    """Knows what every unit says in its names."""

    def __init__(self, ground: Ground, units: Units) -> None:
        self._units = units
        self._phrases = [self._said_by(ground, number) for number in range(len(units.units))]
        self._all: dict[Phrase, float] = defaultdict(float)
        for number, said in enumerate(self._phrases):
            for phrase, worth in said.items():
                self._all[phrase] += worth * units.weight[number]
        self._spelt = _spellings(ground, units)

    def _said_by(self, ground: Ground, number: int) -> dict[Phrase, float]:
        """Return the phrases that a unit's names say, and how loudly, 0 to 1."""
        unit = self._units.units[number]
        place = PurePosixPath(unit.path)
        said: dict[Phrase, float] = defaultdict(float)

        def say(name: str, worth: float) -> None:
            words = tuple(part.lower() for part in _SPELT.findall(name) if len(part) > 1)
            for length in (1, 2, 3):
                for at in range(len(words) - length + 1):
                    phrase = words[at : at + length]
                    whole = 1.0 if length == len(words) else 0.6
                    said[phrase] = max(said[phrase], worth * whole)

        nameless = place.name.partition(".")[0] in _NAMELESS
        if unit.path not in self._units.divided and not nameless:
            say(place.name.partition(".")[0], 1.0)
        parents = [part for part in place.parts[:-1] if part not in ("src", "lib")]
        for depth, folder in enumerate(reversed(parents[-3:])):
            say(folder, 0.95 - 0.2 * depth)
        if unit.name and not unit.name.startswith("__"):
            say(unit.name, 1.0)
        names = definitions(ground, unit, self._units.divided)
        main = _main_class(ground, unit, names)
        if main:
            own = plain_parts(place.name.partition(".")[0])
            say(main, 0.55 if any(stem(one) not in _GENERIC for one in own) else 0.85)
        counts: Counter[Phrase] = Counter()
        for one in names:
            words = tuple(part.lower() for part in _SPELT.findall(one.name) if len(part) > 1)
            top = 3 if one.parent < 0 and one.kind not in ("function", "constant") else 1
            for length in (1, 2):
                for at in range(len(words) - length + 1):
                    counts[words[at : at + length]] += top
        for phrase, count in counts.items():
            loud = 0.6 * min(1.0, count / (3 + len(names) / 4))
            said[phrase] = max(said[phrase], loud)
        return dict(said)

    def title(self, group: Sequence[int], taken: set[str]) -> str:
        """Return the best title that is not taken."""
        scores = self._scores(group)
        weights = self._units.weight
        total = sum(weights[one] for one in group)
        order = sorted(scores, key=lambda one: (-scores[one], one))
        if not order:
            return self._free("Files", group, taken)
        chosen = [order[0]]
        said = self._covered(group, order[0])
        for phrase in order[1:60]:
            covered = self._covered(group, phrase)
            if len(chosen) == 3 or sum(weights[one] for one in said) > _HALF_SAID * total:
                break
            stems = {stem(word) for one in chosen for word in one}
            new = sum(weights[one] for one in covered - said) / total
            again = self._written([phrase]).lower() in taken
            if new > 0.1 and not again and not stems & {stem(word) for word in phrase}:
                if scores[phrase] < scores[order[0]] / 5:
                    break
                chosen.append(phrase)
                said |= covered
        return self._free(self._written(chosen), group, taken, order[1:])

    def aside(self, number: int) -> bool:
        """Whether a unit is beside the matter."""
        return is_aside(self._units.units[number].path)

    def main(self, group: Sequence[int]) -> Phrase:
        """Return the one phrase that says most of a group."""
        scores = self._scores(group)
        return min(scores, key=lambda one: (-scores[one], one), default=())

    def _scores(self, group: Sequence[int]) -> dict[Phrase, float]:
        weights = self._units.weight
        total = sum(weights[one] for one in group)
        share = total / sum(weights)
        inside: dict[Phrase, float] = defaultdict(float)
        for one in group:
            for phrase, worth in self._phrases[one].items():
                inside[phrase] += worth * weights[one]
        return {
            phrase: self._score(phrase, worth / total, worth / self._all[phrase], share)
            for phrase, worth in inside.items()
        }

    def _score(self, phrase: Phrase, recall: float, precision: float, share: float) -> float:
        """Return the worth of a name that says `recall` of a concept, which is `share` of all.

        `precision` is how much of all that the name is said by belongs to the concept; a name that
        is said as much everywhere else is worth nothing.
        """
        generic = sum(self._says_little(word) for word in phrase) / len(phrase)
        lift = max(0.0, precision - share) / (1 - share) if share < 0.9 else precision
        worth = recall * lift**0.7 * (1 - 0.85 * generic)
        return float(worth * (1.0, 1.15, 1.1)[len(phrase) - 1])

    def _says_little(self, word: str) -> bool:
        short = len(word) < 3 and word not in self._spelt
        return short or stem(word) in _GENERIC or word.isdigit()

    def _covered(self, group: Sequence[int], phrase: Phrase) -> set[int]:
        return {one for one in group if self._phrases[one].get(phrase, 0) >= 0.3}

    def _written(self, phrases: Sequence[Phrase]) -> str:
        parts = [" ".join(self._spelt.get(word, word) for word in one) for one in phrases]
        text = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
        return text[:1].upper() + text[1:]

    def _free(
        self, title: str, group: Sequence[int], taken: set[str], others: Sequence[Phrase] = ()
    ) -> str:
        """Return a title that nothing else has: with another word, or with where it lies."""
        if title.lower() not in taken:
            return title
        words = {stem(word) for word in title.lower().split()}
        for phrase in others[:20]:
            longer = f"{title}: {self._written([phrase]).lower()}"
            if longer.lower() not in taken and not words & {stem(word) for word in phrase}:
                return longer
        folder = PurePosixPath(self._units.units[group[0]].path).with_suffix("").as_posix()
        longer, count = f"{title} in {folder}", 2
        while longer.lower() in taken:
            longer, count = f"{title} in {folder} ({count})", count + 1
        return longer


def _main_class(ground: Ground, unit: Unit, held: Sequence[Symbol]) -> str:
    """Return the name of the class of a unit that other files use most, if any does."""
    facts = ground.file(unit.path)
    classes = {one.name for one in held if one.kind in _CLASSES and one.parent < 0}
    classes = {name for name in classes if not name.startswith("_")}
    uses: Counter[str] = Counter()
    for link in facts.into if facts else ():
        name = link.target.partition(".")[0]
        if name in classes and link.path != unit.path and ground.category(link.path) != "test":
            uses[name] += 1
    return min(uses, key=lambda name: (-uses[name], name), default="")


def _spellings(ground: Ground, units: Units) -> Mapping[str, str]:
    """Return words that documentation mostly writes in capitals of its own: SQL, MySQL, GitHub."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)

    def read(text: str) -> None:
        for word in _LETTERS.findall(text):
            forms[word.lower()][word] += 1

    for unit in units.units:
        for one in definitions(ground, unit, units.divided):
            read(one.doc)
            if one.kind == "class":
                for part in _SPELT.findall(one.name):
                    if part.isupper() and len(part) > 1:
                        forms[part.lower()][part] += 1
    for path in ground.paths:
        if "/" not in path and path.lower().startswith("readme"):
            read("\n".join(ground.lines(path)))
    found = {}
    for word, counts in forms.items():
        special = [one for one in counts if not one[1:].islower() and len(one) < 14]
        best = min(special, key=lambda one: (-counts[one], one), default="")
        plain = sum(counts[one] for one in counts if one[1:].islower())
        if best and counts[best] > max(0.6 * plain, math.log1p(len(units.units)) / 2):
            found[word] = best
    return found
