"""Everything an index holds of one file: a function of its path and its bytes, and nothing else.

That is what makes an index brought up to date equal to one built anew: what belongs to several
files at once (who calls whom, how rare a word is) is worked out from these when it is asked.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from journeyman.understanding.index.categories import LARGEST, Category, category_of, is_binary
from journeyman.understanding.index.chunks import Chunk, chunks_of
from journeyman.understanding.parsing.languages import language_of
from journeyman.understanding.parsing.parse import parse
from journeyman.understanding.parsing.parsed import Parsed
from journeyman.understanding.terms.vectors import Words, packed
from journeyman.understanding.terms.words import SKIPPED, plain_parts, terms_of, words_of

FORMAT = 3
"""Changes with what a record holds; an index of another format is built anew."""

_MOST = 255


class Postings(NamedTuple):
    """Which term stands how often in which of a file's chunks, by chunk and then by term.

    Args:
        chunk: uint32, the chunk's index in its file.
        term: uint32, see `words`.
        times: uint8, at most 255.
    """

    chunk: NDArray[np.uint32]
    term: NDArray[np.uint32]
    times: NDArray[np.uint8]


class FileRecord(NamedTuple):
    """One file: what it is, its parts, its words.

    `names` are the terms of its path and of what it defines. `vectors` are int8 of shape
    (chunks, size), of size 0 without a model. `note` says why it was not read, or not parsed.
    """

    path: str
    language: str
    category: Category
    lines: int
    size: int
    note: str
    parsed: Parsed
    chunks: tuple[Chunk, ...]
    body: Postings
    names: Postings
    vectors: NDArray[np.int8]


def read_file(path: str, text: bytes, model: Words | None, note: str = "") -> FileRecord:
    """Return the record of a file; with a `note` it is not parsed, only its words are read."""
    language = language_of(path)
    if len(text) > LARGEST or is_binary(text):
        why = "too large" if len(text) > LARGEST else "not text"
        return _unread(path, language, len(text), why)
    category = category_of(path, language, text)
    parsed = Parsed(language) if note or category == "generated" else parse(language, text)
    lines = text.decode("utf-8", "replace").split("\n")
    chunks = tuple(chunks_of(parsed.symbols, lines))
    counts = [Counter(words_of("\n".join(lines[one.first - 1 : one.last]))) for one in chunks]
    names = Counter(words_of(path.replace("/", " ").replace(".", " ")))
    names.update(symbol.name for symbol in parsed.symbols)
    return FileRecord(
        path=path,
        language=language,
        category=category,
        lines=len(lines) - (not lines[-1]),
        size=len(text),
        note=note or ("could not be parsed throughout" if parsed.broken else ""),
        parsed=parsed,
        chunks=chunks,
        body=_postings(counts),
        names=_postings([names]),
        vectors=_vectors(counts, model),
    )


def _unread(path: str, language: str, size: int, note: str) -> FileRecord:
    nothing = _postings([])
    vectors = np.zeros((0, 0), np.int8)
    parsed = Parsed(language)
    return FileRecord(path, language, "data", 0, size, note, parsed, (), nothing, nothing, vectors)


def _postings(counts: list[Counter[str]]) -> Postings:
    """Count terms; a term's number comes from its word alone."""
    chunk: list[int] = []
    term: list[int] = []
    times: list[int] = []
    for index, words in enumerate(counts):
        found: dict[int, int] = {}
        for word, count in words.items():
            for one in terms_of(word):
                found[one] = found.get(one, 0) + count
        for one in sorted(found):
            chunk.append(index)
            term.append(one)
            times.append(min(_MOST, found[one]))
    return Postings(
        np.array(chunk, np.uint32), np.array(term, np.uint32), np.array(times, np.uint8)
    )


def _vectors(counts: list[Counter[str]], model: Words | None) -> NDArray[np.int8]:
    if model is None:
        return np.zeros((len(counts), 0), np.int8)
    found = np.zeros((len(counts), model.size), np.int8)
    for index, words in enumerate(counts):
        weights: Counter[str] = Counter()
        for word, count in words.items():
            for part in plain_parts(word):
                weights[part] += count
        damped = {
            word: float(np.log1p(count)) for word, count in weights.items() if word not in SKIPPED
        }
        found[index] = packed(model.embed(damped))
    return found
