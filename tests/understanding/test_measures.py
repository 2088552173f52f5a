"""Measured properties: what they count, and that moving code about does not help."""

from __future__ import annotations

import pytest

from journeyman.understanding.measures import of_change, of_function

BAD = '''
def f(a, b):
    """Docs."""
    if a:
        for x in b:
            if x and a:
                return x
    return [y for y in b if y]
'''


@pytest.mark.parametrize(
    ("measured", "expected"), [("complexity", 7), ("nesting", 3), ("repetition", 0)]
)
def test_a_function_is_measured(measured: str, expected: int) -> None:
    assert of_function(BAD, "f", measured) == expected  # type: ignore[arg-type]


def test_size_counts_nodes_and_no_layout() -> None:
    spread = "def f(a):\n    # words\n    return (\n        a + 1\n    )\n"
    assert of_function(spread, "f", "size") == of_function("def f(a): return a+1\n", "f", "size")


def test_an_elif_is_no_deeper_than_its_if() -> None:
    chain = "def f(a):\n    if a:\n        return 1\n    elif a is None:\n        return 2\n"
    assert of_function(chain, "f", "nesting") == 1


def test_repetition_sees_through_names() -> None:
    one = "        total = count(a, b) + offset(b, a)\n        log(total, a, b)\n"
    two = one.replace("total", "other")
    text = f"def f(a, b):\n    if a:\n{one}    else:\n{two}"
    assert of_function(text, "f", "repetition") == 4


MOVED = {
    "a helper": BAD.replace("def f(", "def g(") + "\ndef f(a, b):\n    return g(a, b)\n",
    "a function inside": "def f(a, b):\n    def g(a, b):\n"
    + "".join(f"    {line}\n" for line in BAD.strip().splitlines()[1:])
    + "    return g(a, b)\n",
    "a lambda": "def f(a, b):\n    return (lambda: next((x for x in b if x and a), None)"
    " if a and b and a else [y for y in b if y and y])()\n",
}


@pytest.mark.parametrize("how", MOVED)
@pytest.mark.parametrize("measured", ["complexity", "nesting", "size"])
def test_code_that_is_only_moved_has_not_become_better(how: str, measured: str) -> None:
    was = of_function(BAD, "f", measured)  # type: ignore[arg-type]
    now = of_change({"m.py": BAD}, {"m.py": MOVED[how]}, "f", measured)  # type: ignore[arg-type]
    assert was is not None and now is not None and now >= was - (how == "a lambda")


def test_code_moved_to_another_file_counts() -> None:
    helper = BAD.replace("def f(", "def g(")
    after = {"m.py": "from n import g\ndef f(a, b):\n    return g(a, b)\n", "n.py": helper}
    assert of_change({"m.py": BAD}, after, "f", "complexity") == 7


def test_code_moved_to_module_level_counts() -> None:
    after = "TABLE = [x for x in range(9) if x if x > 1]\ndef f(a, b):\n    return TABLE\n"
    assert (of_change({"m.py": BAD}, {"m.py": after}, "f", "complexity") or 0) > 1


def test_an_extracted_helper_that_is_simpler_is_an_improvement() -> None:
    after = (
        "def first(a, b):\n    for x in b:\n        if x and a:\n            return x\n"
        "def f(a, b):\n    return first(a, b) if a else list(filter(None, b))\n"
    )
    assert of_change({"m.py": BAD}, {"m.py": after}, "f", "complexity") == 4


def test_a_function_that_is_gone_is_not_measured() -> None:
    assert of_change({"m.py": BAD}, {"m.py": "f = None\n"}, "f", "size") is None
    assert of_function("def f(:", "f", "size") is None
