"""A draw is the same for the same seed, fair to families, and spread over functions."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.errors import SettingsError
from journeyman.tasks.breaking import Site, choose


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
