"""A draw is the same for the same seed, fair to families, and spread over functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.errors import SettingsError
from journeyman.records.task import Severity
from journeyman.tasks.breaking import (
    BUILT_IN,
    COMBINED,
    Break,
    Example,
    Site,
    Source,
    choose,
    probabilities,
)
from journeyman.tasks.breaking.registry import weights_by_default


def site(family: str, function: str, start: int) -> Site:
    return Site(family, "a.py", function, 1, 9, 2, start, start + 1, "x", "")


def pool(families: int = 4, functions: int = 5, each: int = 6) -> dict[str, list[Site]]:
    return {
        f"family{number}": [
            site(f"family{number}", f"f{place}", 100 * place + at)
            for place in range(functions)
            for at in range(each)
        ]
        for number in range(families)
    }


@given(st.integers(), st.integers(0, 130))
def test_a_draw_depends_on_values_and_seed_only(seed: int, count: int) -> None:
    sites = pool()
    turned = {name: sites[name][::-1] for name in reversed(sites)}
    drawn = choose(sites, count, seed)
    assert drawn == choose(turned, count, seed)
    assert len(drawn) == len(set(drawn)) == min(count, 120)


def test_another_seed_gives_another_draw() -> None:
    assert choose(pool(), 20, 1) != choose(pool(), 20, 2)


@given(st.integers(), st.integers(1, 120))
def test_every_beginning_of_a_draw_is_balanced(seed: int, count: int) -> None:
    drawn = choose(pool(), 120, seed)
    assert drawn[:count] == choose(pool(), count, seed)
    taken = Counter(site.family for site in drawn[:count])
    assert max(taken.values()) - min(taken[name] for name in pool()) <= 1


@given(st.integers())
def test_no_function_is_drawn_again_before_the_others(seed: int) -> None:
    drawn = choose(pool(functions=8), 40, seed)
    for turn in range(0, 40, 8):
        assert len({site.function for site in drawn[turn : turn + 8]}) == 8


def test_weights_shift_the_shares_and_zero_leaves_out() -> None:
    drawn = choose(pool(), 30, 3, {"family0": 3, "family1": 2, "family2": 0})
    taken = Counter(site.family for site in drawn)
    assert taken == {"family0": 15, "family1": 10, "family3": 5}


def test_a_family_that_runs_dry_leaves_its_turns_to_the_others() -> None:
    sites = pool(2)
    sites["family0"] = sites["family0"][:2]
    taken = Counter(site.family for site in choose(sites, 12, 5))
    assert taken == {"family0": 2, "family1": 10}


@pytest.mark.parametrize("weights", [{"typo": 1.0}, {"family0": -1.0}, {"family0": float("nan")}])
def test_senseless_weights_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(SettingsError):
        choose(pool(), 3, 0, weights)


def test_weights_for_registered_families_without_sites_are_fine() -> None:
    assert choose(pool(1), 2, 0, {"boundary": 2.0})


def test_wrong_results_are_most_of_the_mix_and_what_a_parser_finds_is_little() -> None:
    shares = probabilities(BUILT_IN)
    assert sum(shares.values()) == pytest.approx(1)
    of = dict.fromkeys(get_args(Severity), 0.0)
    for family in BUILT_IN:
        assert shares[family.name] > 0
        of[family.severity] += shares[family.name]
    assert of["wrong result"] > 0.6
    assert 0 < of["does not parse"] + of["does not import"] < 0.05
    assert of["does not parse"] + of["does not import"] < of["raises"] < of["wrong result"] / 2


def test_unnamed_families_come_as_often_as_they_say() -> None:
    def sites_of(family: str) -> list[Site]:
        return [site(family, f"f{place}", place) for place in range(60)]

    usual = weights_by_default()
    names = ("comparison", "syntax_slip", "unheard_of")
    drawn = choose({name: sites_of(name) for name in names}, 28, 1)
    taken = Counter(each.family for each in drawn)
    assert usual["comparison"] == 1.5
    assert usual["syntax_slip"] == 0.3
    assert taken == {"comparison": 15, "unheard_of": 10, "syntax_slip": 3}


def test_a_family_that_says_nothing_of_its_probability_weighs_one() -> None:
    class Old:
        name, severity, quiet, description = "old", "raises", False, "Made long ago."

        def sites(self, source: Source) -> Iterator[Site]:
            yield from ()

        def examples(self) -> tuple[Example, ...]:
            return ()

    assert weights_by_default([Old()])["old"] == 1.0  # type: ignore[list-item]


def test_combinations_are_drawn_beside_single_breaks() -> None:
    pairs = [
        Break((site("comparison", f"f{place}", place), site("boundary", f"f{place}", place + 9)))
        for place in range(20)
    ]
    singles = [Break((site("comparison", f"f{place}", 3),)) for place in range(20)]
    drawn = choose({COMBINED[0]: pairs, "comparison": singles}, 14, 0)
    taken = Counter(each.family for each in drawn)
    assert taken == {COMBINED[0]: 8, "comparison": 6}
