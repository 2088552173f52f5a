"""What sittings add up to: rates, curves and comparisons, with intervals that respect clusters."""

from __future__ import annotations

from collections.abc import Sequence

from journeyman.exam.sitting import Answer, Sitting
from journeyman.exam.statistics import (
    clustered_bootstrap,
    fixed_within,
    paired_difference,
    rule_of_three,
)
from journeyman.records.score import (
    Comparison,
    Estimate,
    Funnel,
    HistoryScore,
    PolicyResult,
    Role,
    Score,
    effect_of,
)

NAMES: dict[Role, str] = {"before": "before practice", "after": "after practice"}
"""What the two sittings of the apprentice are called; others go by their policy's name."""

TEST = "paired sign-flip permutation, functions as units"


def runs_of(answer: Answer, cap: int) -> float:
    """Return the test runs an answer counts as: the cap when it was never fixed."""
    return float(cap if answer.runs is None else answer.runs)


def policy_result(sitting: Sitting, resamples: int) -> PolicyResult:
    """Return how one policy did on the exam's synthetic tasks."""
    answers = [answer for answer in sitting.answers if answer.source == "breakage"]
    quiet = [answer for answer in answers if answer.quiet]
    return PolicyResult(
        policy=NAMES.get(sitting.role, sitting.policy),
        role=sitting.role,
        about=sitting.about,
        score=score(answers, sitting.cap, resamples),
        quiet=score(quiet, sitting.cap, resamples) if quiet else None,
        fixed_within=fixed_within([answer.runs for answer in answers], sitting.cap),
        funnel=Funnel(
            tasks=len(answers),
            file_seen=sum(answer.file_seen for answer in answers),
            line_seen=sum(answer.line_seen and answer.file_seen for answer in answers),
            fixed=sum(answer.runs is not None for answer in answers),
        ),
    )


def score(answers: Sequence[Answer], cap: int, resamples: int) -> Score:
    """Return first-try rate, solved rate and mean test runs of at least one answer."""
    clusters = [answer.cluster for answer in answers]

    def estimate(values: Sequence[float], top: float) -> Estimate:
        middle = sum(values) / len(values)
        interval = clustered_bootstrap(values, clusters, samples=resamples)
        if interval is not None:
            return Estimate(value=middle, low=interval.low, high=interval.high)
        # All values agree: the exact bound for as many independent questions as there are clusters.
        bound = rule_of_three(len(set(clusters))) * top
        return Estimate(value=middle, low=max(0.0, middle - bound), high=min(top, middle + bound))

    return Score(
        tasks=len(answers),
        first_try_rate=estimate([float(answer.runs == 1) for answer in answers], 1.0),
        solved_rate=estimate([float(answer.runs is not None) for answer in answers], 1.0),
        test_runs=estimate([runs_of(answer, cap) for answer in answers], float(cap)),
    )


def compare(
    before: Sitting, after: Sitting, resamples: int, *, quiet_only: bool = False
) -> Comparison | None:
    """Compare two sittings of the same tasks by test runs to a fix; `None` without tasks."""
    theirs = {answer.task: answer for answer in after.answers}
    pairs = [
        (answer, theirs[answer.task])
        for answer in before.answers
        if answer.source == "breakage"
        and answer.task in theirs
        and (answer.quiet or not quiet_only)
    ]
    if not pairs:
        return None
    found = paired_difference(
        [runs_of(first, before.cap) for first, _ in pairs],
        [runs_of(second, after.cap) for _, second in pairs],
        [first.cluster for first, _ in pairs],
        samples=resamples,
    )
    middle = found.difference or 0.0
    if found.interval is not None:
        low, high = min(middle, found.interval.low), max(middle, found.interval.high)
    else:
        # All differences agree: the exact bound for as many independent questions.
        bound = rule_of_three(found.clusters) * max(before.cap, after.cap)
        low, high = middle - bound, middle + bound
    difference = Estimate(value=middle, low=low, high=high)
    p_value = 1.0 if found.p_value is None else found.p_value
    return Comparison(
        baseline=before.role,
        candidate=after.role,
        subset="quiet" if quiet_only else "all",
        difference=difference,
        p_value=p_value,
        test=TEST,
        tasks=found.pairs,
        clusters=found.clusters,
        resamples=resamples,
        effect=effect_of(difference, p_value, (before.role, after.role) == ("before", "after")),
    )


def history_score(sitting: Sitting, resamples: int) -> HistoryScore | None:
    """Return how one policy did on real fixes, if there were any."""
    answers = [answer for answer in sitting.answers if answer.source == "history"]
    if not answers:
        return None
    return HistoryScore(
        policy=NAMES.get(sitting.role, sitting.policy),
        role=sitting.role,
        questions=len(answers),
        solved=sum(answer.runs is not None for answer in answers),
        solved_rate=score(answers, sitting.cap, resamples).solved_rate,
    )
