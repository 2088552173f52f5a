"""Names that are nearly right: misspellings, and the most similar of other names."""

from __future__ import annotations

import builtins
import keyword
import zlib
from collections.abc import Iterable, Iterator, Set


def misspell(name: str, seed: int, taken: Set[str]) -> str:
    """Return a misspelling of `name` that is in no way `taken`, or an empty string.

    The kind of slip depends on `name` and `seed` alone.
    """
    slips = [slip for slip in _slips(name, zlib.crc32(f"{name}:{seed}".encode())) if slip != name]
    for slip in slips:
        if (
            slip.isidentifier()
            and slip not in taken
            and not keyword.iskeyword(slip)
            and not hasattr(builtins, slip)
        ):
            return slip
    return ""


def nearest(name: str, others: Iterable[str], count: int) -> list[str]:
    """Return the `count` names of `others` that begin and end most like `name`."""

    def distance(other: str) -> tuple[int, int, str]:
        return -_common(name, other) - _common(name[::-1], other[::-1]), len(other), other

    return sorted((other for other in others if other != name), key=distance)[:count]


def _slips(name: str, draw: int) -> Iterator[str]:
    if len(name) < 3:
        yield name + name[-1]
        yield f"{name}_{name}"
        return
    at = draw % (len(name) - 2) + 1
    swapped = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    slips = [
        swapped,
        name[:at] + name[at + 1 :],
        name[:-1] if name.endswith("s") else f"{name}s",
        name[: at + 1] + name[at:],
        name.replace("_", "", 1),
    ]
    turn = draw // 7 % len(slips)
    yield from slips[turn:] + slips[:turn]


def _common(left: str, right: str) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
