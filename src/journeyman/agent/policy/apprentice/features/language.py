"""Features of how usual the code is before and after a move, by n-gram tables.

Two tables: the repository's own, counted over its broken tree, and the standard library's, which is
shipped. Each in two variants: names kept, and shapes only.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from journeyman.agent.policy.apprentice.case import Case
from journeyman.agent.policy.apprentice.source import Source
from journeyman.understanding.ngrams import (
    CONTEXT,
    VARIANTS,
    NgramTable,
    load_table,
    repository_table,
    tokens,
)

TABLE = Path(__file__).parent.parent / "data" / "stdlib_ngrams.npz"
_MOST_CHARACTERS = 400_000
_CLIP = 30.0

_TABLES = ("repository", "library")
MEANINGS = {
    f"{table} {variant} {what}": meaning.format(f"the {table}'s {variant}")
    for table in _TABLES
    for variant in VARIANTS
    for what, meaning in (
        ("gain", "how much likelier {} make the changed words, in nats over ten"),
        ("now", "how unlikely {} make the words as they stand, per word"),
        ("then", "how unlikely {} make the words as they would be, per word"),
        ("worst gain", "how much likelier {} make the least likely word"),
    )
} | {
    "longer": "logarithm of the words added",
    "shorter": "logarithm of the words taken away",
    "adds line": "the move puts in whole lines",
}

Words = list[tuple[int, int]]


@lru_cache(maxsize=1)
def library_table() -> NgramTable:
    """Return the standard library's table, loaded once."""
    return load_table(TABLE)


def case_table(case: Case) -> NgramTable:
    """Return the table of the case's tree as broken."""
    texts = (case.view.read(path) for path in case.view.files if path.endswith(".py"))
    return repository_table(text for text in texts if len(text) < _MOST_CHARACTERS)


class Language:
    """Fills the columns of this module's features for all moves of a case at once."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._line_words: dict[str, list[Words]] = {}

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Return name to values, shape [moves]."""
        pairs = [self._windows(index) for index in range(len(self._case.moves))]
        added = np.array([len(new) - len(old) for old, new, _ in pairs], np.float64)
        found = {
            "longer": np.log1p(np.maximum(added, 0)),
            "shorter": np.log1p(np.maximum(-added, 0)),
            "adds line": np.array(
                [float(move.start == move.end and "\n" in move.new) for move in self._case.moves]
            ),
        }
        if not pairs:
            return {**{name: np.zeros(0) for name in MEANINGS}, **found}
        sequences = [one for old, new, _ in pairs for one in (old, new)]
        lengths = np.array([len(one) for one in sequences], np.int64)
        flat = np.array([word for one in sequences for word in one], np.uint64).reshape(-1, 2)
        leads = np.repeat(np.array([lead for _, _, lead in pairs], np.int64), 2)
        tables = dict(zip(_TABLES, (case_table(self._case), library_table()), strict=True))
        for name, table in tables.items():
            for index, variant in enumerate(VARIANTS):
                logs = table.logs(np.ascontiguousarray(flat[:, index]), lengths, index)
                found |= _summed(f"{name} {variant}", logs, lengths, leads)
        return found

    def _windows(self, index: int) -> tuple[Words, Words, int]:
        """Return the words around a move before and after it, and how many lead up to it."""
        move = self._case.moves[index]
        source = self._case.sources[move.path]
        words = self._words(move.path, source)
        first = source.line_of(move.start)
        last = max(first, source.line_of(max(move.start, move.end - 1)))
        text = source.text
        head, tail = source.starts[first - 1], source.starts[last]
        old = [word for line in words[first - 1 : last] for word in line]
        new = tokens(text[head : move.start] + move.new + text[move.end : tail])
        before = _tail(words, first - 1)
        after = _head(words, last)
        same = 0
        while same < min(len(old), len(new)) and old[same] == new[same]:
            same += 1
        until = 0
        while until < min(len(old), len(new)) - same and old[-1 - until] == new[-1 - until]:
            until += 1
        lead = (before + old[:same])[-CONTEXT:]
        follow = (old[len(old) - until :] + after)[:CONTEXT]
        return (
            [*lead, *old[same : len(old) - until], *follow],
            [*lead, *new[same : len(new) - until], *follow],
            len(lead),
        )

    def _words(self, path: str, source: Source) -> list[Words]:
        if path not in self._line_words:
            self._line_words[path] = [tokens(line) for line in source.lines]
        return self._line_words[path]


def _tail(words: list[Words], line: int) -> Words:
    found: Words = []
    while line > 0 and len(found) < CONTEXT:
        line -= 1
        found = words[line] + found
    return found[-CONTEXT:]


def _head(words: list[Words], line: int) -> Words:
    found: Words = []
    while line < len(words) and len(found) < CONTEXT:
        found = found + words[line]
        line += 1
    return found[:CONTEXT]


def _summed(
    name: str,
    logs: NDArray[np.float64],
    lengths: NDArray[np.int64],
    leads: NDArray[np.int64],
) -> dict[str, NDArray[np.float64]]:
    """Return a table's features from the log-probabilities of old and new words in turn."""
    starts = np.cumsum(lengths) - lengths
    place = np.arange(len(logs)) - np.repeat(starts, lengths)
    counted = place >= np.repeat(leads, lengths)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    sums = np.bincount(owner, np.where(counted, logs, 0.0), len(lengths))
    number = np.maximum(lengths - leads, 1)
    worst = np.zeros(len(lengths))
    np.minimum.at(worst, owner, np.where(counted, logs, 0.0))
    old, new = slice(0, None, 2), slice(1, None, 2)
    return {
        f"{name} gain": np.clip(sums[new] - sums[old], -_CLIP, _CLIP) / 10,
        f"{name} now": -sums[old] / number[old],
        f"{name} then": -sums[new] / number[new],
        f"{name} worst gain": worst[new] - worst[old],
    }
