"""The fast way: it tells what a run of its own would tell, forgets each try, and survives them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from journeyman.errors import InfrastructureError
from journeyman.sandbox.testing.screener import Screener, Screeners, Swap

TOTAL = "tests/test_prices.py::test_total"
DISCOUNT = "tests/test_prices.py::test_discount"
NEGATIVE = "tests/test_prices.py::test_negative"
FIRST = 4

pytestmark = pytest.mark.sandbox


def body(*lines: str, header: str = "def total(prices, discount=0):") -> Swap:
    source = "".join(f"{line}\n" for line in (header, *(f"    {line}" for line in lines)))
    return Swap("tinyshop/prices.py", "total", FIRST, source)


@pytest.fixture(scope="module")
def screener(tiny: Any, tiny_repository: Any) -> Iterator[Screener]:
    made = Screener(tiny_repository.server(tiny.base), tiny.settings)
    yield made
    made.close()


def test_a_body_that_breaks_a_test_is_told_and_forgotten(screener: Screener) -> None:
    broken = screener.screen([body("return sum(prices)")], [TOTAL, DISCOUNT], 5, stop=False)
    assert broken.ending == "finished"
    assert broken.bad == (DISCOUNT,)
    assert "assert 9 == 7" in broken.results[1].message
    untouched = screener.screen([], [TOTAL, DISCOUNT], 5)
    assert untouched.bad == () and len(untouched.results) == 2


def test_the_first_failing_test_ends_a_try_that_only_wants_to_know(screener: Screener) -> None:
    screened = screener.screen([body("raise KeyError")], [TOTAL, DISCOUNT], 5)
    assert [one.id for one in screened.results] == [TOTAL]


def test_a_body_that_never_ends_is_out_of_time(screener: Screener) -> None:
    assert screener.screen([body("while True:", "    pass")], [TOTAL], 0.3).ending == "timeout"


def test_a_body_that_waits_without_working_is_out_of_time_too(screener: Screener) -> None:
    sleeping = body("import time", "time.sleep(60)")
    assert screener.screen([sleeping], [TOTAL], 0.1).ending == "timeout"


def test_a_body_that_ends_its_process_is_a_crash_and_the_next_try_is_made(
    screener: Screener,
) -> None:
    assert screener.screen([body("import os", "os._exit(0)")], [TOTAL], 5).ending == "crashed"
    assert screener.screen([], [TOTAL], 5).bad == ()


@pytest.mark.parametrize(
    "swap",
    [
        Swap("tinyshop/prices.py", "absent", FIRST, "def absent():\n    pass\n"),
        Swap("tinyshop/prices.py", "total", 40, "def total(prices):\n    return 0\n"),
        body("return sum(prices", header="def total(prices, discount=0):"),
        Swap("tinyshop/prices.py", "total", FIRST, "def total(prices):\n    return 0\nX = 1\n"),
    ],
    ids=["no such function", "another line", "does not compile", "more than the function"],
)
def test_what_cannot_be_exchanged_is_left_to_isolation(screener: Screener, swap: Swap) -> None:
    assert screener.screen([swap], [TOTAL], 5).ending == "unknown"


def test_tests_that_were_not_collected_are_left_to_isolation(screener: Screener) -> None:
    assert screener.screen([], ["tests/test_prices.py::test_new"], 5).ending == "unknown"


def test_a_try_that_kills_the_process_is_left_to_isolation_and_the_next_is_made(
    tiny: Any, tiny_repository: Any
) -> None:
    screeners = Screeners(tiny_repository.server(tiny.base), tiny.settings, 1)
    try:
        killer = body("import os, signal", "os.kill(os.getppid(), signal.SIGKILL)")
        assert screeners.screen([killer], [TOTAL], 5).ending == "unknown"
        assert len(screeners.faults) == 2
        assert screeners.screen([body("return 0")], [TOTAL], 5).bad == (TOTAL,)
    finally:
        screeners.close()


def test_a_tree_whose_tests_cannot_be_collected_is_a_fault(tiny: Any, tiny_repository: Any) -> None:
    from dataclasses import replace

    nowhere = replace(tiny.settings, arguments=("--no-such-option",))
    with pytest.raises(InfrastructureError, match="collected for screening"):
        Screener(tiny_repository.server(tiny.base), nowhere)
    screeners = Screeners(tiny_repository.server(tiny.base), nowhere, 1)
    assert [screeners.screen([], [TOTAL], 5).ending for _ in range(4)] == ["unknown"] * 4
    assert len(screeners.faults) == 3
