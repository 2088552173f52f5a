"""A file is cut where a reader would cut it, and nothing of it is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from journeyman.understanding.index.chunks import BETWEEN, LONGEST, chunks_of
from journeyman.understanding.parsing.parse import parse

CODE = '''"""Words."""

import os

LIMIT = 3


# Says how.
@decorated
def first():
    def inner():
        return 1

    return inner()


class Thing:
    """A thing."""

    size = 1

    def second(self):
        return 2
'''


def _pieces(code: str) -> list[tuple[int, int, str]]:
    parsed = parse("python", code.encode())
    chunks = chunks_of(parsed.symbols, code.split("\n"))
    names = [parsed.symbols[one.symbol].name if one.symbol >= 0 else "" for one in chunks]
    return [(one.first, one.last, name) for one, name in zip(chunks, names, strict=True)]


def test_functions_are_whole_with_what_stands_above_them() -> None:
    assert _pieces(CODE) == [
        (1, 5, ""), (8, 14, "first"), (17, 20, "Thing"), (22, 23, "second"),
    ]  # fmt: skip


def test_long_functions_and_long_stretches_between_them_are_cut() -> None:
    body = "\n".join(f"    x{number} = {number}" for number in range(2 * LONGEST))
    pieces = _pieces(f"def long():\n{body}\n")
    assert len(pieces) == 3 and all(last - first < LONGEST for first, last, _ in pieces)
    loose = _pieces("\n".join(f"x{number} = {number}" for number in range(3 * BETWEEN)))
    assert len(loose) == 3


LINES = st.sampled_from(["def f():", "    return 1", "", "x = 1", "class C:"])


@given(st.lists(LINES, max_size=60))
def test_every_line_that_says_something_is_in_exactly_one_piece(lines: list[str]) -> None:
    code = "\n".join(lines)
    covered: list[int] = []
    for first, last, _ in _pieces(code):
        covered += range(first, last + 1)
    assert len(covered) == len(set(covered))
    assert {at for at, line in enumerate(lines, 1) if line.strip()} <= set(covered)
