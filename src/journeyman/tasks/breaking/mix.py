"""A balanced draw: every family gets its share, and no function is broken over and over.

The draw is an order of which any beginning is balanced too, because the caller stops as soon as
enough of the breaks have been proven by tests.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from journeyman.errors import SettingsError
from journeyman.tasks.breaking.registry import weights_by_default
from journeyman.tasks.breaking.site import Break, Site

Place = tuple[str, str, int]
Drawn = TypeVar("Drawn", bound=Site | Break)


def choose(
    sites_by_family: Mapping[str, Iterable[Drawn]],
    count: int,
    seed: int,
    weights: Mapping[str, float] | None = None,
) -> list[Drawn]:
    """Return at most `count` sites, drawn in an order that depends on the arguments' values only.

    Families take turns in proportion to their weights (their own `probability` where none is
    given, 0 leaves a family out) for as long as they have sites: stride scheduling (Waldspurger
    and Weihl, 1995). Within a
    family the next site comes from a function that has been drawn least often so far, by any
    family, so that a function is drawn a second time only when the others of the family have been
    drawn once. Raises `SettingsError` for a weight that is negative, not finite, or of a family
    that is neither registered nor among `sites_by_family`.
    """
    shares = _shares(sites_by_family, weights or {})
    queues = {
        name: _Queue(sites, random.Random(f"{seed}/{name}"))
        for name, sites in sorted(sites_by_family.items())
        if shares[name] > 0
    }
    order = random.Random(f"{seed}").sample(sorted(queues), len(queues))
    turns = [(1 / shares[name], place, name) for place, name in enumerate(order)]
    heapq.heapify(turns)
    drawn: dict[Place, int] = {}
    chosen: list[Drawn] = []
    while turns and len(chosen) < count:
        due, place, name = heapq.heappop(turns)
        site = queues[name].draw(drawn)
        if site is not None:
            chosen.append(site)
            heapq.heappush(turns, (due + 1 / shares[name], place, name))
    return chosen


class _Queue(Generic[Drawn]):
    """One family's sites, by function, in a shuffled order."""

    def __init__(self, sites: Iterable[Drawn], draw: random.Random) -> None:
        by_place: dict[Place, list[Drawn]] = {}
        for site in sorted(sites, key=lambda site: site.order):
            by_place.setdefault((site.path, site.function, site.first), []).append(site)
        places = sorted(by_place)
        draw.shuffle(places)
        self.sites = {place: draw.sample(by_place[place], len(by_place[place])) for place in places}
        # How often a function has been drawn (as last seen), its rank, the function.
        self.heap = [(0, rank, place) for rank, place in enumerate(places)]

    def draw(self, drawn: dict[Place, int]) -> Drawn | None:
        """Return the next site and count it in `drawn`; None when there are no more."""
        while self.heap:
            seen, rank, place = heapq.heappop(self.heap)
            times = drawn.get(place, 0)
            if seen < times:  # Other families have drawn it meanwhile.
                heapq.heappush(self.heap, (times, rank, place))
                continue
            site = self.sites[place].pop()
            drawn[place] = times + 1
            if self.sites[place]:
                heapq.heappush(self.heap, (times + 1, rank, place))
            return site
        return None


def _shares(
    sites_by_family: Mapping[str, Iterable[Drawn]], weights: Mapping[str, float]
) -> dict[str, float]:
    usual = weights_by_default()
    known = {*sites_by_family, *usual}
    unknown = sorted(set(weights) - known)
    if unknown:
        raise SettingsError(
            f"A weight is given for {', '.join(unknown)}, which is no family of breaks.",
            f"The families are {', '.join(sorted(known))}.",
        )
    for name, weight in weights.items():
        if not 0 <= weight < float("inf"):
            raise SettingsError(
                f"The weight of {name} is {weight}.", "A weight is a number from 0 upwards."
            )
    return {name: float(weights.get(name, usual.get(name, 1.0))) for name in sites_by_family}
