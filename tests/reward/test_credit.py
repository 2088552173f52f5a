"""Credit: worked by hand first, then the properties that make the estimator right."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.errors import SettingsError
from journeyman.reward.credit import Credit, advantages, compare, returns

reward = st.floats(0.0, 1.0, allow_nan=False)
groups = st.lists(st.lists(reward, min_size=1, max_size=5), min_size=1, max_size=5)
many = st.lists(st.lists(reward, min_size=1, max_size=5), min_size=2, max_size=5)


@pytest.mark.parametrize(
    ("rewards", "gamma", "aggregate", "expected"),
    [
        # the last turn solves: each earlier turn gets 0.4 of the next
        ([0, 0, 1], 0.4, "sum", [0.16, 0.4, 1.0]),
        ([0, 0, 1], 0.4, "max", [0.16, 0.4, 1.0]),
        # 0.5 + 0.4 * (0.25 + 0.4 * 1); the maximum is 0.5 itself, then 0.4 * 1, then 1
        ([0.5, 0.25, 1], 0.4, "sum", [0.76, 0.65, 1.0]),
        ([0.5, 0.25, 1], 0.4, "max", [0.5, 0.4, 1.0]),
        # gamma 0: a turn is worth what it scored
        ([0.5, 0.25, 1], 0.0, "sum", [0.5, 0.25, 1.0]),
        ([0.5, 0.25, 1], 0.0, "max", [0.5, 0.25, 1.0]),
        # gamma 1: all that follows, or the best that follows
        ([0.5, 0.25, 1], 1.0, "sum", [1.75, 1.25, 1.0]),
        ([0.5, 1, 0.25], 1.0, "max", [1.0, 1.0, 0.25]),
        # nothing after the last turn counts for it
        ([1, 0, 0], 0.4, "sum", [1.0, 0.0, 0.0]),
        ([-1, -0.5], 0.4, "max", [-0.2, -0.5]),
        ([], 0.4, "sum", []),
    ],
)
def test_returns_worked_by_hand(rewards, gamma, aggregate, expected):
    assert returns(rewards, gamma, aggregate) == pytest.approx(expected)


# Three attempts of unequal length; returns at 0.4: [0.4, 1], [0, 0, 0], [1]. Pool mean 2.4/6 = 0.4.
UNEQUAL = [[0, 1], [0, 0, 0], [1]]
# Baselines from the others: (0+0+0+1)/4 = 0.25; (0.4+1+1)/3 = 0.8; (0.4+1+0+0+0)/5 = 0.28.
# Squares about 0.4: 0, .36, .16 three times, .36: sum 1.2, over 6 is 0.2.
STD = math.sqrt(0.2)


@pytest.mark.parametrize(
    ("group", "credit", "expected"),
    [
        (UNEQUAL, Credit(), [[0.15, 0.75], [-0.8, -0.8, -0.8], [0.72]]),
        (
            UNEQUAL,
            Credit(baseline="group_mean", scale="std"),
            [[0.0, 0.6 / STD], [-0.4 / STD] * 3, [0.6 / STD]],
        ),
        (UNEQUAL, Credit(baseline="group_mean"), [[0.0, 0.6], [-0.4] * 3, [0.6]]),
        (UNEQUAL, Credit(baseline="none"), [[0.4, 1.0], [0.0, 0.0, 0.0], [1.0]]),
        (UNEQUAL, Credit(scale="std"), [[0.15 / STD, 0.75 / STD], [-0.8 / STD] * 3, [0.72 / STD]]),
        # gamma 0: returns are the rewards; baselines 1/4, 2/3, 1/5
        (UNEQUAL, Credit(gamma=0.0), [[-0.25, 0.75], [-2 / 3] * 3, [0.8]]),
        # gamma 1: returns [1, 1], [0, 0, 0], [1]; baselines 1/4, 1, 2/5
        (UNEQUAL, Credit(gamma=1.0), [[0.75, 0.75], [-1.0] * 3, [0.6]]),
        # sum against max: returns [0.9, 1] against [0.5, 1], and [0] twice
        ([[0.5, 1], [0, 0]], Credit(), [[0.9, 1.0], [-0.95, -0.95]]),
        ([[0.5, 1], [0, 0]], Credit(aggregate="max"), [[0.5, 1.0], [-0.75, -0.75]]),
        # max, group mean 0.375; squares .015625, .390625, .140625 twice: sum .6875, over 4
        (
            [[0.5, 1], [0, 0]],
            Credit(aggregate="max", baseline="group_mean", scale="std"),
            [
                [0.125 / math.sqrt(0.171875), 0.625 / math.sqrt(0.171875)],
                [-0.375 / math.sqrt(0.171875)] * 2,
            ],
        ),
        # two attempts of one turn: mean 0.5, deviation 0.5, so +1 and -1
        ([[1], [0]], Credit(baseline="group_mean", scale="std"), [[1.0], [-1.0]]),
        ([[1], [0]], Credit(), [[1.0], [-1.0]]),
        # a lone attempt has nobody to be compared with: baseline 0
        ([[0, 1]], Credit(), [[0.4, 1.0]]),
        ([[0, 1], []], Credit(), [[0.4, 1.0], []]),
        ([], Credit(), []),
    ],
)
def test_advantages_worked_by_hand(group, credit, expected):
    found = advantages(group, credit)
    assert len(found) == len(expected)
    for got, want in zip(found, expected, strict=True):
        assert got == pytest.approx(want)


@given(
    reward,
    st.lists(st.integers(1, 4), min_size=2, max_size=5),
    st.sampled_from(["leave_one_out", "group_mean"]),
    st.sampled_from(["none", "std"]),
)
def test_a_group_of_equal_returns_teaches_nothing(value, lengths, baseline, scale):
    group = [[value] * length for length in lengths]
    found = compare(group, Credit(baseline=baseline, scale=scale))
    assert all(advantage == 0.0 for attempt in found for advantage in attempt)


@given(many, st.floats(-10, 10), st.sampled_from(["leave_one_out", "group_mean"]))
def test_adding_a_constant_to_all_returns_changes_nothing(group, constant, baseline):
    credit = Credit(baseline=baseline)
    moved = compare([[value + constant for value in attempt] for attempt in group], credit)
    for got, want in zip(moved, compare(group, credit), strict=True):
        assert got == pytest.approx(want, abs=1e-9)


@given(groups, st.randoms(use_true_random=False), st.sampled_from([Credit(), Credit(scale="std")]))
def test_the_order_of_the_attempts_does_not_matter(group, random, credit):
    order = list(range(len(group)))
    random.shuffle(order)
    shuffled = advantages([group[index] for index in order], credit)
    plain = advantages(group, credit)
    for position, index in enumerate(order):
        assert shuffled[position] == pytest.approx(plain[index], abs=1e-9)


@given(many, st.lists(reward, min_size=1, max_size=5))
def test_the_left_out_baseline_does_not_depend_on_the_own_attempt(group, replacement):
    def baseline(attempt):
        credited = advantages([attempt, *group[1:]], Credit())[0]
        return returns(attempt, 0.4)[0] - credited[0]

    assert baseline(group[0]) == pytest.approx(baseline(replacement), abs=1e-12)


@pytest.mark.parametrize(
    ("baseline", "factor"), [("leave_one_out", 1.0), ("none", 1.0), ("group_mean", 2 / 3)]
)
def test_leave_one_out_gives_the_true_gradient_and_the_group_mean_a_shrunk_one(baseline, factor):
    """Every group of three attempts at a one-turn task, weighed by its chance.

    The policy is right with chance p = sigmoid(theta), so the true gradient is p * (1 - p).
    """
    chance = 0.3
    expected = 0.0
    for group in itertools.product([0, 1], repeat=3):
        weight = math.prod(chance if right else 1 - chance for right in group)
        credited = advantages([[right] for right in group], Credit(baseline=baseline))
        gradient = sum(
            advantage[0] * (right - chance)
            for advantage, right in zip(credited, group, strict=True)
        )
        expected += weight * gradient / 3
    assert expected == pytest.approx(factor * chance * (1 - chance))


def test_leave_one_out_stays_unbiased_over_turns_and_unequal_lengths():
    """Two attempts that stop when right, at most two turns; every pair weighed by its chance.

    A baseline may change the variance only, so the expectation is that without one.
    """
    chance = 0.3
    plays = [([1], chance), ([0, 1], (1 - chance) * chance), ([0, 0], (1 - chance) ** 2)]
    expected = dict.fromkeys(["leave_one_out", "none", "group_mean"], 0.0)
    for (first, weight_first), (second, weight_second) in itertools.product(plays, repeat=2):
        for baseline in expected:
            credited = advantages([first, second], Credit(baseline=baseline))
            gradient = sum(
                advantage * (right - chance)
                for attempt, advantages_of in zip([first, second], credited, strict=True)
                for right, advantage in zip(attempt, advantages_of, strict=True)
            )
            expected[baseline] += weight_first * weight_second * gradient / 2
    assert expected["leave_one_out"] == pytest.approx(expected["none"])
    assert expected["group_mean"] != pytest.approx(expected["none"], rel=0.05)


@pytest.mark.parametrize(
    "wrong",
    [
        {"gamma": -0.1},
        {"gamma": 1.1},
        {"gamma": math.nan},
        {"aggregate": "mean"},
        {"baseline": "loo"},
        {"scale": "variance"},
    ],
)
def test_settings_that_make_no_sense_are_refused_with_a_cure(wrong):
    with pytest.raises(SettingsError) as caught:
        Credit(**wrong)
    assert next(iter(wrong)) in caught.value.message
    assert caught.value.cure


def test_a_reward_that_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        advantages([[0.0, math.nan], [1.0]], Credit())
