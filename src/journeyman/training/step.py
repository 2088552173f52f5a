"""One step along the natural gradient, no longer than a trust region allows.

A plain gradient (or Adam, whose first steps move every weight alike) spends most of its length on
features that hardly matter to the choices made. The natural gradient (Amari, 1998; Kakade, NeurIPS
2001) measures length by how far the choices move, and a bound on that distance keeps one round's
small sample from deciding too much (TRPO: Schulman et al., ICML 2015). For a log-linear policy
the Fisher matrix is exact and small enough to solve with.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from journeyman.records import Record

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

MOMENTUM = 0.5
"""How much of the direction is that of the rounds before: one round's sample is small."""

DAMPING = 0.3
"""Added to the Fisher matrix, as a share of its mean diagonal: what little data says is doubted."""


class Momentum(Record):
    """The mean slope of the rounds so far, kept so that rounds resume; `weight` as in a mean."""

    slope: tuple[float, ...] = ()
    weight: float = 0.0

    def with_slope(self, slope: Vector) -> Momentum:
        """Return the momentum after one more round."""
        before = np.asarray(self.slope) * self.weight if self.slope else np.zeros(len(slope))
        weight = MOMENTUM * self.weight + 1.0
        return Momentum(slope=tuple((MOMENTUM * before + slope) / weight), weight=weight)


def natural_step(slope: Vector, fisher: Matrix, reach: float) -> Vector:
    """Return the change of the weights, shape [features].

    Args:
        slope: Gradient of the mean return, shape [features].
        fisher: Mean covariance of the features under the policy, shape [features, features].
        reach: How far the choices may move: the KL divergence, in nats per decision, to second
            order.
    """
    size = float(np.trace(fisher)) / len(fisher)
    if size <= 0.0 or not slope.any():
        return np.zeros(len(slope))
    direction = np.linalg.solve(fisher + DAMPING * size * np.eye(len(fisher)), slope)
    distance = float(direction @ fisher @ direction) / 2
    length = np.sqrt(reach / distance) if distance > reach else 1.0
    return np.asarray(direction * length, np.float64)
