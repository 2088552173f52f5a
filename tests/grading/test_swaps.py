"""Only patches to function bodies become swaps, and a swap is the function as the patch has it."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.grading.swaps import Bodies
from journeyman.records import Patch

TEXT = '''"""A module."""
import os

LIMIT = 3


def first(a, b=LIMIT):
    """Say."""
    if a:
        return b
    return a


class Box:
    size = 1

    @property
    def width(self):
        return self.size

    def grow(
        self, by
    ) -> int:
        self.size += by
        return self.size


if os.name:

    def late():
        return "late"


def one_line(): return 1
'''


def swaps(text: str | None, old: str = TEXT) -> object:
    found = Bodies({"m.py": old}.get).swaps(Patch(files={"m.py": text}))
    return None if found is None else [(one.function, one.first, one.source) for one in found]


def test_a_changed_body_is_one_swap() -> None:
    source = (
        "    def grow(\n        self, by\n    ) -> int:\n"
        "        self.size -= by\n        return self.size\n"
    )
    assert swaps(TEXT.replace("+= by", "-= by")) == [("Box.grow", 21, source)]


def test_a_longer_body_moves_the_functions_behind_it() -> None:
    text = TEXT.replace("return b\n", "b = b\n        return b\n").replace('"late"', '"soon"')
    assert swaps(text) == [
        (
            "first",
            7,
            'def first(a, b=LIMIT):\n    """Say."""\n    if a:\n'
            "        b = b\n        return b\n    return a\n",
        ),
        ("late", 30, '    def late():\n        return "soon"\n'),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("b=LIMIT", "b=1"),
        ("size = 1", "size = 2"),
        ("@property\n", "@staticmethod\n"),
        ("self, by\n", "self, by=1\n"),
        ("def one_line(): return 1", "def one_line(): return 2"),
        ("import os\n", "import os\nimport re\n"),
        ('return "late"\n', 'return "late"\n\n    def later():\n        return 1\n'),
    ],
)
def test_whatever_lies_outside_of_bodies_is_left_to_isolation(old: str, new: str) -> None:
    assert old in TEXT
    assert swaps(TEXT.replace(old, new)) is None


def test_new_and_deleted_files_and_other_languages_are_left_to_isolation() -> None:
    assert swaps(None) is None
    assert Bodies({"m.py": TEXT}.get).swaps(Patch(files={"new.py": "x = 1\n"})) is None
    assert Bodies({"a.js": "1"}.get).swaps(Patch(files={"a.js": "2"})) is None


def test_an_unchanged_file_is_no_swap() -> None:
    assert swaps(TEXT) == []


@given(st.lists(st.sampled_from(TEXT.splitlines(keepends=True)), max_size=4), st.data())
def test_a_swap_put_into_the_old_text_gives_the_new_one(
    lines: list[str], data: st.DataObject
) -> None:
    old = TEXT.splitlines(keepends=True)
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, min(len(old), start + 3)))
    new = "".join([*old[:start], *lines, *old[end:]])
    found = swaps(new)
    if not found:
        return
    assert isinstance(found, list)
    spans = {
        f.name: (f.lineno, f.end_lineno)
        for f in ast.walk(ast.parse(TEXT))
        if hasattr(f, "args") and hasattr(f, "name")
    }
    rebuilt = list(old)
    for function, _, source in reversed(found):
        first, last = spans[function.rpartition(".")[2]]
        rebuilt[first - 1 : last] = [source]
    assert "".join(rebuilt) == new
