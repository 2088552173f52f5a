"""A set of tasks holds heads, and reads a task when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from journeyman.errors import InfrastructureError
from journeyman.records import Patch, Place, Task
from journeyman.records.store import Store
from journeyman.records.taskset import KIND, Taskset, remember


def task(number: int) -> Task:
    return Task(
        repository="r",
        base="b",
        source="breakage",
        family=f"family {number % 2}",
        quiet=True,
        statement="",
        broken=Patch(files={"a.py": f"x = {number}\n"}),
        fix=Patch(files={"a.py": "x = -1\n"}),
        place=Place(path="a.py", function="f", first=1, last=1),
        fail_to_pass=("t",),
        pass_to_pass=(),
        labels=("trivial",),
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.close()


def test_stored_tasks_come_back_in_the_order_of_their_heads(store: Store) -> None:
    tasks = [task(number) for number in range(4)]
    for one in tasks:
        remember(store, one)
    held = Taskset.stored(store, [one.head for one in reversed(tasks)])
    assert list(held) == tasks[::-1]
    assert held[1] == tasks[2] and list(held[2:]) == tasks[1::-1]
    assert held.only([tasks[0].id])[0] == tasks[0]
    assert next(iter(held.ordered(lambda head: head.family))).family == "family 0"


def test_a_head_says_what_its_task_says() -> None:
    one = task(1)
    assert (one.head.id, one.head.cluster, one.head.labels) == (one.id, one.cluster, ("trivial",))


def test_joined_sets_have_each_task_once(store: Store) -> None:
    first, second, third = (task(number) for number in range(3))
    remember(store, first)
    remember(store, second)
    stored = Taskset.stored(store, [first.head, second.head])
    assert list(stored.joined(Taskset.of([second, third]))) == [first, second, third]


def test_a_task_that_is_gone_is_a_fault_that_names_it(store: Store) -> None:
    remember(store, task(0))
    held = Taskset.stored(store, [task(0).head, task(1).head])
    assert store.keys(KIND) == [task(0).id]
    with pytest.raises(InfrastructureError, match=task(1).id):
        list(held)
