"""A question as search understands it: words, sentences of an issue, or a stack trace."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from journeyman.understanding.terms.vectors import Vector, Words
from journeyman.understanding.terms.words import plain_parts, terms_of, words_of

MOST_TERMS = 48
"""Terms of a long text that are asked for: those that are rare here and said often."""

_PLACE = re.compile(r"([\w./\\-]+\.\w{1,5})(?:\W{1,3}(?:line )?(\d+))?")
_LONGEST = 20_000
"""Characters of a text that are read."""


@dataclass(frozen=True)
class Query:
    """`terms` and their weights; `places` are files that are named, with lines where said."""

    text: str
    terms: Mapping[int, float]
    words: Mapping[str, float]
    places: tuple[tuple[str, int], ...] = ()

    def vector(self, model: Words | None, rarity: Callable[[str], float]) -> Vector | None:
        """Return what it means as a vector of length 1, each word by its rarity."""
        if model is None:
            return None
        weights = {word: weight * rarity(word) for word, weight in self.words.items()}
        vector = model.embed(weights)
        return vector if np.any(vector) else None


def read_query(text: str, rarity: Callable[[int], float] | None = None) -> Query:
    """Read a question; `rarity` of a term decides what is asked for of a long text."""
    text = text[:_LONGEST]
    terms: Counter[int] = Counter()
    words: Counter[str] = Counter()
    for word in words_of(text):
        terms.update(terms_of(word))
        words.update(plain_parts(word))
    damped = {term: 1 + float(np.log(count)) for term, count in terms.items()}
    if len(damped) > MOST_TERMS and rarity is not None:
        worth = {term: weight * rarity(term) for term, weight in damped.items()}
        best = sorted(worth, key=lambda term: (-worth[term], term))[:MOST_TERMS]
        damped = {term: damped[term] for term in best}
    places = tuple((path.replace("\\", "/"), int(line or 0)) for path, line in _PLACE.findall(text))
    return Query(
        text,
        damped,
        {word: 1 + float(np.log(count)) for word, count in words.items()},
        places[:50],
    )
