"""`ordered_map`: results in order, work bounded, exceptions where their result would have been."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.engine.local import ordered_map


@given(st.lists(st.integers(), max_size=30), st.integers(min_value=-1, max_value=5))
def test_results_come_in_the_order_of_the_items(items: list[int], workers: int) -> None:
    assert list(ordered_map(lambda item: item * 2, items, workers)) == [2 * n for n in items]


def test_a_slow_item_does_not_let_a_later_one_overtake_it() -> None:
    second_is_done = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert second_is_done.wait(10)
        if item == 1:
            second_is_done.set()
        return item

    assert list(ordered_map(work, range(3), 2)) == [0, 1, 2]


@given(st.integers(min_value=0, max_value=9), st.integers(min_value=1, max_value=4))
def test_an_exception_is_raised_in_its_place_and_ends_the_work(bad: int, workers: int) -> None:
    started: list[int] = []

    def work(item: int) -> int:
        started.append(item)
        if item == bad:
            raise LookupError(item)
        return item

    results = ordered_map(work, range(1000), workers)
    assert [next(results) for _ in range(bad)] == list(range(bad))
    with pytest.raises(LookupError):
        next(results)
    assert list(results) == []
    assert max(started) <= bad + 2 * workers


@given(st.integers(min_value=1, max_value=4), st.integers(min_value=1, max_value=6))
def test_closing_early_starts_nothing_more_and_waits_for_what_runs(
    workers: int, taken: int
) -> None:
    started: list[int] = []
    ended: list[int] = []

    def work(item: int) -> int:
        started.append(item)
        ended.append(item)
        return item

    results = ordered_map(work, range(1000), workers)
    for _ in range(taken):
        next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(started) <= taken + 2 * workers
    assert sorted(started) == sorted(ended)


def test_no_more_than_twice_the_workers_are_taken_from_the_source() -> None:
    taken = 0

    def source() -> object:
        nonlocal taken
        for item in range(100):
            taken += 1
            yield item

    results = ordered_map(lambda item: item, source(), 2)  # type: ignore[arg-type]
    next(results)
    assert taken <= 4
    results.close()  # type: ignore[attr-defined]


def test_an_error_in_the_source_itself_is_raised() -> None:
    def source() -> object:
        yield 1
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(ordered_map(lambda item: item, source(), 2))  # type: ignore[arg-type]


def test_at_most_as_many_run_at_a_time_as_there_are_workers() -> None:
    running = most = 0
    lock = threading.Lock()
    together = threading.Barrier(3)

    def work(_: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(10)
        with lock:
            running -= 1

    list(ordered_map(work, range(6), 3))
    assert most == 3


def test_what_is_known_sets_nothing_off_and_the_rest_is_made_in_order() -> None:
    from journeyman.engine.local import resumed_map

    known = {0: "0", 1: "1", 2: "2", 4: "4"}
    made: list[int] = []

    def make(item: int) -> str:
        made.append(item)
        return str(item)

    first = resumed_map(known.get, make, range(6), 2)
    assert [next(first) for _ in range(3)] == ["0", "1", "2"]
    assert made == []
    assert list(resumed_map(known.get, make, range(6), 2)) == ["0", "1", "2", "3", "4", "5"]
    assert sorted(made) == [3, 5]
