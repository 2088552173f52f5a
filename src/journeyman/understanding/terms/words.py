"""Words of code and of prose, brought together: ``parseHTTPHeaders`` and "parsing a header".

A term is the CRC-32 of a stemmed, lower-case word: one number means the same in every file,
process and run, and nothing has to agree on a vocabulary. In a repository of a hundred thousand
words a pair or two share a number, which costs a little rank and nothing else.
"""

from __future__ import annotations

import re
import zlib
from functools import cache

_WORD = re.compile(r"[^\W\d]\w*")
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_OTHER_PARTS = re.compile(r"[^\W\d_]+|\d+")
"""For words with letters beyond a to z, which have no cases to tell by."""
_LONGEST = 60
"""Longer words are data: hashes, encoded images."""

_NOISE = """a an and are as at be but by can do for from has have if in into is it its not of on or
so that the then there this to was we when which will with you"""
_KEYWORDS = """def self return import none true false null let var val fn func function public
private protected static void int final const cls elif else while pass try new"""
SKIPPED = frozenset(f"{_NOISE} {_KEYWORDS}".split())
"""Words that stand everywhere and tell nothing."""


def words_of(text: str) -> list[str]:
    """Return the identifiers and words of `text` in order, as written."""
    return [word for word in _WORD.findall(text) if len(word) <= _LONGEST]


@cache
def terms_of(word: str) -> tuple[int, ...]:
    """Return the terms of one word as written: its parts, and the whole where it has several."""
    if len(word) > _LONGEST:
        return ()
    return tuple(term_of(part) for part in parts_of(word))


@cache
def plain_parts(word: str) -> tuple[str, ...]:
    """Return the lower-case parts of a word as written, those that tell something."""
    parts = (part.lower() for part in _split(word))
    return tuple(part for part in parts if len(part) > 1 and part not in SKIPPED)


@cache
def parts_of(word: str) -> tuple[str, ...]:
    """Return the stemmed parts of a word as written, and its whole where it has several."""
    parts = [part.lower() for part in _split(word)]
    stems = [stem(part) for part in plain_parts(word)]
    if len(parts) > 1:
        stems.append("".join(parts))
    return tuple(dict.fromkeys(stems))


def _split(word: str) -> list[str]:
    found: list[str] = (_PARTS if word.isascii() else _OTHER_PARTS).findall(word)
    return found


@cache
def stem(word: str) -> str:
    """Return what `word` has in common with its plural, its past and its -ing form."""
    if len(word) < 4 or not word.isascii():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word.endswith("ing") and len(word) > 5:
        word = _undoubled(word[:-3])
    elif word.endswith("ed") and len(word) > 4:
        word = _undoubled(word[:-2])
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    return word


def _undoubled(word: str) -> str:
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        return word[:-1]
    return word


@cache
def term_of(part: str) -> int:
    """Return the number of a stemmed word."""
    return zlib.crc32(part.encode("utf-8", "surrogatepass"))
