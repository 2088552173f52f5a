from __future__ import annotations

from typing import Any

import pytest

from journeyman.grading.grader import Grader
from journeyman.grading.protected import Protected
from journeyman.records import Patch, Task
from journeyman.records.task import Place

PATH = "tinyshop/prices.py"


@pytest.fixture(scope="session")
def broken_text(tiny_repository: Any) -> str:
    text: str = tiny_repository.PRICES
    return text.replace("- discount", "+ discount")


@pytest.fixture(scope="session")
def task(tiny_repository: Any, broken_text: str) -> Task:
    """A discount that is added; the test of a large sum is hidden."""
    large = "tests/test_prices_more.py::test_large"
    red = ("tests/test_prices.py::test_discount", large)
    return Task(
        repository="tiny",
        base="base",
        source="breakage",
        family="arithmetic",
        quiet=True,
        statement="A discount makes things dearer.",
        broken=Patch(files={PATH: broken_text}),
        fix=Patch(files={PATH: tiny_repository.PRICES}),
        place=Place(path=PATH, function="total", first=4, last=8),
        fail_to_pass=red,
        pass_to_pass=tuple(test for test in tiny_repository.ALL_TESTS if test not in red),
        hidden=(large,),
    )


@pytest.fixture(scope="session")
def grader(tiny: Any, tiny_repository: Any) -> Grader:
    tests = ("tests/test_prices.py", "tests/test_prices_more.py")
    return Grader(
        tiny.suite, Protected(tests, tuple(tiny_repository.FILES), ("pytest",)), tiny.read
    )
