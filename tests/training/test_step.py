"""The natural step: worked by hand where that can be done, and its bound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.agent.policy.apprentice.scorer import fisher_information, kl_divergence
from journeyman.training.step import DAMPING, MOMENTUM, Momentum, natural_step


def test_a_short_step_is_the_damped_natural_gradient() -> None:
    fisher = np.diag([4.0, 1.0])
    ridge = DAMPING * 2.5
    step = natural_step(np.array([0.1, 0.1]), fisher, reach=10.0)
    assert step == pytest.approx([0.1 / (4 + ridge), 0.1 / (1 + ridge)])


def test_a_long_step_ends_at_the_bound() -> None:
    fisher = np.diag([4.0, 1.0])
    step = natural_step(np.array([30.0, -10.0]), fisher, reach=0.02)
    assert step @ fisher @ step / 2 == pytest.approx(0.02)
    assert step[0] > 0 > step[1]


def test_nothing_learnt_or_nothing_to_choose_means_no_step() -> None:
    assert not natural_step(np.zeros(2), np.eye(2), 0.1).any()
    assert not natural_step(np.ones(2), np.zeros((2, 2)), 0.1).any()


@given(seed=st.integers(0, 1000), reach=st.floats(1e-6, 1.0))
def test_the_step_never_leaves_the_trust_region(seed: int, reach: float) -> None:
    draw = np.random.default_rng(seed)
    features, theta = draw.normal(size=(9, 4)), draw.normal(size=4)
    fisher = fisher_information(features, theta)
    step = natural_step(draw.normal(size=4), fisher, reach)
    assert step @ fisher @ step / 2 <= reach * (1 + 1e-9)


def test_within_a_small_trust_region_the_choices_move_as_far_as_it_says() -> None:
    draw = np.random.default_rng(5)
    features, theta = draw.normal(size=(9, 4)), draw.normal(size=4)
    fisher = fisher_information(features, theta)
    step = natural_step(draw.normal(size=4), fisher, 1e-6)
    assert kl_divergence(features, theta + step, theta)[0] == pytest.approx(1e-6, rel=0.05)


def test_the_momentum_is_a_mean_that_fades() -> None:
    once = Momentum().with_slope(np.array([1.0, 0.0]))
    assert once.slope == (1.0, 0.0)
    twice = once.with_slope(np.array([0.0, 1.0]))
    assert twice.slope == pytest.approx((MOMENTUM / (1 + MOMENTUM), 1 / (1 + MOMENTUM)))
