"""How alike two names are, and which well-known names are mistaken for one another."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

_FAMILIES = (
    ("min", "max", "sum", "abs"),
    ("any", "all"),
    ("sorted", "reversed", "list", "tuple", "set", "frozenset", "iter"),
    ("int", "float", "str", "repr", "bool", "len"),
    ("range", "enumerate", "zip", "map", "filter"),
    ("isinstance", "issubclass", "hasattr", "callable"),
    ("strip", "lstrip", "rstrip"),
    ("lower", "upper", "title", "capitalize", "casefold"),
    ("append", "extend", "add", "insert", "appendleft"),
    ("pop", "popleft", "remove", "discard", "popitem"),
    ("startswith", "endswith"),
    ("find", "rfind", "index", "rindex"),
    ("split", "rsplit", "splitlines", "partition", "rpartition"),
    ("keys", "values", "items"),
    ("get", "setdefault", "pop"),
    ("match", "search", "fullmatch", "findall", "finditer"),
    ("group", "groups", "groupdict"),
    ("start", "end", "span"),
    ("union", "intersection", "difference", "update"),
    ("ljust", "rjust", "center"),
    ("isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower"),
    ("first", "last"),
    ("left", "right"),
    ("__enter__", "__exit__"),
)
_RELATED: dict[str, tuple[str, ...]] = {}
for _family in _FAMILIES:
    for _name in _family:
        _RELATED[_name] = (*_RELATED.get(_name, ()), *(one for one in _family if one != _name))


def related(name: str) -> tuple[str, ...]:
    """Return the well-known names that `name` is mistaken for (`min` for `max`)."""
    return _RELATED.get(name, ())


@lru_cache(maxsize=1 << 16)
def likeness(one: str, other: str) -> float:
    """Return how alike two names are: 0 (nothing shared) to 1 (equal).

    Dice's coefficient over letter pairs, with the ends marked so that prefixes and suffixes count.
    """
    if one == other:
        return 1.0
    first, second = _pairs(one), _pairs(other)
    return 2.0 * len(first & second) / (len(first) + len(second))


def most_alike(name: str, candidates: Iterable[str], limit: int, least: float = 0.0) -> list[str]:
    """Return up to `limit` of `candidates` by likeness to `name`, best first, `name` left out."""
    scored = [(-likeness(name, one), one) for one in set(candidates) if one != name]
    return [one for score, one in sorted(scored) if -score >= least][:limit]


@lru_cache(maxsize=1 << 15)
def _pairs(name: str) -> frozenset[str]:
    marked = f"^{name.lower()}$"
    return frozenset(marked[index : index + 2] for index in range(len(marked) - 1))
