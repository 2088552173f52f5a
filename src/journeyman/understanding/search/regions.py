"""Which lines of the likeliest files: a pure function of signals and weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from journeyman.understanding.index.categories import CATEGORIES
from journeyman.understanding.index.corpus import Corpus
from journeyman.understanding.search.query import Query
from journeyman.understanding.search.signals import NAMES, Signals, same_end
from journeyman.understanding.search.weights import Weights
from journeyman.understanding.terms.postings import Floats
from journeyman.understanding.terms.words import terms_of, words_of

FILES, LIKELY = 60, 150
"""Files whose lines are looked at, and regions of them that are looked at closely."""

FILE = 0.25
"""How much of its file's score a region has."""

PARTS = ("words here", "meaning here", "name here", "called by the best", "line named", "test")
WEIGHTS = (1.9, 1.0, 1.7, 1.5, 3.0, -1.5)
"""What a region's own words, its meaning, the name of its definition, that it is called by the best
regions, and being pointed at by line add; tests are shown behind what they test.

Learnt like weights of files, by cross entropy, on the needed lines of two repositories
(`benchmarks/lines.py` says what those are), each checked on the other.
"""

SEEDS = 10
"""The best regions, of which it is asked what they call."""

COMMON = 5
"""Names defined more often than this lead nowhere."""

_TEST = CATEGORIES.index("test")
_EVIDENCE = [NAMES.index(name) for name in ("body", "names", "title", "spoken", "place")]
"""Signals of which one at least has to speak for a file that is shown."""


class Structure(Protocol):
    """What is known of definitions: of an index, or of records in memory."""

    def name_of(self, path: str, ordinal: int) -> str:
        """Return what a definition is called; empty where there is none."""
        ...

    def called(self, path: str, first: int, last: int) -> Sequence[str]:
        """Return the names that these lines of a file refer to, in their order."""
        ...

    def defined(self, names: Collection[str]) -> Mapping[str, Sequence[tuple[str, int]]]:
        """Return where names are defined: path and ordinal."""
        ...


class Ranked(NamedTuple):
    """A chunk by its number in the corpus, its file's, its score, and what its own lines added."""

    chunk: int
    file: int
    score: float
    parts: tuple[float, ...]


def rank(
    query: Query,
    corpus: Corpus,
    signals: Signals,
    weights: Weights,
    structure: Structure,
    *,
    most: int,
    of_a_file: int = 4,
) -> list[Ranked]:
    """Return the best chunks, at most `most` and `of_a_file` of each file, the best first."""
    files = weights.of_files(signals.table)
    fit = np.flatnonzero((signals.table[:, _EVIDENCE] > 0).any(axis=1) & corpus.alive)
    order = fit[np.lexsort((corpus.by_path[fit], -files[fit]))][:FILES]
    if not len(order):
        return []
    chunks = np.concatenate(
        [np.arange(corpus.file_starts[one], corpus.file_starts[one + 1]) for one in order]
    )
    parts = np.zeros((len(chunks), len(PARTS)), np.float32)
    words = signals.words[chunks] / _most(signals.words)
    parts[:, 0] = 0.8 * words + 0.2 * words * words
    parts[:, 1] = np.maximum(signals.meaning[chunks], 0) / _most(signals.meaning)
    parts[:, 4] = _pointed(chunks, corpus, query)
    parts[:, 5] = corpus.category[corpus.chunk_file[chunks]] == _TEST
    worth = np.array(WEIGHTS, np.float32)
    base = np.float32(FILE) * files[corpus.chunk_file[chunks]]
    likely = _order(base + parts @ worth)[: max(LIKELY, most)]
    for one in likely:
        parts[one, 2] = _named(int(chunks[one]), corpus, query, structure)
    seeds = _order(base + parts @ worth)[:SEEDS]
    parts[:, 3] = _called(chunks, seeds, corpus, structure)
    total = base + parts @ worth
    kept: list[Ranked] = []
    taken: Counter[int] = Counter()
    for at in _order(total):
        file = int(corpus.chunk_file[chunks[at]])
        taken[file] += 1
        if taken[file] <= of_a_file:
            own = tuple(map(float, parts[at] * worth))
            kept.append(Ranked(int(chunks[at]), file, float(total[at]), own))
        if len(kept) == most:
            break
    return kept


def _order(scores: Floats) -> NDArray[np.int64]:
    found: NDArray[np.int64] = np.argsort(-scores, kind="stable")
    return found


def _called(
    chunks: NDArray[np.int64], seeds: NDArray[np.int64], corpus: Corpus, structure: Structure
) -> Floats:
    """Return how good the best region is that calls what a chunk defines: 1 for the best of all."""
    first: dict[str, int] = {}
    for at, seed in enumerate(seeds):
        begins, ends, _ = (int(line) for line in corpus.chunk_lines[chunks[seed]])
        path = corpus.paths[corpus.chunk_file[chunks[seed]]]
        for name in structure.called(path, begins, ends):
            if len(name) > 3:
                first.setdefault(name, at)
    worth: dict[tuple[str, int], float] = {}
    for name, places in structure.defined(first).items():
        if len(places) <= COMMON:
            for place in places:
                share = 0.65 + 0.35 / (1 + first[name])
                worth[place] = max(worth.get(place, 0.0), share)
    numbers = {corpus.number[path] for path, _ in worth if path in corpus.number}
    found = np.zeros(len(chunks), np.float32)
    for where in np.flatnonzero(np.isin(corpus.chunk_file[chunks], sorted(numbers))):
        chunk = chunks[where]
        place = corpus.paths[corpus.chunk_file[chunk]], int(corpus.chunk_lines[chunk][2]) - 1
        found[where] = worth.get(place, 0.0)
    return found


def _pointed(chunks: NDArray[np.int64], corpus: Corpus, query: Query) -> Floats:
    """Return 1 for chunks with a line that is named."""
    found = np.zeros(len(chunks), np.float32)
    places = [(place, line) for place, line in query.places if line]
    if places:
        for at, chunk in enumerate(chunks):
            path = corpus.paths[corpus.chunk_file[chunk]]
            first, last, _ = corpus.chunk_lines[chunk]
            found[at] = any(
                first <= line <= last and same_end(path, place) for place, line in places
            )
    return found


def _named(chunk: int, corpus: Corpus, query: Query, structure: Structure) -> float:
    """Return how much of the name of the definition on these lines is said, 0 to 1."""
    ordinal = int(corpus.chunk_lines[chunk][2]) - 1
    if ordinal < 0:
        return 0.0
    name = structure.name_of(corpus.paths[corpus.chunk_file[chunk]], ordinal)
    terms = {term for word in words_of(name) for term in terms_of(word)}
    return len(terms & query.terms.keys()) / len(terms) if terms else 0.0


def _most(values: Floats) -> np.float32:
    return np.float32(max(1e-6, float(values.max(initial=0))))
