"""What speaks for a file, each signal by itself: what the ranking weighs.

Every signal is brought to 0 … 1 for a query, so that weights learnt on one repository mean the same
on another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from journeyman.understanding.index.categories import CATEGORIES
from journeyman.understanding.index.corpus import Corpus, rarity
from journeyman.understanding.past.memory import Memory
from journeyman.understanding.search.query import Query
from journeyman.understanding.terms.postings import Floats, foremost
from journeyman.understanding.terms.vectors import Words
from journeyman.understanding.terms.words import stem, term_of

SCORED = ("body", "chunk", "names", "title", "spoken", "meaning", "together", "place")
"""Signals of which the rank counts besides the value."""

PLAIN = ("lately", "often", "length")
FLAGS = tuple(f"is {name}" for name in CATEGORIES[1:])
NAMES = (*SCORED, *(f"{name} rank" for name in SCORED), *PLAIN, *FLAGS)
"""What the columns of `Signals.table` are."""

_SEEDS = 5
"""Files that are thought best before it is asked what changes with them."""


@dataclass(frozen=True)
class Signals:
    """What speaks for each file and chunk.

    Args:
        table: (files, len(NAMES)) float32.
        words, meaning: (chunks,) BM25 and cosine of each chunk.
    """

    table: Floats
    words: Floats
    meaning: Floats


class History:
    """The memory of what a state's own past says, matched to the files of a corpus."""

    def __init__(self, memory: Memory, corpus: Corpus, seen: NDArray[np.bool_] | None) -> None:
        self.memory = memory
        self.seen = memory.everything if seen is None else seen
        self.known = memory.known(corpus.paths)
        self.lately = self.of_files(memory.recent(self.seen, 60))
        self.often = self.of_files(memory.recent(self.seen, 1500))

    def of_files(self, values: Floats) -> Floats:
        """Return values of the memory's files as values of the corpus's, 0 where unknown."""
        if not len(values):
            return np.zeros(len(self.known), np.float32)
        found: Floats = np.where(self.known >= 0, values[self.known], np.float32(0))
        return found


def gather(query: Query, corpus: Corpus, history: History | None, model: Words | None) -> Signals:
    """Return all signals of a query."""
    body = corpus.body(query.terms)
    best = corpus.best_of_files(body.chunks)
    names = corpus.names(query.terms)
    nothing = np.zeros(len(corpus.paths), np.float32)
    spoken = lately = often = together = nothing
    vector = query.vector(
        model, lambda word: rarity(corpus.spread(term_of(stem(word))), corpus.count)
    )
    near = corpus.near(vector) if vector is not None else np.zeros(len(body.chunks), np.float32)
    if history is not None:
        spoken = history.of_files(history.memory.spoken(query.terms, history.seen))
        lately, often = history.lately, history.often
        first = _level(body.files) + _level(names) + _level(spoken)
        weights = {
            int(history.known[one]): float(first[one])
            for one in foremost(first, _SEEDS, corpus.by_path)
            if history.known[one] >= 0
        }
        together = history.of_files(history.memory.together(weights, history.seen))
    scored = {
        "body": _level(body.files),
        "chunk": _level(best),
        "names": _level(names),
        "title": corpus.title(query.terms),
        "spoken": np.sqrt(_level(spoken)),
        "meaning": _level(np.maximum(corpus.best_of_files(near), 0)),
        "together": np.sqrt(_level(together)),
        "place": _named(query, corpus),
    }
    columns = [
        *scored.values(),
        *(_by_rank(values, corpus.by_path) for values in scored.values()),
        np.sqrt(_level(lately)),
        np.sqrt(_level(often)),
        np.log1p(corpus.file_words) / np.float32(10),
        *((corpus.category == code).astype(np.float32) for code in range(1, len(CATEGORIES))),
    ]
    return Signals(np.stack(columns, axis=1).astype(np.float32), body.chunks, near)


def _level(values: Floats) -> Floats:
    most = float(values.max()) if len(values) else 0.0
    return values / np.float32(most) if most > 0 else values


def _by_rank(values: Floats, before: NDArray[np.int64]) -> Floats:
    """Return 1 for the best and less for those behind, 0 for those without a score."""
    order = foremost(values, 200, before)
    found = np.zeros(len(values), np.float32)
    found[order] = np.float32(3) / (np.arange(len(order), dtype=np.float32) + 3)
    return found


def _named(query: Query, corpus: Corpus) -> Floats:
    """Return 1 for files whose path is said: whole, its end, or with more in front of it."""
    found = np.zeros(len(corpus.paths), np.float32)
    for place, _ in query.places:
        for number in corpus.called.get(place.rpartition("/")[2], ()):
            if same_end(corpus.paths[number], place):
                found[number] = 1
    return found


def same_end(path: str, said: str) -> bool:
    """Whether a file may be meant by a path that is said."""
    one, other = f"/{path}", "/" + said.lstrip("./")
    return one.endswith(other) or other.endswith(one)
