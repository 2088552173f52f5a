"""The parts that judges of goals are made of: twins, workloads, intervals, docstrings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.grading.goals.document import docstring
from journeyman.grading.goals.new_tests import test_flags as flags_of
from journeyman.grading.goals.speed import interval
from journeyman.grading.goals.twins import twin
from journeyman.grading.goals.workloads import can_grow, grown, literal
from journeyman.records import Patch, Place, Task
from journeyman.records.goal import Repair, Speed

CODE = '''"""Docs of the module."""
from __future__ import annotations


def f(xs, key=None):
    """Docs."""
    found = []
    for x in xs:
        try:
            found.append(key(x) if key else x)
        except ValueError as error:
            found.append(str(error))
    return found


class C:
    def g(self):
        count = sum(1 for _ in range(3))
        return count
'''


def test_a_twin_does_the_same_and_shows_nothing() -> None:
    text = twin(CODE)
    assert text is not None
    for part in ("found", "Docs", "def f", "range(3)"):
        assert part not in text
    names: dict[str, object] = {"__file__": "m.py", "__name__": "m"}
    exec(compile(text, "m.py", "exec", dont_inherit=True), names)
    function = names["f"]
    assert callable(function) and function([1, "a"], int) == [
        1,
        "invalid literal for int() with base 10: 'a'",
    ]
    assert names["C"]().g() == 3  # type: ignore[operator]
    assert names["__doc__"] == "Docs of the module." and function.__doc__ == "Docs."
    assert "found" not in function.__code__.co_varnames
    assert function.__code__.co_varnames[:2] == ("xs", "key")


def test_what_cannot_be_parsed_has_no_twin() -> None:
    assert twin("def f(:") is None


@given(
    xs=st.lists(st.integers(), min_size=1, max_size=5),
    name=st.text(max_size=2),
    size=st.integers(1, 200),
)
def test_a_grown_call_is_a_literal_of_the_same_kinds(xs: list[int], name: str, size: int) -> None:
    call = repr({"xs": xs, "sep": name, "n": 3})
    made = literal(grown(call, size, "seed"))
    assert len(made["xs"]) >= size and made["xs"][: len(xs)] == xs
    assert made["sep"] == name and made["n"] == 3
    assert grown(call, size, "seed") == grown(call, size, "seed")


def test_texts_grow_where_nothing_else_can() -> None:
    call = repr({"text": "some words", "width": 3})
    assert can_grow(call) and not can_grow(repr({"width": 3, "sep": ","}))
    assert len(literal(grown(call, 500, "s"))["text"]) >= 500
    assert grown(call, 500, "s") != grown(call, 500, "t")


def test_code_is_no_literal() -> None:
    with pytest.raises(ValueError):
        literal("__import__('os')")


def test_the_interval_is_that_of_the_sign_test() -> None:
    values = [float(n) for n in range(1, 16)]
    assert interval(values) == (8.0, 4.0, 12.0)  # 15 values: the 4th and the 12th
    assert interval([1.0, 2.0, 3.0]) == (2.0, 1.0, 3.0)


@given(st.lists(st.floats(0, 9), min_size=1, max_size=40))
def test_the_interval_holds_the_median(values: list[float]) -> None:
    middle, low, high = interval(values)
    assert low <= middle <= high and low in values and high in values


BEFORE = "def f(a):\n    return a\n"


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ('def f(a):\n    """Say a."""\n    return a\n', "Say a."),
        ('def f(a):\n    """Say a."""\n    return  (a)\n', "Say a."),
        ('def f(a):\n    """Say a."""\n    return a + 0\n', None),
        ('"""Module."""\ndef f(a):\n    """Say a."""\n    return a\n', None),
        ('# coding: utf-7\ndef f(a):\n    """Say a."""\n    return a\n', None),
        ('def f(a, b=1):\n    """Say a."""\n    return a\n', None),
        ('@print\ndef f(a):\n    """Say a."""\n    return a\n', None),
        (BEFORE, None),
        ("def f(:", None),
    ],
)
def test_only_the_docstring_may_change(after: str, found: str | None) -> None:
    assert docstring(BEFORE, after, "f") == found


@pytest.mark.parametrize(
    "text",
    [
        "import inspect\n",
        "import ast\n",
        "from ast import parse\n",
        "import m\nprint(m.__file__)\n",
        "import m\nm.f.__code__\n",
        "import sys\nsys.modules\n",
        "import gc\n",
        "import m\nm.__loader__.get_source('m')\n",
        "import subprocess\n",
        "open('/proc/self/maps')\n",
    ],
)
def test_tests_that_look_at_the_code_are_told(text: str) -> None:
    assert flags_of(Patch(files={"tests/test_x.py": text}))


def test_plain_tests_are_not_flagged() -> None:
    text = (
        "import unittest\nimport pytest\nfrom m import f\n\n\n"
        "def test_f(tmp_path):\n    with pytest.raises(ValueError):\n        f('test_x')\n"
    )
    assert not flags_of(Patch(files={"tests/test_x.py": text}))


def _task(**changes: object) -> Task:
    place = Place(path="m.py", function="f", first=1, last=2)
    told = {"repository": "r", "base": "b", "source": "breakage", "family": "x", "quiet": False}
    known = {"statement": "", "broken": Patch(), "fix": Patch(), "place": place}
    tests = {"fail_to_pass": ("t::a",), "pass_to_pass": ()}
    return Task.model_validate({**told, **known, **tests, **changes})


def test_the_usual_goal_leaves_a_tasks_name_as_it_was() -> None:
    task = _task()
    said = task.model_dump(mode="json")
    assert task.goal == Repair(kind="repair") and said.pop("goal") == {"kind": "repair"}
    from journeyman.records import digest

    assert task.id == digest(said)


def test_a_goal_survives_being_stored_without_defaults() -> None:
    goal = Speed(
        kind="speed",
        path="m.py",
        module="m",
        function="f",
        calls=("{}",),
        size=9,
        most=0.5,
        rounds=3,
    )
    task = _task(goal=goal)
    again = Task.model_validate_json(task.model_dump_json(exclude_defaults=True))
    assert again == task and again.id == task.id != _task().id
