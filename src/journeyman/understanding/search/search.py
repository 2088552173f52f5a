"""One question in, ranked regions of lines out, each with what is known around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from journeyman.understanding.graph.edges import Definition
from journeyman.understanding.graph.graph import Graph
from journeyman.understanding.index.categories import CATEGORIES
from journeyman.understanding.index.corpus import rarity
from journeyman.understanding.index.index import Index
from journeyman.understanding.search.query import read_query
from journeyman.understanding.search.regions import FILE, PARTS, Ranked, rank
from journeyman.understanding.search.signals import NAMES, History, Signals, gather
from journeyman.understanding.search.structure import OfIndex
from journeyman.understanding.search.weights import Weights, from_json, shipped
from journeyman.understanding.terms.postings import Floats


@dataclass(frozen=True)
class Hit:
    """Lines `first` to `last` of a file (from 1), and why.

    `why` is what each signal added to the score of its file, largest first, and what the lines
    themselves added; `symbol` is the definition they are part of.
    """

    path: str
    first: int
    last: int
    score: float
    category: str
    symbol: Definition | None
    why: tuple[tuple[str, float], ...]


class Search:
    """Searches one index; make a new one after it was brought up to date.

    Args:
        weights: How signals are weighed; those learnt on this repository, else the shipped ones.
    """

    def __init__(self, index: Index, weights: Weights | None = None) -> None:
        self.index = index
        learnt = index.store.get("weights")
        self.weights = weights or (from_json(learnt) if learnt else shipped())
        self.graph = Graph(index.store)
        self._structure = OfIndex(self.graph)

    @cached_property
    def history(self) -> History | None:
        """What the history says of the files that are there."""
        memory = self.index.memory
        return History(memory, self.index.corpus, None) if memory is not None else None

    def find(self, text: str, most: int = 10) -> list[Hit]:
        """Return the best regions for a question, at most `most`, the best first."""
        corpus = self.index.corpus
        query = read_query(text, lambda term: rarity(corpus.spread(term), corpus.count))
        if not query.terms and not query.places:
            return []
        signals = gather(query, corpus, self.history, self.index.model)
        ranked = rank(query, corpus, signals, self.weights, self._structure, most=most)
        return [self._hit(one, signals) for one in ranked]

    def _hit(self, ranked: Ranked, signals: Signals) -> Hit:
        corpus = self.index.corpus
        path = corpus.paths[ranked.file]
        first, last = (int(line) for line in corpus.chunk_lines[ranked.chunk][:2])
        weights = np.float32(FILE) * np.array(self.weights.values, np.float32)
        shares: Floats = signals.table[ranked.file] * weights
        why = [*zip(NAMES, map(float, shares), strict=True), *zip(PARTS, ranked.parts, strict=True)]
        why.sort(key=lambda one: -abs(one[1]))
        return Hit(
            path=path,
            first=first,
            last=last,
            score=ranked.score,
            category=CATEGORIES[corpus.category[ranked.file]],
            symbol=self._about(path, first, last),
            why=tuple((name, round(value, 3)) for name, value in why if abs(value) >= 0.005),
        )

    def _about(self, path: str, first: int, last: int) -> Definition | None:
        """Return the outermost function on these lines, else what is around them."""
        inside = [
            one
            for one in self._structure.of_file(path)
            if one.kind in ("function", "method") and one.first <= last and one.last >= first
        ]
        return inside[0] if inside else self.graph.at(path, first)


def searcher(index: Index) -> Search:
    """Return a search of an index, the same one as long as nothing in the index changes."""
    state = index.changes, index.store.get("weights")
    known = _SEARCHERS.get(index)
    if known is None or known[0] != state:
        known = _SEARCHERS[index] = state, Search(index)
    return known[1]


_SEARCHERS: WeakKeyDictionary[Index, tuple[tuple[int, str | None], Search]] = WeakKeyDictionary()


def best_files(hits: Sequence[Hit]) -> list[str]:
    """Return the files of hits, each once, the best first."""
    return list(dict.fromkeys(hit.path for hit in hits))
