"""Where the functions of a file are."""

import ast
import pathlib
import shlex
import textwrap

import pytest

from journeyman.understanding.functions import functions, texts_by_key

SOURCE = textwrap.dedent(
    '''
    import os

    @decorated
    def outer(a):
        """Doc."""
        def inner():
            return a
        class Local:
            def method(self): ...
        return inner

    class Shape:
        side = 1

        @property
        def area(self):
            return self.side ** 2

        @area.setter
        def area(self, value):
            self.side = value ** 0.5

        class Corner:
            async def at(self): ...

    if os.name == "nt":
        def slash(): return "\\\\"
    else:
        def slash(): return "/"

    try:
        import fast
    except ImportError:
        def slow(): ...
    match os.name:
        case "posix":
            def matched(): ...
    '''
).lstrip()


def test_methods_go_by_their_class_and_nested_functions_belong_to_the_outermost():
    assert [function.qualname for function in functions("a.py", SOURCE)] == [
        "outer",
        "Shape.area",
        "Shape.area",
        "Shape.Corner.at",
        "slash",
        "slash",
        "slow",
        "matched",
    ]


def test_lines_include_decorators_and_what_is_nested():
    outer, area, *_ = functions("a.py", SOURCE)
    assert (outer.first, outer.last) == (3, 10)
    assert outer.text.startswith("@decorated\ndef outer") and outer.text.endswith("return inner\n")
    assert (area.first, area.last) == (15, 17)
    assert area.key == "a.py::Shape.area"


def test_definitions_that_share_a_name_are_joined():
    texts = texts_by_key(functions("a.py", SOURCE))
    assert "@property" in texts["a.py::Shape.area"] and "@area.setter" in texts["a.py::Shape.area"]
    assert len(texts) == 6


@pytest.mark.parametrize("text", ["def f(:\n", "\0", "def f():\n return 1\n  x", "(" * 5000])
def test_a_file_that_does_not_parse_has_no_functions(text):
    assert functions("a.py", text) == []


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_numbers_are_the_parsers_whatever_ends_a_line(ending):
    text = ending.join(["x = 1", "\x0c", "s = '''\u2028'''", "def f():", "    return 1", ""])
    (function,) = functions("a.py", text)
    assert (function.first, function.last) == (4, 5)
    assert function.text == f"def f():{ending}    return 1{ending}"


def test_on_real_code_every_text_parses_by_itself():
    found = functions("shlex.py", pathlib.Path(shlex.__file__).read_text())
    assert {"shlex.read_token", "split", "quote"} <= {function.qualname for function in found}
    for function in found:
        ast.parse(textwrap.dedent(function.text))
