"""One question in, ranked regions of lines out, each with what is known around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from journeyman.understanding.graph.graph import Definition, Graph
from journeyman.understanding.index.corpus import rarity
from journeyman.understanding.index.index import Index
from journeyman.understanding.index.segment import Floats
from journeyman.understanding.index.words import terms_of, words_of
from journeyman.understanding.search.query import Query, read_query
from journeyman.understanding.search.signals import NAMES, History, Signals, gather
from journeyman.understanding.search.weights import Weights, from_json, shipped

FILES, LIKELY = 40, 120
"""Files whose lines are looked at, and regions of them that are looked at closely."""

_WORDS, _MEANING, _NAMED, _LINE = 2.5, 0.8, 1.6, 4.0
"""What a chunk's own words, its meaning, the name of its symbol, and being pointed at by line add
to its file's score."""

_MOST_OF_A_FILE = 4

_EVIDENCE = [NAMES.index(name) for name in ("body", "names", "title", "spoken", "place")]
"""Signals of which one at least has to speak for a file that is shown."""


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
        files = self.weights.of_files(signals.table)
        spoken_for = (signals.table[:, _EVIDENCE] > 0).any(axis=1) & corpus.alive
        fit = np.flatnonzero(spoken_for)
        order = fit[np.lexsort((corpus.by_path[fit], -files[fit]))][:FILES]
        if not len(order):
            return []
        chunks = np.concatenate(
            [np.arange(corpus.file_starts[one], corpus.file_starts[one + 1]) for one in order]
        )
        parts = self._parts(chunks, query, signals)
        total = files[corpus.chunk_file[chunks]] + sum(parts.values(), np.zeros(len(chunks)))
        likely = np.lexsort((np.arange(len(chunks)), -total))[:LIKELY]
        named = [_NAMED * self._named(int(chunk), query) for chunk in chunks[likely]]
        parts = {name: values[likely] for name, values in parts.items()}
        parts["name here"] = np.array(named, np.float32)
        total = total[likely] + parts["name here"]
        kept: list[Hit] = []
        taken: Counter[int] = Counter()
        for at in np.argsort(-total, kind="stable"):
            chunk = int(chunks[likely[at]])
            file = int(corpus.chunk_file[chunk])
            taken[file] += 1
            if taken[file] <= _MOST_OF_A_FILE:
                own = {name: float(values[at]) for name, values in parts.items()}
                kept.append(self._hit(file, chunk, float(total[at]), own, signals))
            if len(kept) == most:
                break
        return kept

    def _parts(
        self, chunks: NDArray[np.int64], query: Query, signals: Signals
    ) -> dict[str, Floats]:
        """Return what the lines of each chunk add to the score of its file."""
        corpus = self.index.corpus
        parts = {
            "words here": signals.words[chunks] * np.float32(_WORDS / _most(signals.words)),
            "meaning here": np.maximum(signals.meaning[chunks], 0)
            * np.float32(_MEANING / _most(signals.meaning)),
        }
        places = [(f"/{place}", line) for place, line in query.places if line]
        if places:
            pointed = np.zeros(len(chunks), np.float32)
            for at, chunk in enumerate(chunks):
                path = f"/{corpus.paths[corpus.chunk_file[chunk]]}"
                first, last, _ = corpus.chunk_lines[chunk]
                pointed[at] = any(
                    path.endswith(end) and first <= line <= last for end, line in places
                )
            parts["line named"] = pointed * np.float32(_LINE)
        return parts

    def _named(self, chunk: int, query: Query) -> float:
        """Return how much of the name of the definition on these lines is said, 0 to 1."""
        corpus = self.index.corpus
        ordinal = int(corpus.chunk_lines[chunk][2]) - 1
        symbols = self._symbols(corpus.paths[corpus.chunk_file[chunk]])
        if not 0 <= ordinal < len(symbols):
            return 0.0
        terms = {term for word in words_of(symbols[ordinal].name) for term in terms_of(word)}
        return len(terms & query.terms.keys()) / len(terms) if terms else 0.0

    def _symbols(self, path: str) -> list[Definition]:
        if path not in self._known:
            self._known[path] = self.graph.definitions(path)
        return self._known[path]

    @cached_property
    def _known(self) -> dict[str, list[Definition]]:
        return {}

    def _hit(
        self, number: int, chunk: int, score: float, own: Mapping[str, float], signals: Signals
    ) -> Hit:
        corpus = self.index.corpus
        path = corpus.paths[number]
        first, last = (int(line) for line in corpus.chunk_lines[chunk][:2])
        shares: Floats = signals.table[number] * np.array(self.weights.values, np.float32)
        why = {**dict(zip(NAMES, map(float, shares), strict=True)), **own}
        told = sorted(why.items(), key=lambda one: -abs(one[1]))
        about = self._about(path, first, last)
        category = self.index.store.query("SELECT category FROM file WHERE path = ?", (path,))
        return Hit(
            path, first, last, score, str(category[0][0]), about,
            tuple((name, round(value, 3)) for name, value in told if abs(value) >= 0.005),
        )  # fmt: skip

    def _about(self, path: str, first: int, last: int) -> Definition | None:
        """Return the outermost function on these lines, else what is around them."""
        inside = [
            one
            for one in self._symbols(path)
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


def _most(values: Floats) -> float:
    return max(1e-6, float(values.max(initial=0)))


def best_files(hits: Sequence[Hit]) -> list[str]:
    """Return the files of hits, each once, the best first."""
    return list(dict.fromkeys(hit.path for hit in hits))
