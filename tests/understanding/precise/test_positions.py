"""Columns in characters and in code units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.understanding.precise.positions import (
    Encoding,
    split_lines,
    to_column,
    to_units,
)

LINE = "s = '𝒜é'; call()\n"  # an astral character and an accent before the call
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16")
texts = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(("encoding", "units"), [("utf-8", 14), ("utf-16", 11)])
def test_an_astral_character_is_four_bytes_and_two_utf_16_units(
    encoding: Encoding, units: int
) -> None:
    column = LINE.index("call")
    assert column == 10
    assert to_units(LINE, column, encoding) == units
    assert to_column(LINE, units, encoding) == column


@pytest.mark.parametrize(("encoding", "units"), [("utf-8", 6), ("utf-16", 6)])
def test_a_place_inside_a_character_is_rounded_down(encoding: Encoding, units: int) -> None:
    assert to_column(LINE, units, encoding) == LINE.index("𝒜")


@given(texts, st.integers(0, 40), st.sampled_from(ENCODINGS))
def test_columns_survive_the_round_trip(line: str, column: int, encoding: Encoding) -> None:
    column = min(column, len(line))
    assert to_column(line, to_units(line, column, encoding), encoding) == column


@given(texts, st.integers(0, 200), st.sampled_from(ENCODINGS))
def test_no_place_is_beyond_the_end_of_its_line(line: str, units: int, encoding: Encoding) -> None:
    assert 0 <= to_column(line, units, encoding) <= len(line)


def test_lines_end_where_the_protocol_says_and_not_at_form_feeds() -> None:
    assert split_lines("a\rb\r\nc\x0cd\u2028e\n") == ["a\r", "b\r\n", "c\x0cd\u2028e\n"]
