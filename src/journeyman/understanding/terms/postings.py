"""Which term stands where: sorted arrays that lead from a term to its places."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint32]
Floats = NDArray[np.float32]


class Inverted(NamedTuple):
    """Term to places: `place[starts[i]:starts[i+1]]` and `times` for `terms[i]`, places rising."""

    terms: Ids
    starts: NDArray[np.int64]
    place: Ids
    times: NDArray[np.uint8]

    def of(self, term: int) -> tuple[Ids, NDArray[np.uint8]]:
        """Return the places of a term and how often it stands at each."""
        at = int(np.searchsorted(self.terms, term))
        if at == len(self.terms) or int(self.terms[at]) != term:
            return self.place[:0], self.times[:0]
        first, last = int(self.starts[at]), int(self.starts[at + 1])
        return self.place[first:last], self.times[first:last]

    def term_of_place(self) -> Ids:
        """Return the term that each entry of `place` belongs to."""
        return np.repeat(self.terms, np.diff(self.starts))


def invert(place: Ids, term: Ids, times: NDArray[np.uint8]) -> Inverted:
    """Bring postings into the order of their terms, and of their places within those."""
    key = term.astype(np.uint64) << np.uint64(32) | place
    order = np.argsort(key, kind="stable")
    term = term[order]
    terms, firsts = np.unique(term, return_index=True)
    starts = np.append(firsts, len(term)).astype(np.int64)
    return Inverted(terms, starts, place[order], times[order])


def foremost(
    values: Floats, most: int, before: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Return the places of the largest values above 0, at most `most`, the largest first.

    Args:
        before: Among equal ones those come first that are least by this; else the earlier.
    """
    places = np.flatnonzero(values > 0)
    if len(places) > 4 * most:
        found = values[places]
        least = np.partition(found, len(found) - most)[len(found) - most]
        places = places[found >= least]
    ties = before[places] if before is not None else places
    order: NDArray[np.int64] = np.lexsort((ties, -values[places]))[:most]
    return places[order]
