"""How sure a measurement is, given that bugs of one function are alike.

Twenty bugs in one function are not twenty independent questions: who can fix one can fix most. So
whatever is resampled here is the *cluster* (the function a bug was planted in), never the single
task: intervals by the clustered bootstrap (Cameron, Gelbach and Miller 2008), the paired test by
flipping the sign of whole clusters (the randomisation test of Fisher, with clusters as units).

Where the data cannot say (nothing, one cluster, no variation at all), the answer is `None` and not
an interval of no width, which would claim certainty. For zero successes use `rule_of_three`.
Everything is deterministic: same values, same seed, same digits.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from journeyman.records import Record

Floats = NDArray[np.float64]

EXACT_CLUSTERS = 15
"""Up to so many clusters all sign flips are tried (2**15, half of them by symmetry)."""

FLIPS = 9999
"""Random sign flips beyond that; with the observed one 10 000, so p is at least 0.0001."""


class Interval(Record):
    """From `low` to `high`, covering the truth in a share `level` of repetitions."""

    low: float
    high: float
    level: float


class PairedDifference(Record):
    """What changed from before to after, on the same tasks.

    `difference` is the mean of after minus before (`None` of no pairs), `p_value` two-sided:
    the chance of a mean at least as far from 0 if before and after could be swapped freely
    within every cluster. With n clusters that differ it cannot fall below ``2 ** (1 - n)``.
    """

    difference: float | None
    interval: Interval | None
    p_value: float | None
    pairs: int
    clusters: int


def mean(values: Floats) -> float:
    """Return the arithmetic mean."""
    return float(values.mean())


def clustered_bootstrap(
    values: Sequence[float],
    clusters: Sequence[Hashable],
    statistic: Callable[[Floats], float] = mean,
    level: float = 0.95,
    samples: int = 4000,
    seed: int = 0,
) -> Interval | None:
    """Return the percentile bootstrap interval of `statistic`, whole clusters being resampled.

    `clusters` names the cluster of each value. `None` where there are fewer than two clusters or
    every resample gives the same number. With few clusters (under ten or so) the interval is too
    narrow; the number of clusters belongs beside it. Raises `ValueError` for unequal lengths or a
    `level` outside (0, 1).
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"a level lies between 0 and 1, not at {level}")
    parts = _by_cluster(values, clusters)
    if len(parts) < 2:
        return None
    draws = np.random.default_rng(seed).integers(0, len(parts), (samples, len(parts)))
    if statistic is mean:  # the same numbers as below without a loop
        sums = np.array([part.sum() for part in parts])
        sizes = np.array([len(part) for part in parts])
        found = sums[draws].sum(axis=1) / sizes[draws].sum(axis=1)
    else:
        found = np.array([statistic(np.concatenate([parts[k] for k in draw])) for draw in draws])
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    if np.isclose(found.min(), found.max(), rtol=1e-12, atol=1e-12):
        return None
    return Interval(low=float(low), high=float(high), level=level)


def paired_difference(
    before: Sequence[float],
    after: Sequence[float],
    clusters: Sequence[Hashable],
    level: float = 0.95,
    samples: int = 4000,
    seed: int = 0,
) -> PairedDifference:
    """Compare two measurements of the same tasks, listed in the same order.

    Raises `ValueError` for unequal lengths.
    """
    if len(before) != len(after):
        raise ValueError(f"{len(before)} values before and {len(after)} after are not pairs")
    changes = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    parts = _by_cluster(changes.tolist(), clusters)
    return PairedDifference(
        difference=mean(changes) if changes.size else None,
        interval=clustered_bootstrap(changes.tolist(), clusters, mean, level, samples, seed),
        p_value=_sign_flip(np.array([part.sum() for part in parts]), seed) if parts else None,
        pairs=len(changes),
        clusters=len(parts),
    )


def rule_of_three(trials: int, level: float = 0.95) -> float:
    """Return the upper bound on a rate of which `trials` independent trials showed none.

    The exact one-sided bound of Clopper and Pearson, ``1 - (1 - level) ** (1 / trials)``; about
    ``3 / trials`` at 95 %, hence the name. Of no trials it is 1.
    """
    if trials < 0:
        raise ValueError(f"there cannot be {trials} trials")
    return float(-np.expm1(np.log1p(-level) / trials)) if trials else 1.0


def fixed_within(runs: Sequence[int | None], cap: int) -> tuple[float, ...]:
    """Return the share of tasks fixed within 1, 2, ... `cap` test runs (empty of no tasks).

    `runs` says for each task after how many test runs it was fixed, `None` for never.
    """
    if not runs:
        return ()
    fixed = [run for run in runs if run is not None]
    return tuple(sum(run <= budget for run in fixed) / len(runs) for budget in range(1, cap + 1))


def _by_cluster(values: Sequence[float], clusters: Sequence[Hashable]) -> list[Floats]:
    """Return the values of each cluster, in the order in which the clusters first appear."""
    if len(values) != len(clusters):
        raise ValueError(f"{len(values)} values with {len(clusters)} cluster names")
    parts: dict[Hashable, list[float]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        parts.setdefault(cluster, []).append(float(value))
    return [np.array(part, dtype=np.float64) for part in parts.values()]


def _sign_flip(sums: Floats, seed: int) -> float:
    """Return the two-sided p of the total of `sums` when every sign is equally likely.

    Exact by trying all signs where there are few; otherwise by Monte Carlo with the observed signs
    counted as one of the draws, so that p is never 0 (Phipson and Smyth 2010). Clusters that did
    not change say nothing either way and drop out.
    """
    moved = sums[sums != 0.0]
    if not moved.size:
        return 1.0
    observed = abs(moved.sum())
    tie = observed - 1e-9 * np.abs(moved).sum()  # rounding must not break ties
    if len(moved) <= EXACT_CLUSTERS:
        # flipping all signs gives the same distance from 0: hold the first one still
        codes = np.arange(2 ** (len(moved) - 1))
        signs = 1 - 2 * (codes[:, None] >> np.arange(len(moved)) & 1)
        return float(np.mean(np.abs(signs @ moved) >= tie))
    signs = 1 - 2 * np.random.default_rng(seed).integers(0, 2, (FLIPS, len(moved)), dtype=np.int8)
    return float((1 + np.sum(np.abs(signs @ moved) >= tie)) / (1 + FLIPS))
