"""History as arrays: for any state of the past, what its own past says of a query.

Commits are numbered in the order in which they were made. A file is known by a number that its
renames share, so that what was learnt about it under an old name counts under the new one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from journeyman.understanding.past.log import Past
from journeyman.understanding.terms.postings import Floats, Ids, foremost, invert
from journeyman.understanding.terms.words import terms_of, words_of

BROAD = 30
"""Commits that touch more files than this say nothing about any of them."""

_ALIKE = 80
"""Past commits whose words are most like the query's that are listened to."""

_K1, _B = 1.2, 0.4

_HALF_S = 3 * 365.25 * 86400


class Remembered(NamedTuple):
    """A history as plain arrays; rows are (commit, file) pairs in the order of the commits.

    Args:
        row_commit, row_file: int32, of the same length.
        word_commit, word_term, word_times: Which terms messages have: uint32, uint32, uint8.
        times: Seconds since 1970 of each commit, int64; `authors`: int32 into `people`.
        names: Each file's first name.
        numbers: Every path that there was, and the number of its file.
    """

    commits: int
    row_commit: NDArray[np.int32]
    row_file: NDArray[np.int32]
    word_commit: Ids
    word_term: Ids
    word_times: NDArray[np.uint8]
    times: NDArray[np.int64]
    authors: NDArray[np.int32]
    people: tuple[str, ...]
    names: tuple[str, ...]
    numbers: dict[str, int]


def remember(log: Sequence[Past]) -> Remembered:
    """Return what is remembered of commits in the order in which they were made."""
    numbers: dict[str, int] = {}
    names: list[str] = []
    rows: list[tuple[int, int]] = []
    words: list[tuple[int, int, int]] = []
    people: dict[str, int] = {}

    def number_of(path: str) -> int:
        if path not in numbers:
            numbers[path] = len(names)
            names.append(path)
        return numbers[path]

    for number, commit in enumerate(log):
        people.setdefault(commit.author, len(people))
        for touch in commit.touches:
            if touch.old and touch.status == "R":
                numbers.setdefault(touch.path, number_of(touch.old))
            file = number_of(touch.path)
            if len(commit.touches) <= BROAD:
                rows.append((number, file))
        found: dict[int, int] = {}
        for text, weight in ((commit.subject, 2), (commit.body[:2000], 1)):
            for word in words_of(text):
                for one in terms_of(word):
                    found[one] = min(255, found.get(one, 0) + weight)
        words += [(number, term, times) for term, times in found.items()]
    pairs = np.array(rows, np.int32).reshape(-1, 2)
    triples = np.array(words, np.int64).reshape(-1, 3)
    return Remembered(
        len(log),
        *(pairs[:, 0].copy(), pairs[:, 1].copy()),
        triples[:, 0].astype(np.uint32),
        triples[:, 1].astype(np.uint32),
        triples[:, 2].astype(np.uint8),
        np.array([commit.time for commit in log], np.int64),
        np.array([people[commit.author] for commit in log], np.int32),
        tuple(people),
        tuple(names),
        numbers,
    )


