"""Per-turn discounted credit: a pure function from rewards to advantages.

Fixing code is done in turns, and a turn that did not fix anything may have led to the one that did.
So a turn's *return* is its own reward plus the discounted reward of what came after it, every turn
is one training sample, and a turn's *advantage* is its return minus a baseline taken from the
group (the attempts at the same task), over all the turns of all its attempts.

Source: Kevin-32B (arXiv 2507.11948), where gamma 0.4 and the sum did better than the maximum. Its
baseline, the mean of the whole group, contains the very turn it judges, which biases the gradient;
Dr. Kernel (arXiv 2602.05885) says so and leaves the turn out. We leave out the whole attempt.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from journeyman.errors import SettingsError

Aggregate = Literal["sum", "max"]
Baseline = Literal["leave_one_out", "group_mean", "none"]
Scale = Literal["none", "std"]


@dataclass(frozen=True)
class Credit:
    """How rewards become advantages; the default is the unbiased one.

    `baseline`:

    * ``leave_one_out``: a turn is compared with the mean return of the turns of the *other
      attempts*, all of them in one pool however long the attempts are. Other attempts, not merely
      other turns: turns of one attempt share what came of it and follow from each other's actions,
      so a baseline with a later turn in it depends on the action it judges, which is the bias that
      was to be avoided. The others are independent of it, so the baseline shifts nothing but the
      variance. Where there are no other turns (a group of one attempt) the baseline is 0: still
      unbiased, where an advantage of 0 would drop the sample for no reason but its loneliness.
    * ``group_mean``: the mean over all turns of the group, the turn itself included (Kevin, GRPO).
    * ``none``: 0.

    `scale` ``std`` divides by the population standard deviation of all the returns of the group.
    That number contains the turn itself, so it biases whatever the baseline is; it is there to
    compare with what others do.
    """

    gamma: float = 0.4
    aggregate: Aggregate = "sum"
    baseline: Baseline = "leave_one_out"
    scale: Scale = "none"

    def __post_init__(self) -> None:
        if not 0.0 <= self.gamma <= 1.0:
            raise SettingsError(
                f"credit: gamma is {self.gamma}", "Give a number from 0 to 1, both included."
            )
        _one_of("aggregate", self.aggregate, get_args(Aggregate))
        _one_of("baseline", self.baseline, get_args(Baseline))
        _one_of("scale", self.scale, get_args(Scale))


def returns(rewards: Sequence[float], gamma: float, aggregate: Aggregate = "sum") -> list[float]:
    """Return what each turn of one attempt led to, from the `rewards` of its turns in order.

    ``sum``: ``R[t] = r[t] + gamma * R[t + 1]``; ``max``: ``R[t] = max(r[t], gamma * R[t + 1])``,
    the best single reward from here on, each discounted by its distance. Raises `ValueError` for a
    reward that is not finite: it would silently poison the whole group.
    """
    found: list[float] = []
    for reward in reversed(rewards):
        if not math.isfinite(reward):
            raise ValueError(f"a reward must be a finite number, not {reward}")
        if not found:
            found.append(float(reward))
        elif aggregate == "sum":
            found.append(reward + gamma * found[-1])
        else:
            found.append(max(float(reward), gamma * found[-1]))
    return found[::-1]


def advantages(group: Sequence[Sequence[float]], credit: Credit) -> list[list[float]]:
    """Return one advantage per turn, from the rewards per turn of the attempts at one task.

    Attempts may differ in length and may be empty; the shape of the answer is that of `group`.
    The loss must *add* ``advantage * log-probability`` over turns and divide by a constant (the
    number of attempts, say): dividing by the number of turns played prefers short attempts.
    """
    return compare([returns(rewards, credit.gamma, credit.aggregate) for rewards in group], credit)


def compare(group: Sequence[Sequence[float]], credit: Credit) -> list[list[float]]:
    """Return advantages from the *returns* per turn of the attempts of a group.

    A baseline makes a group whose returns are all equal worth exactly 0 (a lone attempt under
    ``leave_one_out`` has none); so does ``std``, since such a group says nothing.
    """
    pool = [value for attempt in group for value in attempt]
    spread = _deviation(pool) if credit.scale == "std" else 1.0
    compared: list[list[float]] = []
    for index, attempt in enumerate(group):
        if credit.baseline == "leave_one_out":
            others = group[:index], group[index + 1 :]
            baseline = _mean(value for side in others for other in side for value in other)
        else:
            baseline = _mean(pool) if credit.baseline == "group_mean" else 0.0
        compared.append([(value - baseline) / spread if spread else 0.0 for value in attempt])
    return compared


def _mean(values: Iterable[float]) -> float:
    """Return the mean (0 of nothing), held between its extremes.

    So that the mean of equal numbers is that number whatever rounding does, and their differences
    from it are zero and not 1e-17, which a division by their deviation would blow up.
    """
    held = list(values)
    if not held:
        return 0.0
    return min(max(math.fsum(held) / len(held), min(held)), max(held))


def _deviation(values: Sequence[float]) -> float:
    centre = _mean(values)
    return math.sqrt(_mean((value - centre) ** 2 for value in values))


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise SettingsError(f"credit: {name} is {value!r}", f"Use one of: {', '.join(allowed)}.")
