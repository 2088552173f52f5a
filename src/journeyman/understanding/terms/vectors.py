"""Words as vectors, from the files that the `wordllama` package carries; nothing is fetched.

Its static embeddings are a table, one row a token, and a list of byte-pair merges. A chunk's vector
is the damped sum of its words' vectors, so a word is looked up once however often it is written:
a million lines take seconds. Both files are read directly: the package's own loader would ask the
network for what it has not got.
"""

from __future__ import annotations

import importlib.util
import json
import math
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

SCALE = 127.0
"""Stored vectors have length 1 and are kept as whole numbers of this many parts."""


class Words(Protocol):
    """A model that knows words: `name` is part of what an index is made with."""

    name: str
    size: int

    def embed(self, weights: Mapping[str, float]) -> Vector:
        """Return the sum of lower-case words' vectors, each by its weight, made of length 1.

        Shape (size,); zeros where no word is known.
        """
        ...


class WordLlama:
    """The 256-dimensional table of `wordllama` 0.4, MIT licence."""

    name = "wordllama-l2-supercat-256"
    size = 256

    def __init__(self, folder: Path) -> None:
        self._table = _table(folder / "weights" / "l2_supercat_256.safetensors")
        said = json.loads(
            (folder / "tokenizers" / "l2_supercat_tokenizer_config.json").read_text("utf-8")
        )
        self._tokens: dict[str, int] = said["model"]["vocab"]
        merges: list[Any] = said["model"]["merges"]
        pairs = [tuple(one.split(" ", 1) if isinstance(one, str) else one) for one in merges]
        self._ranks = {pair: rank for rank, pair in enumerate(pairs)}
        self._places: dict[str, int] = {}
        self._rows = np.zeros((1024, self.size), np.float32)

    def embed(self, weights: Mapping[str, float]) -> Vector:
        """See `Words.embed`."""
        places = [self._place(word) for word in weights]
        if not places:
            return np.zeros(self.size, np.float32)
        total: Vector = np.array(list(weights.values()), np.float32) @ self._rows[places]
        return _unit(total)

    def _place(self, word: str) -> int:
        """Return the row of a word, which is the mean of its tokens' and of length 1."""
        place = self._places.get(word)
        if place is None:
            place = self._places[word] = len(self._places)
            if place == len(self._rows):
                self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
            tokens = [self._tokens[piece] for piece in self._pieces(word) if piece in self._tokens]
            if tokens:
                self._rows[place] = _unit(self._table[tokens].mean(axis=0, dtype=np.float32))
        return place

    def _pieces(self, word: str) -> list[str]:
        """Merge characters in the order in which the merges were learnt."""
        pieces = ["▁", *word]
        while len(pieces) > 1:
            ranks = [self._ranks.get(pair, math.inf) for pair in pairwise(pieces)]
            best = min(ranks)
            if best == math.inf:
                break
            at = ranks.index(best)
            pieces[at : at + 2] = [pieces[at] + pieces[at + 1]]
        return pieces


def _unit(vector: Vector) -> Vector:
    length = float(np.sqrt((vector * vector).sum()))
    return vector / np.float32(length) if length else vector


def _table(path: Path) -> NDArray[np.float16]:
    """Read the one tensor of a safetensors file: a length, a header, the numbers."""
    raw = np.memmap(path, np.uint8, "r")
    length = int(raw[:8].view("<u8")[0])
    header = json.loads(bytes(raw[8 : 8 + length]))
    (about,) = [one for name, one in header.items() if name != "__metadata__"]
    if about["dtype"] != "F16":
        raise ValueError(f"{path}: expected half precision, found {about['dtype']}")
    first, last = (8 + length + offset for offset in about["data_offsets"])
    table: NDArray[np.float16] = raw[first:last].view("<f2").reshape(about["shape"])
    return table


@cache
def words() -> Words | None:
    """Return the model that is installed, or `None`: then search does without vectors."""
    found = importlib.util.find_spec("wordllama")
    if found is None or found.origin is None:
        return None
    return WordLlama(Path(found.origin).parent)


def packed(vector: Vector) -> NDArray[np.int8]:
    """Return a vector of length 1 as small whole numbers."""
    whole: NDArray[np.int8] = np.rint(vector * np.float32(SCALE)).astype(np.int8)
    return whole
