"""Several breaks at once: in one function, in one file, or in files that belong together.

Repairing one of several mistakes is not enough, and the failures of one can hide those of another.
Combining bugs that were proven one by one is known to be cheap and to give harder tasks (SWE-smith,
arXiv 2504.21798, section 2: 96.9 % of its combinations were valid). So give `combine` sites that
are worth trying by themselves, best those already proven: that every part matters is for tests to
show, by running what `Break.alone` leaves.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from journeyman.repository.coupling import Coupled
from journeyman.tasks.breaking.candidates import fingerprint
from journeyman.tasks.breaking.site import COMBINED, Break, Site
from journeyman.tasks.breaking.source import line_starts

MOST_PARTS = 4
_TRIES = 6
"""Draws for each combination wanted, at most: most fail because their parts overlap."""

Read = Callable[[str], str]
Place = tuple[str, str, int]


def combine(
    sites: Iterable[Site], read: Read, coupled: Sequence[Coupled], seed: int, most: int
) -> dict[str, list[Break]]:
    """Return at most `most` different combinations of each of the three families, for `choose`.

    Parts do not overlap, lie on different lines, and parse and import. Combinations in a function
    have two or three parts of different families; those in a file one part in each of two to four
    functions; those across files a part on both sides of a pair in `coupled` (heavier pairs more
    often), and sometimes a third. Which they are depends on the arguments' values only.
    """
    ground = _Ground.of(sites)
    draws = [random.Random(f"{seed}/{family}") for family in COMBINED]
    drawn = (
        _in_a_function(ground, draws[0]),
        _in_a_file(ground, draws[1]),
        _across(ground, draws[2], coupled),
    )
    return {
        family: list(itertools.islice(_fit(parts, family, read, _TRIES * most), most))
        for family, parts in zip(COMBINED, drawn, strict=True)
    }


def is_sound(made: Break, read: Read) -> bool:
    """Whether the parts are apart, the result compiles, and each part makes a difference to it."""
    for path in {part.path for part in made.parts}:
        parts = sorted(made.in_file(path), key=lambda part: part.start)
        text = read(path)
        ends = [part.line + text.count("\n", part.start, part.end - 1) for part in parts]
        for (part, end), after in zip(zip(parts, ends, strict=True), parts[1:], strict=False):
            if after.line <= end or after.start <= part.end:
                return False
        for group in _overlapping(parts):
            if len(group) > 1 and not _differs(group, text):
                return False
    return True


@dataclass
class _Ground:
    """The sites that can be combined: by file and by function, each in a fixed order."""

    files: dict[str, dict[Place, list[Site]]] = field(default_factory=dict)
    _known: dict[tuple[str, str], list[Site]] = field(default_factory=dict)

    @classmethod
    def of(cls, sites: Iterable[Site]) -> _Ground:
        ground = cls()
        fit = [one for one in sites if one.severity in ("raises", "wrong result")]
        for site in sorted(fit, key=lambda one: (one.path, one.first, one.order, one.family)):
            if not site.duplicate:
                place = (site.path, site.function, site.first)
                ground.files.setdefault(site.path, {}).setdefault(place, []).append(site)
        return ground

    def within(self, path: str, function: str) -> list[Site]:
        """Return the sites of a function, of all methods of a class, or (empty) of a file."""
        key = path, function
        if key not in self._known:
            self._known[key] = [
                site
                for (_, name, _), sites in self.files.get(path, {}).items()
                if not function or name == function or name.startswith(f"{function}.")
                for site in sites
            ]
        return self._known[key]


def _in_a_function(ground: _Ground, draw: random.Random) -> Iterator[tuple[Site, ...]]:
    places = [sites for each in ground.files.values() for sites in each.values() if len(sites) > 1]
    draw.shuffle(places)
    for sites in itertools.cycle(places):
        parts = draw.sample(sites, min(len(sites), draw.choice((2, 2, 2, 3))))
        if len({part.family for part in parts}) == len(parts):
            yield tuple(parts)
        else:
            yield ()


def _in_a_file(ground: _Ground, draw: random.Random) -> Iterator[tuple[Site, ...]]:
    files = [list(each.values()) for each in ground.files.values() if len(each) > 1]
    draw.shuffle(files)
    for functions in itertools.cycle(files):
        count = min(len(functions), draw.choice((2, 2, 3, MOST_PARTS)))
        yield tuple(draw.choice(sites) for sites in draw.sample(functions, count))


def _across(
    ground: _Ground, draw: random.Random, coupled: Sequence[Coupled]
) -> Iterator[tuple[Site, ...]]:
    sides = []
    for pair in coupled:
        one = ground.within(pair.path, pair.function)
        other = ground.within(pair.other_path, pair.other_function)
        if pair.path != pair.other_path and one and other:
            sides.append((pair.weight, one, other))
    weights = list(itertools.accumulate(weight for weight, _, _ in sides))
    while sides:
        _, one, other = draw.choices(sides, cum_weights=weights)[0]
        parts = [draw.choice(one), draw.choice(other)]
        if draw.random() < 0.25:
            parts.append(draw.choice(draw.choice((one, other))))
        yield tuple(parts)


def _fit(drawn: Iterator[tuple[Site, ...]], family: str, read: Read, tries: int) -> Iterator[Break]:
    seen = set()
    for parts in itertools.islice(drawn, tries):
        made = Break(tuple(sorted(parts, key=lambda part: (part.path, part.start))))
        if len(parts) < 2 or made.family != family or made.key in seen:
            continue
        seen.add(made.key)
        if is_sound(made, read):
            yield made


def _overlapping(parts: Sequence[Site]) -> Iterator[list[Site]]:
    """Yield the parts in groups whose functions, or classes, share lines."""
    group: list[Site] = []
    for part in sorted(parts, key=lambda part: part.first):
        if group and part.first > max(each.last for each in group):
            yield group
            group = []
        group.append(part)
    yield group


def _differs(parts: Sequence[Site], text: str) -> bool:
    """Whether all parts together do something else than none of them, and than all but one."""
    starts = line_starts(text)
    begin, end = starts[min(p.first for p in parts) - 1], starts[max(p.last for p in parts)]

    def made(chosen: Iterable[Site]) -> int | None:
        result = text[begin:end]
        for part in sorted(chosen, key=lambda part: part.start, reverse=True):
            result = result[: part.start - begin] + part.replacement + result[part.end - begin :]
        return fingerprint(result)

    whole = made(parts)
    fewer = [made(part for part in parts if part is not gone) for gone in parts]
    return whole is not None and whole not in (made(()), *fewer)
