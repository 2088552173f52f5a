"""What an exam says: scores with their intervals, and what a comparison entitles one to claim.

Rates are shares in [0, 1]; intervals cover 95 %.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from journeyman.records.base import Record

Effect = Literal[
    "practice helped", "no measurable difference", "practice hurt", "fewer runs", "more runs"
]
Role = Literal["uniform", "ochiai", "before", "after", "chat", "other"]


class Finite(Record):
    """A record whose numbers are all finite: NaN has no JSON, and no meaning on a page."""

    model_config = ConfigDict(allow_inf_nan=False)


class Estimate(Finite):
    """A measured value with its 95 % interval, in the unit of the field that holds it."""

    value: float
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"interval from {self.low} to {self.high} is upside down")
        return self


class Score(Finite):
    """One policy's exam over one set of tasks."""

    tasks: int
    first_try_rate: Estimate
    solved_rate: Estimate
    """Share solved within the cap."""
    test_runs: Estimate
    """Mean test runs to a fix; an unsolved task counts as the cap."""


class Funnel(Finite):
    """How far the attempts got, in tasks; each step is part of the one before."""

    tasks: int
    file_seen: int
    line_seen: int
    fixed: int


class PolicyResult(Finite):
    """How one policy did in the exam."""

    policy: str
    role: Role
    about: str
    """What it does, in one line for a newcomer."""
    score: Score
    quiet: Score | None = None
    """The same over tasks of quiet families only."""
    fixed_within: tuple[float, ...] = ()
    """Share of tasks fixed within 1, 2, … cap test runs; never falls."""
    funnel: Funnel | None = None


class Comparison(Finite):
    """Two policies on the same tasks; `effect` may not claim more than the interval holds."""

    baseline: str
    candidate: str
    subset: Literal["all", "quiet"] = "all"
    difference: Estimate
    """Mean test runs of `candidate` less those of `baseline`: below zero is better."""
    p_value: float = Field(ge=0, le=1)
    test: str
    """Name of the paired test, such as ``paired sign-flip permutation``."""
    tasks: int
    clusters: int
    """Functions: the unit that is resampled, because bugs of one function are alike."""
    resamples: int
    effect: Effect

    @property
    def practised(self) -> bool:
        """Whether practice is what lies between the two."""
        return (self.baseline, self.candidate) == ("before", "after")

    @model_validator(mode="after")
    def _honest(self) -> Self:
        supported = effect_of(self.difference, self.p_value, self.practised)
        if self.effect not in (supported, "no measurable difference"):
            raise ValueError(f"the data say {supported!r}, not {self.effect!r}")
        return self


class HistoryScore(Finite):
    """Real fixes from the repository's past solved by one policy."""

    policy: str
    role: Role
    questions: int
    solved: int
    solved_rate: Estimate


class Exam(Finite):
    """Everything measured on tasks nobody practised on."""

    cap: int = Field(ge=1)
    """Most test runs an attempt may spend."""
    policies: tuple[PolicyResult, ...] = ()
    comparison: Comparison | None = None
    """The apprentice before practice against the apprentice after it."""
    other_comparisons: tuple[Comparison, ...] = ()
    history: tuple[HistoryScore, ...] = ()


def effect_of(difference: Estimate, p_value: float, practised: bool = True) -> Effect:
    """Return what a difference in mean test runs (candidate less baseline) entitles one to say.

    Interval and paired test must both speak: the interval is on one side of zero and
    ``p_value < 0.05``. Anything else is no measurable difference. Of practice one may speak only
    where `practised`: the same policy before and after it.
    """
    if p_value < 0.05 and difference.high < 0:
        return "practice helped" if practised else "fewer runs"
    if p_value < 0.05 and difference.low > 0:
        return "practice hurt" if practised else "more runs"
    return "no measurable difference"
