"""A mix has what was asked for, or says what is missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.errors import SettingsError
from journeyman.records.task import Place, TaskHead
from journeyman.tasks.mixture import KINDS, TRIVIAL, kind, mixed


def head(number: int, **more: object) -> TaskHead:
    told = {
        "id": f"t{number}",
        "base": "b",
        "source": "breakage",
        "family": f"family {number % 5}",
        "quiet": False,
        "language": "python",
        "place": Place(path="a.py", function=f"f{number % 7}", first=1, last=2),
    }
    return TaskHead(**{**told, **more})  # type: ignore[arg-type]


BUGS = [head(n) for n in range(40)]
FEATURES = [head(100 + n, source="written", family="rebuild") for n in range(10)]
TRIVIALS = [head(200 + n, labels=(TRIVIAL,)) for n in range(40)]
SCRIPTS = [head(300 + n, language="javascript") for n in range(40)]


def test_shares_are_kept() -> None:
    made = mixed([*BUGS, *FEATURES], 20, {"bugs": 0.75, "features": 0.25})
    kinds = [kind(one) for one in made.chosen]
    assert (kinds.count("bugs"), kinds.count("features")) == (15, 5)
    assert not made.missing


def test_what_is_not_there_is_said() -> None:
    made = mixed([*BUGS, *FEATURES], 40, {"bugs": 0.5, "features": 0.5})
    assert len(made.chosen) == 30 and made.missing == {"features": 10}


def test_no_more_than_so_much_is_trivial() -> None:
    made = mixed([*TRIVIALS, *BUGS], 30, most_trivial=0.1)
    assert sum(TRIVIAL in one.labels for one in made.chosen) <= 3
    assert len(made.chosen) == 30


def test_languages_have_their_shares() -> None:
    made = mixed([*BUGS, *SCRIPTS], 20, languages={"python": 0.3, "javascript": 0.7})
    assert sum(one.language == "javascript" for one in made.chosen) == 14


def test_families_take_turns() -> None:
    made = mixed(BUGS, 10)
    counts = [sum(one.family == f"family {n}" for one in made.chosen) for n in range(5)]
    assert counts == [2] * 5


@pytest.mark.parametrize(
    ("shares", "trivial"), [({"bug": 1.0}, 1.0), ({"bugs": -1.0}, 1.0), ({"bugs": 1.0}, 2.0)]
)
def test_a_mix_that_cannot_be_meant_is_refused(shares: dict[str, float], trivial: float) -> None:
    with pytest.raises(SettingsError):
        mixed(BUGS, 10, shares, most_trivial=trivial)


@given(
    st.dictionaries(st.sampled_from(KINDS), st.floats(0.01, 10), min_size=1),
    st.integers(1, 60),
    st.integers(0, 5),
)
def test_a_mix_never_repeats_a_task_and_adds_up(
    shares: dict[str, float], count: int, seed: int
) -> None:
    made = mixed([*BUGS, *FEATURES, *TRIVIALS], count, shares, seed=seed)
    assert len({one.id for one in made.chosen}) == len(made.chosen)
    assert len(made.chosen) + sum(made.missing.values()) == count
