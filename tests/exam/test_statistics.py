"""Intervals and tests that respect clusters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeyman.exam.statistics import (
    EXACT_CLUSTERS,
    FLIPS,
    Interval,
    clustered_bootstrap,
    fixed_within,
    mean,
    paired_difference,
    rule_of_three,
)

pairs = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 5)), min_size=1, max_size=30
)


def test_two_clusters_worked_by_hand():
    # resamples are (a,a), (a,b), (b,a), (b,b): means 0, 1/2, 1/2, 1 with chances 1/4, 1/2, 1/4
    interval = clustered_bootstrap([0, 0, 1, 1], ["a", "a", "b", "b"])
    assert interval == Interval(low=0.0, high=1.0, level=0.95)
    assert clustered_bootstrap([0, 0, 1, 1], list("aabb"), level=0.4) == Interval(
        low=0.5, high=0.5, level=0.4
    )


@pytest.mark.parametrize(
    ("values", "clusters"),
    [([], []), ([1, 0, 1], ["a", "a", "a"]), ([1, 1, 1], ["a", "b", "c"]), ([0.1] * 3, [1, 2, 3])],
)
def test_where_the_data_cannot_say_there_is_no_interval(values, clusters):
    assert clustered_bootstrap(values, clusters) is None


def test_alike_bugs_of_one_function_widen_the_interval():
    values = [index % 2 for index in range(8) for _ in range(10)]
    alone = clustered_bootstrap(values, range(80))
    together = clustered_bootstrap(values, [index for index in range(8) for _ in range(10)])
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_the_fast_way_for_means_gives_what_the_general_way_gives():
    values = [0.0, 1.0, 3.0, 2.0, 5.0]
    clusters = ["a", "a", "b", "c", "c"]
    fast = clustered_bootstrap(values, clusters, samples=500)
    slow = clustered_bootstrap(values, clusters, lambda x: mean(x), samples=500)
    assert (fast.low, fast.high) == pytest.approx((slow.low, slow.high))


def test_other_statistics_are_resampled_too():
    interval = clustered_bootstrap(range(40), range(40), lambda x: float(np.median(x)))
    assert interval.low < 19.5 < interval.high


@given(pairs)
@settings(max_examples=30)
def test_the_interval_is_reproducible_and_holds_the_mean_of_a_large_sample(rows):
    values, _, clusters = zip(*rows, strict=True)
    first = clustered_bootstrap(values, clusters, samples=200, seed=3)
    assert first == clustered_bootstrap(values, clusters, samples=200, seed=3)
    if first is not None:
        assert min(values) <= first.low <= first.high <= max(values)


def test_coverage_is_close_to_the_level_when_clusters_are_alike():
    rng = np.random.default_rng(11)
    clusters = [index for index in range(30) for _ in range(5)]
    covered = naive = 0
    for trial in range(100):
        values = (rng.normal(1.0, 1.0, 30)[:, None] + rng.normal(0, 0.3, (30, 5))).ravel()
        interval = clustered_bootstrap(values, clusters, samples=400, seed=trial)
        covered += interval.low <= 1.0 <= interval.high
        interval = clustered_bootstrap(values, range(150), samples=400, seed=trial)
        naive += interval.low <= 1.0 <= interval.high
    assert 87 <= covered <= 100
    assert naive < 75  # what the single task as the unit would have claimed as 95 %


@pytest.mark.parametrize(
    ("changes", "clusters", "p_value"),
    [
        # three clusters all up by the same: only +++ and --- are as far, 2 of 8
        ([1, 1, 1], ["a", "b", "c"], 0.25),
        # sums 2, 1, -1: totals of the 8 sign patterns are ±4, ±2, ±2, 0, 0; as far as 2: 6 of 8
        ([1, 1, 1, -1], ["a", "a", "b", "c"], 0.75),
        # sums 3, 1: totals ±4, ±2
        ([3, 1], ["a", "b"], 0.5),
        # a cluster that did not change says nothing
        ([1, 1, 1, 0, 0], ["a", "b", "c", "d", "d"], 0.25),
        # one cluster: either sign is as far from 0
        ([1, 1, 1], ["a", "a", "a"], 1.0),
        ([0, 0], ["a", "b"], 1.0),
    ],
)
def test_sign_flips_worked_by_hand(changes, clusters, p_value):
    result = paired_difference([0] * len(changes), changes, clusters)
    assert result.p_value == pytest.approx(p_value)
    assert result.difference == pytest.approx(sum(changes) / len(changes))
    assert (result.pairs, result.clusters) == (len(changes), len(set(clusters)))


def test_many_alike_bugs_of_few_functions_are_not_evidence():
    after = [1] * 300
    assert paired_difference([0] * 300, after, [i % 3 for i in range(300)]).p_value == 0.25
    assert paired_difference([0] * 300, after, range(300)).p_value == 1 / (1 + FLIPS)


def test_monte_carlo_agrees_with_the_exact_test(monkeypatch):
    rng = np.random.default_rng(5)
    after = rng.normal(0.4, 1.0, EXACT_CLUSTERS)
    exact = paired_difference([0.0] * len(after), after, range(len(after))).p_value
    monkeypatch.setattr("journeyman.exam.statistics.EXACT_CLUSTERS", 0)
    sampled = paired_difference([0.0] * len(after), after, range(len(after))).p_value
    assert sampled == pytest.approx(exact, abs=0.02)


@given(pairs)
@settings(max_examples=40)
def test_swapping_before_and_after_flips_the_sign_and_keeps_the_p_value(rows):
    before, after, clusters = zip(*rows, strict=True)
    there = paired_difference(before, after, clusters, samples=100)
    back = paired_difference(after, before, clusters, samples=100)
    assert there.difference == -back.difference
    assert there.p_value == back.p_value
    assert 0.0 < there.p_value <= 1.0


def test_the_paired_test_rarely_cries_wolf():
    rng = np.random.default_rng(2)
    clusters = [index for index in range(10) for _ in range(4)]
    alarms = 0
    for _ in range(200):
        after = (rng.normal(0, 1, 10)[:, None] + rng.normal(0, 0.1, (10, 4))).ravel()
        alarms += paired_difference([0.0] * 40, after, clusters, samples=10).p_value <= 0.05
    assert alarms <= 20


def test_no_pairs_give_no_answer():
    result = paired_difference([], [], [])
    assert (result.difference, result.interval, result.p_value) == (None, None, None)


def test_lists_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="not pairs"):
        paired_difference([1], [1, 2], ["a"])
    with pytest.raises(ValueError, match="cluster names"):
        clustered_bootstrap([1, 2], ["a"])
    with pytest.raises(ValueError, match="level"):
        clustered_bootstrap([1, 2], ["a", "b"], level=1.0)


def test_no_success_in_n_trials_bounds_the_rate():
    assert rule_of_three(0) == 1.0
    assert rule_of_three(1) == pytest.approx(0.95)
    assert rule_of_three(2) == pytest.approx(1 - 0.05**0.5)
    assert rule_of_three(1000) == pytest.approx(3 / 1000, rel=0.01)
    assert (1 - rule_of_three(50, 0.9)) ** 50 == pytest.approx(0.1)
    with pytest.raises(ValueError, match="trials"):
        rule_of_three(-1)


def test_fixed_within_counts_every_task_and_only_fixes_within_the_budget():
    assert fixed_within([1, 3, None, 3], 4) == (0.25, 0.25, 0.75, 0.75)
    assert fixed_within([0, 9], 2) == (0.5, 0.5)
    assert fixed_within([], 3) == ()
