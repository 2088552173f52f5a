"""The log-linear scorer: exact gradients, safe softmax, fitting that finds the answer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeyman.agent.policy.apprentice.scorer import (
    Example,
    fisher_information,
    fit,
    kl_divergence,
    log_gradient,
    log_probabilities,
    scale_of,
)

SEEDS = st.integers(0, 2**32 - 1)


def drawn(
    seed: int, moves: int = 7, features: int = 4
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return (
        random.normal(size=(moves, features)),
        random.normal(size=features),
        random.normal(size=features),
    )


def numeric(function, theta: np.ndarray, step: float = 1e-6) -> np.ndarray:
    steps = np.eye(len(theta)) * step
    return np.array([(function(theta + one) - function(theta - one)) / (2 * step) for one in steps])


@given(SEEDS)
def test_the_gradient_of_a_choice_is_that_of_finite_differences(seed: int) -> None:
    features, theta, _ = drawn(seed)
    expected = numeric(lambda at: log_probabilities(features @ at)[3], theta)
    assert np.allclose(log_gradient(features, theta, 3), expected, atol=1e-6)


@given(SEEDS)
def test_the_divergence_is_zero_at_the_start_and_its_gradient_exact(seed: int) -> None:
    features, theta, reference = drawn(seed)
    value, slope = kl_divergence(features, theta, reference)
    assert value >= 0
    expected = numeric(lambda at: kl_divergence(features, at, reference)[0], theta)
    assert np.allclose(slope, expected, atol=1e-5)
    zero, flat = kl_divergence(features, theta, theta)
    assert zero == pytest.approx(0, abs=1e-12)
    assert np.allclose(flat, 0)


def test_the_softmax_bears_large_scores_and_keeps_ruled_out_moves_out() -> None:
    logs = log_probabilities(np.array([1e6, 1e6, 0.0, -np.inf]))
    assert np.allclose(np.exp(logs), [0.5, 0.5, 0, 0])
    assert logs[3] == -np.inf


def test_probabilities_after_removal_are_those_before_renormalised() -> None:
    features, theta, _ = drawn(5)
    before = np.exp(log_probabilities(features @ theta))
    left = [0, 2, 3, 6]
    after = np.exp(log_probabilities(features[left] @ theta))
    assert np.allclose(after, before[left] / before[left].sum())


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_fitting_ends_where_the_likelihood_is_flat(seed: int) -> None:
    random = np.random.default_rng(seed)
    truth = np.array([2.0, -1.0, 0.0])
    examples = []
    for _ in range(60):
        features = random.normal(size=(8, 3))
        chances = np.exp(log_probabilities(features @ truth))
        examples.append(Example(features, (int(random.choice(8, p=chances)),)))
    theta = fit(examples, l2=0.01)
    slope = sum(log_gradient(one.features, theta, one.right[0]) for one in examples) / 60
    assert np.allclose(slope, 2 * 0.01 * theta, atol=2e-3)
    assert theta[0] > 0 > theta[1]


def test_fitting_uses_all_right_moves_and_weights() -> None:
    features = np.eye(3)
    theta = fit([Example(features, (0, 1))], l2=1e-4)
    assert theta[0] == pytest.approx(theta[1], abs=1e-6)
    assert theta[0] > theta[2]
    heavy = fit([Example(features, (0,), 3.0), Example(features, (1,), 1.0)], l2=1e-3)
    assert heavy[0] > heavy[1]


def test_fitting_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        fit([], l2=1.0)


def test_a_feature_that_never_differs_keeps_its_scale() -> None:
    features = np.array([[1.0, 3.0, 0.0], [1.0, -3.0, 0.0]])
    assert np.allclose(scale_of([Example(features, (0,))]), [1.0, 3.0, 1.0])


def test_the_fisher_information_is_how_the_slope_of_the_divergence_bends() -> None:
    draw = np.random.default_rng(3)
    features, theta = draw.normal(size=(6, 3)), draw.normal(size=3)
    fisher = fisher_information(features, theta)
    for axis in range(3):
        nudge = np.zeros(3)
        nudge[axis] = 1e-5
        _, slope = kl_divergence(features, theta + nudge, theta)
        assert slope / 1e-5 == pytest.approx(fisher[axis], abs=1e-3)
