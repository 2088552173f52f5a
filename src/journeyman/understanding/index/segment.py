"""Some files' words as arrays that are never changed: what a query is answered from.

Terms lead to the chunks they stand in; chunks of one file follow each other, so sums over a file
are sums over neighbours. A corpus is a few of these, the later ones small (see `corpus`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from journeyman.understanding.index.categories import CATEGORIES
from journeyman.understanding.index.record import FileRecord, Postings
from journeyman.understanding.terms.postings import Floats, Ids, Inverted, invert
from journeyman.understanding.terms.words import terms_of, words_of


@dataclass(frozen=True)
class Segment:
    """Files in the order of `paths`, with their chunks in order.

    Args:
        category: (files,) index into `CATEGORIES`.
        chunk_file: (chunks,) index into `paths`; `chunk_lines`: (chunks, 3) first and last line,
            and one more than the index of the symbol that they are part of (0 for none).
        body: Terms of chunks; `names`: terms of files' paths and definitions; `title`: terms of
            files' own names.
        chunk_words, file_words, file_names: How many words there are in each.
        vectors: (chunks, size) int8, `vectors.SCALE` times vectors of length 1.
    """

    paths: tuple[str, ...]
    category: NDArray[np.uint8]
    chunk_file: Ids
    chunk_lines: Ids
    body: Inverted
    names: Inverted
    title: Inverted
    chunk_words: Floats
    file_words: Floats
    file_names: Floats
    vectors: NDArray[np.int8]


def segment(records: Sequence[FileRecord]) -> Segment:
    """Return the segment of some files."""
    chunks = [len(record.chunks) for record in records]
    bases = np.cumsum([0, *chunks]).astype(np.uint32)
    chunk_file = np.repeat(np.arange(len(records), dtype=np.uint32), chunks)
    body = _joined([record.body for record in records], bases)
    names = _joined([record.names for record in records], np.arange(len(records), dtype=np.uint32))
    total = int(bases[-1])
    chunk_words = np.bincount(body.chunk, body.times, total).astype(np.float32)
    lines = [(one.first, one.last, one.symbol + 1) for record in records for one in record.chunks]
    size = max((record.vectors.shape[1] for record in records), default=0)
    vectors = [record.vectors for record in records if record.vectors.shape[1] == size]
    return Segment(
        paths=tuple(record.path for record in records),
        category=np.array([CATEGORIES.index(one.category) for one in records], np.uint8),
        chunk_file=chunk_file,
        chunk_lines=np.array(lines, np.uint32).reshape(-1, 3),
        body=invert(body.chunk, body.term, body.times),
        names=invert(names.chunk, names.term, names.times),
        title=_titles(records),
        chunk_words=chunk_words,
        file_words=np.bincount(chunk_file, chunk_words, len(records)).astype(np.float32),
        file_names=np.bincount(names.chunk, names.times, len(records)).astype(np.float32),
        vectors=np.concatenate(vectors) if vectors else np.zeros((0, 0), np.int8),
    )


_NAMELESS = frozenset({"__init__", "index", "mod", "lib", "main", "__main__", "package", "types"})
"""Names of files that are called by their folder's."""


def title_of(path: str) -> str:
    """Return what a file is called: its name without suffixes, or its folder's."""
    place = PurePosixPath(path)
    name = place.name.partition(".")[0] or place.name
    return f"{place.parent.name} {name}" if name in _NAMELESS else name


def _titles(records: Sequence[FileRecord]) -> Inverted:
    place: list[int] = []
    term: list[int] = []
    for number, record in enumerate(records):
        terms = {one for word in words_of(title_of(record.path)) for one in terms_of(word)}
        place += [number] * len(terms)
        term += sorted(terms)
    times = np.ones(len(place), np.uint8)
    return invert(np.array(place, np.uint32), np.array(term, np.uint32), times)


def _joined(postings: Sequence[Postings], bases: Ids) -> Postings:
    """Put postings of files one after the other, each file's places counted from its base."""
    if not postings:
        return Postings(np.zeros(0, np.uint32), np.zeros(0, np.uint32), np.zeros(0, np.uint8))
    return Postings(
        np.concatenate([one.chunk + base for one, base in zip(postings, bases, strict=False)]),
        np.concatenate([one.term for one in postings]),
        np.concatenate([one.times for one in postings]),
    )
