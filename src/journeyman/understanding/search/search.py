"""One question in, ranked regions of lines out, each with what is known around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from journeyman.understanding.graph.graph import Definition, Graph
from journeyman.understanding.index.corpus import rarity
from journeyman.understanding.index.index import Index
from journeyman.understanding.index.segment import Floats
from journeyman.understanding.index.words import terms_of, words_of
from journeyman.understanding.search.query import Query, read_query
from journeyman.understanding.search.signals import NAMES, History, Signals, gather
from journeyman.understanding.search.weights import Weights, from_json, shipped

FILES = 40
"""Files whose lines are looked at."""

_WORDS, _MEANING, _NAMED, _LINE = 2.5, 0.8, 1.6, 4.0
"""What a chunk's own words, its meaning, the name of its symbol, and being pointed at by line add
to its file's score."""

_MOST_OF_A_FILE = 4


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
        signals = gather(query, corpus, self.history, self.index.model)
        files = self.weights.of_files(signals.table)
        files[~corpus.alive] = -np.inf
        if not query.terms and not query.places:
            return []
        order = np.argsort(-files, kind="stable")[:FILES]
        found = [
            one
            for number in order
            if files[number] > -np.inf
            for one in self._regions(int(number), float(files[number]), query, signals)
        ]
        found.sort(key=lambda one: (-one[0], one[1]))
        kept: list[Hit] = []
        taken: dict[int, int] = {}
        for score, (number, chunk), own in found:
            if taken.get(number, 0) < _MOST_OF_A_FILE:
                taken[number] = taken.get(number, 0) + 1
                kept.append(self._hit(number, chunk, score, own, signals))
            if len(kept) == most:
                break
        return kept

    def _regions(
        self, number: int, file: float, query: Query, signals: Signals
    ) -> Iterator[tuple[float, tuple[int, int], Mapping[str, float]]]:
        """Yield each chunk of a file with its score and what its own lines added."""
        corpus = self.index.corpus
        first, last = int(corpus.file_starts[number]), int(corpus.file_starts[number + 1])
        best_words = max(1e-6, float(signals.words.max(initial=0)))
        best_meaning = max(1e-6, float(signals.meaning.max(initial=0)))
        path = corpus.paths[number]
        lines = [line for place, line in query.places if line and f"/{path}".endswith(f"/{place}")]
        for chunk in range(first, last):
            begins, ends = (int(line) for line in corpus.chunk_lines[chunk])
            own = {
                "words here": _WORDS * float(signals.words[chunk]) / best_words,
                "meaning here": _MEANING * max(0.0, float(signals.meaning[chunk])) / best_meaning,
                "name here": _NAMED * self._named(path, begins, ends, query),
                "line named": _LINE * any(begins <= line <= ends for line in lines),
            }
            yield file + sum(own.values()), (number, chunk), own

    def _named(self, path: str, first: int, last: int, query: Query) -> float:
        """Return how much of the name of the definition on these lines is said, 0 to 1."""
        best = 0.0
        for one in self._symbols(path):
            if one.first <= last and one.last >= first and one.kind != "class":
                terms = {term for word in words_of(one.name) for term in terms_of(word)}
                said = len(terms & query.terms.keys()) / len(terms) if terms else 0.0
                best = max(best, said)
        return best

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
        first, last = (int(line) for line in corpus.chunk_lines[chunk])
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


def best_files(hits: Sequence[Hit]) -> list[str]:
    """Return the files of hits, each once, the best first."""
    return list(dict.fromkeys(hit.path for hit in hits))
