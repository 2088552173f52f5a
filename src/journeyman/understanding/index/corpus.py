"""All files of a state of the repository, to be scored against a query, and kept up to date.

A large segment of what was there, a small one of what changed since, and a mask of what is gone.
How rare a term is and how long a file usually is are counted over what is there *now*, so scores
are those of a corpus built anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from journeyman.understanding.index.record import FileRecord
from journeyman.understanding.index.segment import Segment, segment
from journeyman.understanding.terms.postings import Floats, Inverted
from journeyman.understanding.terms.vectors import SCALE, Vector

K1, B = 1.2, 0.75
"""BM25's usual constants."""

_SMALL = 64
"""Files in the segment of changes from which on it is folded into the large one."""


@dataclass(frozen=True)
class Scores:
    """What a query is worth where: `files` (files,) and `chunks` (chunks,), both float32."""

    files: Floats
    chunks: Floats


class Corpus:
    """Files and chunks under numbers that hold until the next `update`.

    Args:
        records: What is there, by path; whoever owns it changes it and then calls `update`.
        large: A segment of what was there once, and `changed`, the paths of which that is not
            true any more; made from `records` without them.
    """

    def __init__(
        self,
        records: Mapping[str, FileRecord],
        large: Segment | None = None,
        changed: Iterable[str] = (),
    ) -> None:
        self._records = records
        self._changed = set(changed)
        self.large = large if large is not None else self._whole()
        self._join()

    def update(self, changed: Iterable[str]) -> None:
        """Take in that files at these paths are new, other than before, or gone."""
        self._changed.update(changed)
        if len(self._changed) > max(_SMALL, len(self.large.paths) // 20):
            self.large = self._whole()
        self._join()

    def _whole(self) -> Segment:
        self._changed.clear()
        return segment([self._records[path] for path in sorted(self._records)])

    def _join(self) -> None:
        """Number files and chunks through, and count what is there."""
        fresh = [self._records[path] for path in sorted(self._changed) if path in self._records]
        self._segments = [self.large, segment(fresh)] if self._changed else [self.large]
        alive = np.array([path not in self._changed for path in self.large.paths], bool)
        self.alive = np.concatenate([alive, np.ones(len(fresh), bool)])
        self.paths: tuple[str, ...] = sum((one.paths for one in self._segments), ())
        self.number = {path: number for number, path in enumerate(self.paths) if self.alive[number]}
        bases = np.cumsum([0, *(len(one.paths) for one in self._segments)])
        self.chunk_file = np.concatenate(
            [
                one.chunk_file + np.uint32(base)
                for one, base in zip(self._segments, bases, strict=False)
            ]
        )
        join = np.concatenate
        self.category = join([one.category for one in self._segments])
        self.chunk_lines = join([one.chunk_lines for one in self._segments])
        self._chunk_words = join([one.chunk_words for one in self._segments])
        self.file_words = join([one.file_words for one in self._segments])
        self._file_names = join([one.file_names for one in self._segments])
        self._chunk_alive = self.alive[self.chunk_file]
        self.file_starts = np.searchsorted(self.chunk_file, np.arange(len(self.paths) + 1))
        count = max(1, int(self.alive.sum()))
        self.count = count
        self._usual_words = max(1.0, float(self.file_words[self.alive].sum()) / count)
        self._usual_names = max(1.0, float(self._file_names[self.alive].sum()) / count)
        pieces = max(1, int(self._chunk_alive.sum()))
        self._usual_chunk = max(1.0, float(self._chunk_words[self._chunk_alive].sum()) / pieces)
        self.called: dict[str, list[int]] = {}
        """Numbers of the files that have a plain name."""
        for path, number in self.number.items():
            self.called.setdefault(path.rpartition("/")[2], []).append(number)
        self._matrix: Floats | None = None
        self._title_worth: Floats | None = None
        ranks = np.empty(len(self.paths), np.int64)
        ranks[sorted(range(len(self.paths)), key=self.paths.__getitem__)] = np.arange(len(ranks))
        self.by_path = ranks
        """Where each file stands among all in the order of their paths; decides between equals."""

    def body(self, terms: Mapping[int, float]) -> Scores:
        """Return BM25 of whole files, and of chunks, for weighted terms."""
        files = np.zeros(len(self.paths), np.float32)
        chunks = np.zeros(len(self.chunk_file), np.float32)
        lengths = K1 * (1 - B + B * self.file_words / self._usual_words)
        short = K1 * (1 - B + B * self._chunk_words / self._usual_chunk)
        for term, weight in terms.items():
            places, times = self._postings("body", term)
            if not len(places):
                continue
            of = self.chunk_file[places]
            firsts = np.flatnonzero(np.diff(of, prepend=of[0] + 1))
            found = of[firsts]
            sums = np.add.reduceat(times, firsts)
            worth = np.float32(weight * rarity(len(found), self.count))
            files[found] += worth * sums * (K1 + 1) / (sums + lengths[found])
            chunks[places] += worth * times * (K1 + 1) / (times + short[places])
        return Scores(files, chunks)

    def names(self, terms: Mapping[int, float]) -> Floats:
        """Return BM25 of files' paths and definitions, (files,)."""
        files = np.zeros(len(self.paths), np.float32)
        lengths = K1 * (1 - B + B * self._file_names / self._usual_names)
        for term, weight in terms.items():
            found, times = self._postings("names", term)
            worth = np.float32(weight * rarity(len(found), self.count))
            files[found] += worth * times * (K1 + 1) / (times + lengths[found])
        return files

    def title(self, terms: Mapping[int, float]) -> Floats:
        """Return how much of each file's name is said by the terms, by rarity, 0 to 1; (files,)."""
        said = np.zeros(len(self.paths), np.float32)
        for term in terms:
            found, _ = self._postings("title", term)
            said[found] += np.float32(rarity(len(found), self.count))
        return said / self._titles()

    def _titles(self) -> Floats:
        """Return the rarity of all that each file's name says, (files,)."""
        if self._title_worth is None:
            place = np.concatenate([one.title.place + base for one, base in self._based()])
            term = np.concatenate([one.title.term_of_place() for one, _ in self._based()])
            kept = self.alive[place]
            _, which, often = np.unique(term[kept], return_inverse=True, return_counts=True)
            worth = np.log1p((self.count - often + 0.5) / (often + 0.5))[which]
            found = np.bincount(place[kept], worth, len(self.paths)).astype(np.float32)
            self._title_worth = np.maximum(found, np.float32(1e-6))
        return self._title_worth

    def _based(self) -> Iterator[tuple[Segment, int]]:
        base = 0
        for one in self._segments:
            yield one, base
            base += len(one.paths)

    def near(self, vector: Vector) -> Floats:
        """Return the cosine of every chunk to `vector`, (chunks,)."""
        if self._matrix is None:
            parts = [one.vectors for one in self._segments]
            size = max(part.shape[1] for part in parts)
            whole = [part if part.shape[1] else np.zeros((len(part), size)) for part in parts]
            self._matrix = np.concatenate(whole).astype(np.float32) / np.float32(SCALE)
        if self._matrix.shape[1] != len(vector):
            return np.zeros(len(self.chunk_file), np.float32)
        cosines: Floats = self._matrix @ vector
        cosines[~self._chunk_alive] = 0
        return cosines

    def best_of_files(self, chunks: Floats) -> Floats:
        """Return each file's highest value among its chunks, (files,), 0 without chunks."""
        files = np.zeros(len(self.paths), np.float32)
        filled = np.flatnonzero(np.diff(self.file_starts))
        if len(filled):
            files[filled] = np.maximum.reduceat(chunks, self.file_starts[filled])
        return files

    def spread(self, term: int) -> int:
        """Return in how many files a term stands."""
        places, _ = self._postings("body", term)
        return len(np.unique(self.chunk_file[places]))

    def _postings(self, field: str, term: int) -> tuple[NDArray[np.int64], Floats]:
        """Return where a term stands today, under the numbers of all segments together."""
        places: list[NDArray[np.int64]] = []
        times: list[Floats] = []
        base = 0
        mask = self._chunk_alive if field == "body" else self.alive
        for one in self._segments:
            inverted: Inverted = getattr(one, field)
            found, often = inverted.of(term)
            if len(found):
                numbers = found.astype(np.int64) + base
                kept = mask[numbers]
                places.append(numbers[kept])
                times.append(often[kept].astype(np.float32))
            base += len(one.chunk_file) if field == "body" else len(one.paths)
        if not places:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        return np.concatenate(places), np.concatenate(times)


def rarity(holding: int, count: int) -> float:
    """Return BM25's inverse document frequency."""
    return float(np.log1p((count - holding + 0.5) / (holding + 0.5)))
