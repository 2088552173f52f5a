"""Words of code and prose meet."""

from __future__ import annotations

import pytest

from journeyman.understanding.terms.words import parts_of, plain_parts, stem, terms_of, words_of


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("parseHTTPHeaders", ("pars", "http", "header", "parsehttpheaders")),
        ("snake_case_name", ("snak", "cas", "nam", "snakecasename")),
        ("SCREAMING_CASE", ("scream", "cas", "screamingcase")),
        ("utf8", ("utf", "utf8")),
        ("self", ()),
        ("größe_in_cm", ("größe", "cm", "größeincm")),
    ],
)
def test_an_identifier_is_its_parts_and_its_whole(word: str, parts: tuple[str, ...]) -> None:
    assert parts_of(word) == parts


def test_words_that_mean_the_same_are_the_same_term() -> None:
    assert len({stem(word) for word in ("parse", "parses", "parsed", "parsing")}) == 1
    assert stem("queries") == stem("query")
    assert stem("stopped") == stem("stopping") == stem("stop")
    assert stem("class") == "class" and stem("classes") == "class"
    assert set(terms_of("headers")) < set(terms_of("parseHeader"))


def test_numbers_data_and_noise_are_no_words() -> None:
    assert words_of("x = 12 + y") == ["x", "y"]
    assert words_of("a" * 200) == []
    assert plain_parts("return") == ()
