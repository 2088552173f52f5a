"""Ways to make code worse or slower: each does what its example says, and keeps the answers."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.tasks.written.pieces import (
    Definition,
    body_lines,
    functions_of,
    piece_of,
    same_but,
    with_function,
)
from journeyman.tasks.written.rebuild import stubbed
from journeyman.tasks.written.slowing import SLOWINGS, Slowing
from journeyman.tasks.written.worsening import WORSENINGS, Worsening
from journeyman.tasks.written.write_test import less, only

EVERY: tuple[Worsening | Slowing, ...] = (*WORSENINGS, *SLOWINGS)


@pytest.mark.parametrize("way", EVERY, ids=lambda way: way.name)
def test_a_change_does_what_its_example_says(way: Worsening | Slowing) -> None:
    node = ast.parse(way.before).body[0]
    assert isinstance(node, Definition)
    assert way.change(node)
    assert ast.unparse(ast.fix_missing_locations(node)) == ast.unparse(ast.parse(way.after))


@pytest.mark.parametrize("way", EVERY, ids=lambda way: way.name)
def test_where_there_is_no_place_nothing_changes(way: Worsening | Slowing) -> None:
    node = ast.parse("def f(x):\n    return x + 1\n").body[0]
    assert isinstance(node, Definition)
    before = ast.dump(node)
    assert not way.change(node) and ast.dump(node) == before


MIXED = '''
def f(xs, limit):
    """Mixed."""
    out = []
    seen = {2, 5}
    if not xs:
        return None
    if limit < 0:
        limit = -limit
    most = max(xs)
    for place, x in enumerate(xs):
        if x > limit and x not in seen:
            out.append(x - most)
        elif x == most:
            continue
        if place > 5:
            break
    small = [x for x in out if x < 0]
    kind = "many" if len(out) > 3 else "few"
    if any(y > limit for y in xs):
        return out, kind, small
    return limit in xs
'''


def _run(text: str) -> Callable[..., object]:
    names: dict[str, Callable[..., object]] = {}
    exec(text, names)
    return names["f"]


@pytest.mark.parametrize("way", EVERY, ids=lambda way: way.name)
@given(xs=st.lists(st.integers(-9, 9), max_size=9), limit=st.integers(-9, 9))
def test_the_answers_stay_the_same(way: Worsening | Slowing, xs: list[int], limit: int) -> None:
    piece = piece_of("m.py", MIXED, "f")
    assert piece is not None and isinstance(piece.node, Definition)
    node = copy.deepcopy(piece.node)
    if way.change(node):
        text = with_function(piece, node)
        assert text is not None and text != MIXED
        assert _run(text)(list(xs), limit) == _run(MIXED)(list(xs), limit)


CLASS = '''
import os


class Box:
    """A box."""

    # about the size
    size = 3

    @property
    def wide(self):
        """Whether.

        It has  an odd

            docstring.
        """
        # a comment of the body
        if self.size > 2:
            return True
        return False

    def one(self): return 1
'''


def test_the_rest_of_a_file_stays_byte_for_byte() -> None:
    piece = piece_of("m.py", CLASS, "Box.wide")
    assert piece is not None and isinstance(piece.node, Definition)
    node = copy.deepcopy(piece.node)
    node.body[-1] = ast.Return(ast.Constant(None))
    text = with_function(piece, node)
    assert text is not None
    before, after = CLASS.splitlines(), text.splitlines()
    assert before[: piece.first - 1] == after[: piece.first - 1]
    assert after[-2:] == before[-2:]
    made = piece_of("m.py", text, "Box.wide")
    assert made is not None and made.docstring == piece.docstring
    assert same_but(CLASS, text, "Box.wide") and not same_but(CLASS, text, "Box.one")


def test_a_body_is_taken_out_with_its_comments_and_nothing_else() -> None:
    piece = piece_of("m.py", CLASS, "Box.wide")
    assert piece is not None and isinstance(piece.node, Definition)
    assert body_lines(piece.node, CLASS) == (19, 22)
    text = stubbed(piece)
    assert text is not None and "a comment of the body" not in text
    assert text.count("raise NotImplementedError") == 1 and "@property" in text


def test_a_body_on_the_line_of_its_header_is_left_alone() -> None:
    piece = piece_of("m.py", CLASS, "Box.one")
    assert piece is not None and stubbed(piece) is None


def test_what_is_defined_twice_is_no_piece() -> None:
    text = "def f():\n    return 1\ndef f():\n    return 2\ndef g():\n    return 3\n"
    assert [piece.name for piece in functions_of("m.py", text)] == ["g"]


TESTS = """import pytest

HELPER = 1


@pytest.mark.parametrize("x", [1, 2])
def test_a(x):
    assert x


class TestB:
    def test_b(self):
        assert HELPER


def test_c():
    assert True
"""


def test_tests_are_taken_out_and_set_alone() -> None:
    without, alone = less(TESTS, {"test_a", "TestB::test_b"}), only(TESTS, {"TestB::test_b"})
    assert without is not None and alone is not None
    assert "test_a" not in without and "test_b" not in without and "def test_c" in without
    assert "def test_b" in alone and "HELPER = 1" in alone
    assert "test_a" not in alone and "test_c" not in alone
