"""How often code is written like this: counts of token n-grams, in hashed buckets.

Code is repetitive enough that a model of short token sequences tells odd lines from usual ones
(Hindle et al., "On the Naturalness of Software", ICSE 2012), and buggy lines tend to be the odd
ones (Ray et al., "On the 'Naturalness' of Buggy Code", ICSE 2016). Two variants are counted side by
side: one keeps identifiers, so that it knows *names*; the other writes every identifier as one
word, so that it knows *shapes*. Probabilities interpolate from long contexts to short ones in the
manner of Jelinek and Mercer.

A table is the sum of its files' tables, each cached under its text's digest; the table of a tree in
which one file changed costs one file.
"""

from __future__ import annotations

import builtins
import keyword
import re
import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ORDERS = (1, 2, 3, 4)
VARIANTS = ("names", "shapes")
CONTEXT = ORDERS[-1] - 1
"""Tokens of context on each side that an n-gram touching a change can reach."""

Ids = NDArray[np.uint64]
Counts = NDArray[np.int32]

_TOKEN = re.compile(
    r"""(?P<skip>\#[^\n]*|\\\r?\n|[ \t\f]+)
    |(?P<string>(?:[rRbBfFuU]{0,2})(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''
        |"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<number>\d[\w.]*(?:(?<=[eE])[+-]\d+)?)
    |(?P<name>[^\W\d]\w*)
    |(?P<newline>(?:\r?\n[ \t]*)+)
    |(?P<operator>\*\*=|//=|>>=|<<=|->|:=|[-+*/%&|^=<>!@]=|\*\*|//|<<|>>|\.\.\.|.)""",
    re.VERBOSE | re.DOTALL,
)
_KEPT = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | {"self", "cls", "match", "case"}
_LONG_STRING = 24
_FLOOR = 0.1
_VOCABULARY = 5000
_PULL = 2.0
"""How many observations the shorter context's estimate weighs."""
_STEPS = 8
"""Steps an octave in a stored table."""
_SEED = np.array([0, 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_MIX = np.uint64(0xFF51AFD7ED558CCD)


def tokens(text: str) -> list[tuple[int, int]]:
    """Return, for each token of Python `text`, its id in both variants (names kept, shapes).

    Never fails: text that is no Python is cut into something, for what is measured here is only
    likeness.
    """
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "skip"
        if kind != "skip":
            found.append(_word(kind, match.group()))
    return found


class NgramTable:
    """Counts of n-grams (n = 1 to 4) over tokens, in `2**bits` buckets an order and variant.

    `counts` has shape [variants, orders, buckets].
    """

    def __init__(self, bits: int = 19, counts: Counts | None = None) -> None:
        self.bits = bits
        shape = (len(VARIANTS), len(ORDERS), 1 << bits)
        self.counts = np.zeros(shape, np.int32) if counts is None else counts

    def copy(self) -> NgramTable:
        """Return a table of its own with the same counts."""
        return NgramTable(self.bits, self.counts.copy())

    def add(self, text: str, times: int = 1) -> None:
        """Count the n-grams of `text`; `times=-1` takes a text out that was put in before."""
        for variant in range(len(VARIANTS)):
            for index in range(len(ORDERS)):
                buckets, counts = _file_counts(text, self.bits)[variant][index]
                self.counts[variant, index, buckets] += times * counts

    def logs(self, flat: Ids, lengths: NDArray[np.int64], variant: int) -> NDArray[np.float64]:
        """Return log P(token | up to three before it) for sequences laid end to end: [tokens].

        `flat` holds one variant's ids, shape [tokens]; `lengths` how many belong to each sequence.
        Each sequence is conditioned on its own tokens only.
        """
        place = np.arange(len(flat)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        hashes = _hashes(flat, self.bits)
        counts = self.counts[variant]
        total = float(counts[0].sum())
        chance = (counts[0, hashes[0]] + _FLOOR) / (total + _FLOOR * _VOCABULARY)
        for index in range(1, min(len(ORDERS), len(flat))):
            both = counts[index, hashes[index]].astype(np.float64)
            context = counts[index - 1, hashes[index - 1][: len(both)]]
            inside = place[index:] >= index
            # A bucket shared with another n-gram may hold more than its context's: cap at one.
            longer = (both + _PULL * chance[index:]) / (np.maximum(context, both) + _PULL)
            chance[index:] = np.where(inside, longer, chance[index:])
        found: NDArray[np.float64] = np.log(chance)
        return found


def repository_table(texts: Iterable[str], bits: int = 19) -> NgramTable:
    """Return the table of a tree given its Python files' texts *as they stand*.

    The last tree's table is kept, and only files that differ from it are taken out and put in;
    integer counts make the result equal to one counted from scratch. Equal texts count once.
    """
    wanted = frozenset(texts)
    kept, table = _LAST.get(bits, (frozenset(), NgramTable(bits)))
    if len(kept ^ wanted) > len(wanted):
        kept, table = frozenset(), NgramTable(bits)
    if kept != wanted:
        table = table.copy()
        for text in kept - wanted:
            table.add(text, -1)
        for text in wanted - kept:
            table.add(text)
        _LAST[bits] = (wanted, table)
    return table


def save_table(table: NgramTable, path: Path, least: int = 2) -> None:
    """Write `table` compactly: counts below `least` dropped, others to within five per cent."""
    counts = table.counts
    steps = np.round(np.log2(np.maximum(counts, 1)) * _STEPS).astype(np.uint8) + 1
    np.savez_compressed(path, steps=np.where(counts < least, 0, steps).astype(np.uint8))


def load_table(path: Path) -> NgramTable:
    """Return the table that `save_table` wrote."""
    with np.load(path) as data:
        steps = data["steps"]
    values = np.round(2.0 ** ((np.arange(256) - 1) / _STEPS)).astype(np.int64)
    values[0] = 0
    bits = int(steps.shape[2]).bit_length() - 1
    return NgramTable(bits, np.minimum(values, 2**31 - 1).astype(np.int32)[steps])


_LAST: dict[int, tuple[frozenset[str], NgramTable]] = {}


@lru_cache(maxsize=1 << 17)
def _word(kind: str, text: str) -> tuple[int, int]:
    """Return a token's ids; identifiers, long strings and line ends are made alike."""
    if kind == "newline":
        return 1, 1
    if kind == "string":
        long = len(text) > _LONG_STRING
        return (2, 2) if long else (_id(text), 2)
    if kind == "name" and text not in _KEPT:
        return _id(text), 3
    return _id(text), _id(text)


def _id(text: str) -> int:
    """Return a stable 32-bit id (Python's own hash of a string differs run by run)."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) | 0x100000000


def _hashes(sequence: Ids, bits: int) -> list[NDArray[np.int64]]:
    """Return for each order the buckets of the n-grams; entry i of order n starts at token i."""
    shift = np.uint64(64 - bits)
    found = []
    mixed = np.zeros(len(sequence), np.uint64)
    with np.errstate(over="ignore"):
        for order in ORDERS:
            size = max(0, len(sequence) - order + 1)
            mixed = (mixed[:size] + _SEED[order - 1]) * _MIX + sequence[order - 1 :][:size]
            mixed ^= mixed >> np.uint64(29)
            found.append(((mixed * _MIX) >> shift).astype(np.int64))
    return found


@lru_cache(maxsize=2048)
def _file_counts(
    text: str, bits: int
) -> tuple[tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...], ...]:
    """Return for each variant and order the buckets that `text` fills and by how much."""
    words = np.array(tokens(text), np.uint64).reshape(-1, len(VARIANTS))
    return tuple(
        tuple(np.unique(hashes, return_counts=True) for hashes in _hashes(words[:, variant], bits))
        for variant in range(len(VARIANTS))
    )
