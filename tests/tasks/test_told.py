"""Which literals a test insists on, and whether anybody said them."""

from __future__ import annotations

import pytest

from journeyman.tasks.told import untold

TESTS = """
import pytest

class TestShop:
    def test_total(self):
        assert total([19, 23]) == 4242

def test_message():
    with pytest.raises(ValueError, match="no such shelf"):
        find("attic")

def test_list():
    assert names() == ["anvil", "rope"]

def test_plain():
    assert count() == 1 and not empty()

def test_unit(self):
    self.assertEqual(speak(), "moo!")
"""


@pytest.mark.parametrize(
    ("test", "literals"),
    [
        ("TestShop::test_total", ("4242",)),
        ("test_message", ("'no such shelf'",)),
        ("test_list[1-2]", ("'anvil'", "'rope'")),
        ("test_plain", ()),
        ("test_unit", ("'moo!'",)),
        ("test_absent", ()),
    ],
)
def test_literals_that_a_test_compares_with_are_found(test: str, literals: tuple[str, ...]) -> None:
    assert untold([f"t.py::{test}"], {"t.py": TESTS}.get, []) == literals


def test_what_the_statement_or_the_code_says_is_told() -> None:
    read = {"t.py": TESTS}.get
    assert untold(["t.py::test_list"], read, ["there must be an anvil"]) == ("'rope'",)
    assert untold(["t.py::test_list"], read, ["an anvil", "SHELF = ['rope']"]) == ()
    assert untold(["t.py::TestShop::test_total"], read, ["AssertionError: 4241 != 4242"]) == ()


def test_a_test_file_that_cannot_be_read_asks_for_nothing() -> None:
    assert untold(["gone.py::test_x"], {}.get, []) == ()
    assert untold(["bad.py::test_x"], {"bad.py": "def ("}.get, []) == ()
