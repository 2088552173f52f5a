"""Fingerprints of values: different contents differ, and nobody passes for somebody else."""

from __future__ import annotations

import enum
import importlib.util
import sys
import uuid
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import journeyman.sandbox

Pair = namedtuple("Pair", "one other")


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Slotted:
    __slots__ = ("held",)

    def __init__(self, held: object) -> None:
        self.held = held


class Price(Decimal):
    """A derived class that tells nothing new."""


class Count(int):
    """Another."""


class Liar(list[int]):
    def __iter__(self) -> Any:
        return iter([9])

    def __len__(self) -> int:
        return 5


class Nowhere(tzinfo):
    def utcoffset(self, when: object) -> timedelta:
        raise AssertionError("no method of the value takes part")


@pytest.fixture(scope="module")
def fingerprint() -> Callable[[object], str]:
    inside = Path(journeyman.sandbox.__file__).parent / "inside"
    sys.path.insert(0, str(inside))
    try:
        spec = importlib.util.spec_from_file_location("trace_calls", inside / "trace_calls.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(inside))
    found: Callable[[object], str] = module.fingerprint
    return found


@pytest.mark.parametrize(
    ("make", "one", "other"),
    [
        (Decimal, 1, 2),
        (Price, 1, 2),
        (Count, 1, 2),
        (Fraction, 1, 2),
        (ValueError, 1, 2),
        (Slotted, 1, 2),
        (Colour, 1, 2),
        (Counter, "ab", "abb"),
        (deque, [1], [2]),
        (Liar, [1], [2]),
        (OrderedDict, {1: 2}, {1: 3}),
        (lambda n: defaultdict(int, {1: n}), 1, 2),
        (lambda n: Pair(0, n), 1, 2),
        (lambda n: date(2020, 1, n), 1, 2),
        (lambda n: time(n), 1, 2),
        (lambda n: timedelta(n), 1, 2),
        (lambda n: datetime(2020, 1, n, tzinfo=timezone.utc), 1, 2),  # noqa: UP017
        (lambda n: datetime(2020, 1, n, tzinfo=Nowhere()), 1, 2),
        (lambda n: uuid.UUID(int=n), 1, 2),
        (lambda n: {"a": [n, (n,)]}, 1, 2),
        (lambda n: type("Made", (), {"n": n})(), 1, 1),
    ],
)
def test_equal_contents_agree_and_others_differ(
    fingerprint: Callable[[object], str], make: Callable[[Any], object], one: Any, other: Any
) -> None:
    assert fingerprint(make(one)) == fingerprint(make(one))
    assert (fingerprint(make(one)) == fingerprint(make(other))) == (one == other)


def test_a_derived_class_is_not_its_base(fingerprint: Callable[[object], str]) -> None:
    assert fingerprint(Price(1)) != fingerprint(Decimal(1))
    assert fingerprint(True) != fingerprint(1)


def test_a_class_by_anothers_name_is_told_from_it(fingerprint: Callable[[object], str]) -> None:
    words = {"__slots__": (), "__module__": "decimal", "__qualname__": "Decimal"}
    words |= {"__repr__": lambda self: "Decimal('1')", "__eq__": lambda self, other: True}
    imitation = type("Decimal", (), words)
    assert fingerprint(imitation()) != fingerprint(Decimal(1))
    assert fingerprint(imitation) != fingerprint(Decimal)
    twin = type("Price", (Decimal,), {"__module__": Price.__module__, "__qualname__": "Price"})
    assert fingerprint(twin(1)) != fingerprint(Price(1))


def test_what_a_derived_container_says_of_itself_is_not_asked(
    fingerprint: Callable[[object], str],
) -> None:
    class Same:
        __eq__ = lambda self, other: True  # noqa: E731
        __hash__ = lambda self: 0  # noqa: E731

    class Bag(list[object]):
        def __len__(self) -> int:
            raise AssertionError("asked")

    class Table(dict[object, object]):
        def __len__(self) -> int:
            raise AssertionError("asked")

    one, other = Table(), Table()
    dict.__setitem__(one, Same(), 1)
    dict.__setitem__(other, Same(), 2)
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(Bag([1])) != fingerprint(Bag([2]))


def test_sets_are_told_regardless_of_order(fingerprint: Callable[[object], str]) -> None:
    assert fingerprint({1, 2, "a"}) == fingerprint({"a", 2, 1})
