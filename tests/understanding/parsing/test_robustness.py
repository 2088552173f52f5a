"""No text makes `parse` raise or take more than linear time, and what it says is consistent."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.understanding.parsing.languages import KNOWN
from journeyman.understanding.parsing.parse import parse
from journeyman.understanding.parsing.parsed import Parsed

NAMES = [one.name for one in KNOWN]
languages = pytest.mark.parametrize("language", NAMES)

FUNCTIONS = {
    "python": "def {0}():\n    return g()\n",
    "java": "class C{0} {{ int {0}() {{ return g(); }} }}\n",
    "csharp": "class C{0} {{ int {0}() {{ return g(); }} }}\n",
    "scala": "object C{0} {{ def {0}() = {{ g() }} }}\n",
    "go": "func {0}() int {{ return g() }}\n",
    "rust": "fn {0}() -> u8 {{ g() }}\n",
    "ruby": "def {0}\n  g()\nend\n",
    "kotlin": "fun {0}(): Int {{\n  return g()\n}}\n",
    "swift": "func {0}() -> Int {{ return g() }}\n",
    "lua": "function {0}() return g() end\n",
    "bash": "{0}() {{\n  g\n}}\n",
    **dict.fromkeys(("c", "cpp"), "int {0}(void) {{ return g(); }}\n"),
    **dict.fromkeys(("javascript", "typescript", "tsx"), "function {0}() {{ return g(); }}\n"),
    "php": "function {0}() {{ return g(); }}\n",
}
"""A function of a name that calls ``g``."""

WORDS = st.sampled_from(
    [
        *("class A ", "def f", "fn f", "func f()", "(", ")", "{", "}", "[", "]", "\n", "\r\n", ";"),
        *("x.y()", "import a", "use a::b;", "#include <a>", '"', "'", "/*", "*/", "//", "#", "="),
        *("impl A for B ", "interface ", "A_B(", "@a ", "template <class T> ", "::", "->", "end "),
        *("\0", "é", ":"),
    ]
)


def opening(language: str) -> str:
    return "<?php\n" if language == "php" else ""


def check(parsed: Parsed, text: bytes) -> None:
    """Lines lie in the file; the outer come before the inner, and contain them."""
    lines = text.count(b"\n") + 1
    for index, symbol in enumerate(parsed.symbols):
        assert symbol.name
        assert 1 <= symbol.first <= symbol.last <= lines
        assert -1 <= symbol.parent < index
        if symbol.parent >= 0:
            outer = parsed.symbols[symbol.parent]
            assert outer.first <= symbol.first
            assert symbol.last <= outer.last
    for use in parsed.references:
        assert 1 <= use.line <= lines
        assert -1 <= use.within < len(parsed.symbols)
    assert all(one.first <= other.first for one, other in pairwise(parsed.symbols))
    assert all(1 <= one.line <= lines for one in parsed.imports)


@given(language=st.sampled_from(NAMES), text=st.lists(WORDS, max_size=60).map("".join))
def test_broken_programs_are_read_without_raising(language: str, text: str) -> None:
    source = (opening(language) + text).encode()
    check(parse(language, source), source)


@given(language=st.sampled_from(NAMES), text=st.binary(max_size=200))
def test_any_bytes_are_read_without_raising(language: str, text: bytes) -> None:
    check(parse(language, text), text)


@languages
def test_an_error_in_the_middle_leaves_the_rest(language: str) -> None:
    one = FUNCTIONS[language]
    text = f"{opening(language)}{one.format('before')}\n)) ((\n\n{one.format('after')}"
    parsed = parse(language, text.encode())
    assert parsed.broken
    assert "before" in {symbol.name for symbol in parsed.symbols}
    assert not parse(language, (opening(language) + one.format("whole")).encode()).broken


@languages
def test_line_ends_of_windows_change_nothing(language: str) -> None:
    text = (opening(language) + FUNCTIONS[language].format("f") * 2).encode()
    unix, windows = parse(language, text), parse(language, text.replace(b"\n", b"\r\n"))
    assert windows.symbols == unix.symbols
    assert windows.references == unix.references


@languages
@pytest.mark.parametrize("brackets", ["(", "{"])
def test_a_hundred_thousand_open_brackets_take_no_minute(language: str, brackets: str) -> None:
    text = (opening(language) + brackets * 100_000).encode()
    assert seconds(language, text) < 10
    assert parse(language, text).broken


@pytest.mark.parametrize("language", ["python", "javascript", "java", "rust"])
def test_twice_as_many_functions_take_about_twice_as_long(language: str) -> None:
    def file(count: int) -> bytes:
        one = FUNCTIONS[language]
        return "".join(one.format(f"f{number}") for number in range(count)).encode()

    parse(language, file(10))
    short = min(seconds(language, file(2_000)) for _ in range(2))
    assert seconds(language, file(8_000)) < 4 * short * 3


def test_one_line_of_two_megabytes_is_read_in_seconds() -> None:
    text = b"function f(){a.b(1);}" * 100_000
    begun = time.perf_counter()
    parsed = parse("javascript", text)
    assert time.perf_counter() - begun < 60
    assert len(parsed.symbols) == len(parsed.references) == 100_000
    assert parsed.references[-1].within == 99_999
    assert max(len(symbol.header) for symbol in parsed.symbols) <= 200


def test_functions_in_functions_are_not_named_without_end() -> None:
    parsed = parse("javascript", b"function name(){" * 3_000 + b"}" * 3_000)
    assert len(parsed.symbols) == 3_000
    assert max(len(symbol.qualified) for symbol in parsed.symbols) < 1_100


def test_a_language_without_a_grammar_has_nothing() -> None:
    assert parse("prose", b"def f(): pass") == Parsed("prose")


def seconds(language: str, text: bytes) -> float:
    begun = time.perf_counter()
    parse(language, text)
    return time.perf_counter() - begun