class Memory:
    """What a history says of a query, for all of it or for what had been seen at some time."""

    def __init__(self, held: Remembered) -> None:
        self.held = held
        self._row, self._file_of_row = held.row_commit, held.row_file
        self._starts = np.searchsorted(self._row, np.arange(held.commits + 1))
        self._breadth = np.maximum(1, np.diff(self._starts)).astype(np.float32)
        by_file = np.argsort(self._file_of_row, kind="stable")
        self._commits_of = self._row[by_file]
        self._file_starts = np.searchsorted(
            self._file_of_row[by_file], np.arange(len(held.names) + 1)
        )
        self._words = invert(held.word_commit, held.word_term, held.word_times)
        lengths = np.bincount(held.word_commit, held.word_times, held.commits)
        self._lengths = lengths.astype(np.float32)
        self._today: dict[int, str] = {}

    @property
    def everything(self) -> NDArray[np.bool_]:
        """A mask of all commits, (commits,)."""
        return np.ones(self.held.commits, bool)

    def known(self, paths: Sequence[str]) -> NDArray[np.int64]:
        """Return the number of each path, -1 for one that no commit touched."""
        return np.array([self.held.numbers.get(path, -1) for path in paths], np.int64)

    def spoken(self, terms: Mapping[int, float], seen: NDArray[np.bool_]) -> Floats:
        """Return how much commits in words like these had to do with each file, (files,).

        Args:
            seen: (commits,) which commits there were already.
        """
        scores = np.zeros(self.held.commits, np.float32)
        usual = max(1.0, float(self._lengths[seen].mean())) if seen.any() else 1.0
        lengths = _K1 * (1 - _B + _B * self._lengths / np.float32(usual))
        count = int(seen.sum())
        for term, weight in terms.items():
            places, times = self._words.of(term)
            places = places[(kept := seen[places])]
            often = times[kept].astype(np.float32)
            rare = np.log1p((count - len(places) + 0.5) / (len(places) + 0.5))
            scores[places] += np.float32(weight * rare) * often / (often + lengths[places])
        best = foremost(scores, _ALIKE)
        files = np.zeros(len(self.held.names), np.float32)
        for commit in best:
            first, last = self._starts[commit], self._starts[commit + 1]
            share = scores[commit] ** 2 / np.sqrt(self._breadth[commit])
            np.add.at(files, self._file_of_row[first:last], share)
        return files

    def recent(self, seen: NDArray[np.bool_], half_life: float) -> Floats:
        """Return how often and how lately each file was changed, (files,).

        Args:
            half_life: After so many commits one counts half.
        """
        age = np.cumsum(seen[::-1])[::-1].astype(np.float32)
        weight = np.where(seen, np.exp2(-age / np.float32(half_life)), 0).astype(np.float32)
        shares = weight[self._row] / np.sqrt(self._breadth[self._row])
        return np.bincount(self._file_of_row, shares, len(self.held.names)).astype(np.float32)

    def together(self, files: Mapping[int, float], seen: NDArray[np.bool_]) -> Floats:
        """Return how often each file was changed along with some weighted ones, (files,)."""
        found = np.zeros(len(self.held.names), np.float32)
        for file, weight in files.items():
            commits = self._commits_of[self._file_starts[file] : self._file_starts[file + 1]]
            commits = commits[seen[commits]][-200:]
            if not len(commits):
                continue
            others = np.concatenate(
                [self._file_of_row[self._starts[one] : self._starts[one + 1]] for one in commits]
            )
            shares = np.repeat(1 / self._breadth[commits], self._breadth[commits].astype(np.int64))
            mine = np.bincount(others, shares, len(self.held.names))
            mine[file] = 0
            found += np.float32(weight / (len(commits) + 5)) * mine.astype(np.float32)
        return found

    def commits_of(self, path: str) -> NDArray[np.int64]:
        """Return the numbers of the commits that changed a file under any name, oldest first."""
        file = self.held.numbers.get(path, -1)
        if file < 0:
            return np.zeros(0, np.int64)
        found = self._commits_of[self._file_starts[file] : self._file_starts[file + 1]]
        return found.astype(np.int64)

    def people_of(self, path: str) -> list[tuple[str, float]]:
        """Return who changed a file and what share of it is theirs, the largest first.

        A change counts half after three years: who knows a file is who worked on it lately.
        """
        commits = self.commits_of(path)
        if not len(commits):
            return []
        times = self.held.times[commits]
        weights = np.exp2(-(times[-1] - times) / _HALF_S)
        shares = np.bincount(self.held.authors[commits], weights, len(self.held.people))
        best = np.argsort(-shares, kind="stable")[:5]
        total = float(shares.sum())
        return [
            (self.held.people[one], float(shares[one]) / total) for one in best if shares[one] > 0
        ]

    def changed_with(self, path: str) -> list[tuple[str, int]]:
        """Return the files that were changed along with one three times or more, and how often."""
        file = self.held.numbers.get(path, -1)
        commits = self.commits_of(path)[-300:]
        if file < 0 or not len(commits):
            return []
        others = np.concatenate(
            [self._file_of_row[self._starts[one] : self._starts[one + 1]] for one in commits]
        )
        counts = np.bincount(others, minlength=len(self.held.names))
        counts[file] = 0
        best = np.argsort(-counts, kind="stable")[:8]
        return [(self._called(one), int(counts[one])) for one in best if counts[one] > 2]

    def _called(self, file: int) -> str:
        """Return what a file is called today: the last of its names."""
        if not self._today:
            self._today.update({number: path for path, number in self.held.numbers.items()})
        return self._today[file]
