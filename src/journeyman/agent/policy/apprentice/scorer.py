"""A log-linear choice among moves: probabilities, exact gradients, and fitting by likelihood.

With phi(m) the features of move m and theta the weights, pi(m) is proportional to
exp(theta . phi(m)). The gradient of log pi(chosen) is phi(chosen) - E_pi[phi], and the likelihood
of choices known to be right is concave in theta, so that fitting has one answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


def log_probabilities(logits: Vector) -> Vector:
    """Return the log-softmax of `logits`, shape [moves]; minus infinity stays so."""
    top = logits.max()
    shifted = logits - top
    return np.asarray(shifted - np.log(np.exp(shifted).sum()), np.float64)


def log_gradient(features: Matrix, theta: Vector, chosen: int) -> Vector:
    """Return the gradient of log pi(chosen) in theta, shape [features].

    `features` has shape [moves, features] and holds only the moves that could be chosen.
    """
    chances = np.exp(log_probabilities(features @ theta))
    return np.asarray(features[chosen] - chances @ features, np.float64)


def kl_divergence(features: Matrix, theta: Vector, reference: Vector) -> tuple[float, Vector]:
    """Return KL(pi_theta || pi_reference) over the moves, in nats, and its gradient in theta.

    The gradient is Cov_pi(phi, log pi_theta - log pi_reference).
    """
    logs = log_probabilities(features @ theta)
    ratio = logs - log_probabilities(features @ reference)
    chances = np.exp(logs)
    value = float(chances @ ratio)
    weights = chances * (ratio - value)
    return value, np.asarray(weights @ features, np.float64)


def fisher_information(features: Matrix, theta: Vector) -> Matrix:
    """Return Cov_pi(phi), shape [features, features]: how fast the choice moves with theta."""
    chances = np.exp(log_probabilities(features @ theta))
    likely = chances > 1e-6  # the rest adds nothing that could be told from rounding
    weighed = (features[likely] - chances @ features) * np.sqrt(chances[likely, None])
    weighed = weighed.astype(np.float32)  # sums of a few thousand terms, for a damped matrix
    return np.asarray(weighed.T @ weighed, np.float64)


@dataclass(frozen=True)
class Example:
    """One choice with known answers: `features` [moves, features] and the indices that are right.

    `weight` is what the example counts.
    """

    features: Matrix
    right: tuple[int, ...]
    weight: float = 1.0


def scale_of(examples: Sequence[Example]) -> Vector:
    """Return what to divide each feature by: its root mean square spread within a choice.

    Only differences within one choice matter to a softmax, so features are not centred, and one
    that never differs within a choice is left as it is.
    """
    total, count = np.zeros(examples[0].features.shape[1]), 0
    for one in examples:
        total += one.features.var(axis=0)
        count += 1
    spread = np.sqrt(total / count)
    return np.asarray(np.where(spread > 1e-6, np.maximum(spread, 0.02), 1.0), np.float64)


def fit(
    examples: Sequence[Example],
    l2: float,
    start: Vector | None = None,
    steps: int = 120,
) -> Vector:
    """Return the weights of highest mean likelihood, `l2` times their squared length taken off.

    `features` of the examples are those the weights will be used with (divide by `scale_of` first).
    Where several moves are right, each should be as likely as the others. Full-batch L-BFGS
    (Liu & Nocedal, 1989), deterministic; features are held in single precision, all in one matrix.

    Raises:
        ValueError: There are no examples.
    """
    if not examples:
        raise ValueError("fitting needs at least one example")
    loss = _Likelihood(examples, l2)
    theta = np.zeros(examples[0].features.shape[1]) if start is None else start.copy()
    return minimise(loss, theta, steps)


class _Likelihood:
    """Minus the mean log-likelihood of the examples with its penalty, and the gradient."""

    def __init__(self, examples: Sequence[Example], l2: float) -> None:
        self._l2 = l2
        sizes = np.array([len(one.features) for one in examples])
        self._starts = np.cumsum(sizes) - sizes
        self._owner = np.repeat(np.arange(len(examples)), sizes)
        self._features = np.empty((int(sizes.sum()), examples[0].features.shape[1]), np.float32)
        weights = np.array([one.weight for one in examples])
        self._weights = weights / weights.sum()
        self._target = np.zeros(len(self._features))
        for first, weight, one in zip(self._starts, self._weights, examples, strict=True):
            self._features[first : first + len(one.features)] = one.features
            self._target[first + np.array(one.right)] = weight / len(one.right)

    def __call__(self, theta: Vector) -> tuple[float, Vector]:
        logits = (self._features @ theta.astype(np.float32)).astype(np.float64)
        logits -= np.maximum.reduceat(logits, self._starts)[self._owner]
        chances = np.exp(logits)
        sums = np.add.reduceat(chances, self._starts)
        logs = logits - np.log(sums)[self._owner]
        chances *= (self._weights / sums)[self._owner]
        value = self._l2 * float(theta @ theta) - float(self._target @ logs)
        slope = ((chances - self._target).astype(np.float32) @ self._features).astype(np.float64)
        return value, slope + 2 * self._l2 * theta


def minimise(
    loss: Callable[[Vector], tuple[float, Vector]], theta: Vector, steps: int, memory: int = 12
) -> Vector:
    """Return where `loss` (value and gradient) is least, by L-BFGS with backtracking."""
    value, slope = loss(theta)
    pairs: list[tuple[Vector, Vector]] = []
    for _ in range(steps):
        direction = -_inverse_hessian(pairs, slope)
        descent = float(direction @ slope)
        length = 1.0 if pairs else 1.0 / max(1.0, float(np.linalg.norm(slope)))
        while True:
            moved = theta + length * direction
            new_value, new_slope = loss(moved)
            if new_value <= value + 1e-4 * length * descent:
                break
            length /= 2
            if length < 1e-10:
                return theta
        if float((moved - theta) @ (new_slope - slope)) > 1e-12:
            pairs = [*pairs[1 - memory :], (moved - theta, new_slope - slope)]
        done = value - new_value < 1e-6 * max(1.0, abs(value))
        theta, value, slope = moved, new_value, new_slope
        if done:
            break
    return theta


def _inverse_hessian(pairs: Sequence[tuple[Vector, Vector]], slope: Vector) -> Vector:
    """Return the approximate inverse Hessian times `slope` (the two-loop recursion)."""
    found = slope.copy()
    factors = []
    for step, change in reversed(pairs):
        factor = float(step @ found) / float(step @ change)
        factors.append(factor)
        found -= factor * change
    if pairs:
        step, change = pairs[-1]
        found *= float(step @ change) / float(change @ change)
    for (step, change), factor in zip(pairs, reversed(factors), strict=True):
        found += (factor - float(change @ found) / float(step @ change)) * step
    return found
