"""Arguments for timing: what the tests were seen to give, grown and varied.

Tests mostly use small values, on which slow and fast code take alike. Lists, sets, dictionaries
and texts are grown to about `size` items out of pieces of the recorded ones; numbers and options
stay as they are. Every pair of measurements gets others, drawn by a seed that follows from the
patch, so that no table of answers can be made beforehand.
"""

from __future__ import annotations

import ast
import random
import string
from typing import Any

SHORTEST_TEXT = 3
"""Shorter texts are separators and modes, and stay as they are."""


def literal(text: str) -> Any:
    """Return the value that a literal stands for; raises `ValueError` for anything else."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(f"not a literal: {text[:60]}") from error


def can_grow(call: str) -> bool:
    """Whether anything in a recorded call can be made larger."""
    values = literal(call).values()
    return any(_is_holder(value) or _is_text(value) for value in values)


def grown(call: str, size: int, seed: str) -> str:
    """Return a recorded call (a literal dictionary of arguments) made larger, as a literal."""
    draw = random.Random(seed)
    given = literal(call)
    holders = any(_is_holder(value) for value in given.values())
    made = {}
    for name, value in given.items():
        if _is_holder(value) and name not in ("*", "**"):
            made[name] = _grown(value, size, draw)
        elif _is_text(value) and not holders:
            made[name] = _longer(value, size, draw)
        elif name == "*":
            made[name] = tuple(_grown(one, size, draw) if _is_holder(one) else one for one in value)
        else:
            made[name] = value
    return repr(made)


def _is_holder(value: Any) -> bool:
    return isinstance(value, list | tuple | set | dict) and bool(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str | bytes) and len(value) >= SHORTEST_TEXT


def _grown(value: Any, size: int, draw: random.Random) -> Any:
    if isinstance(value, dict):
        pairs = list(value.items())
        many = [draw.choice(pairs) for _ in range(size)]
        return {
            **value,
            **{_varied(key, size, draw): _varied(one, size, draw) for key, one in many},
        }
    items = sorted(value, key=repr) if isinstance(value, set) else list(value)
    fresh = [_varied(draw.choice(items), size, draw) for _ in range(max(0, size - len(items)))]
    return type(value)([*items, *fresh])


def _varied(value: Any, size: int, draw: random.Random) -> Any:
    """Return another value of the same kind."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return draw.randrange(0 if value >= 0 else -size, size + 1)
    if isinstance(value, float):
        return value * draw.random()
    if isinstance(value, str):
        return value + "".join(draw.choices(string.ascii_lowercase, k=draw.randrange(4)))
    if isinstance(value, tuple | list):
        return type(value)(_varied(one, size, draw) for one in value)
    return value


def _longer(value: Any, size: int, draw: random.Random) -> Any:
    """Return a longer text of pieces of `value`."""
    made = value
    while len(made) < size:
        start = draw.randrange(len(value))
        made += value[start : start + draw.randrange(1, len(value) + 1)]
    return made
