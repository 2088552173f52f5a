"""What the exam on foreign bugs adds up to, by project and pooled, and how it is printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from journeyman.exam.results import policy_result, runs_of
from journeyman.exam.sitting import Answer, Sitting
from journeyman.exam.statistics import paired_difference
from journeyman.records import Record
from journeyman.records.score import Estimate, PolicyResult, Role, Score

CAP = 20
RESAMPLES = 4000

Pairs = list[tuple[Answer, Answer]]
MEASURES: dict[str, Callable[[Answer], float]] = {
    "first try": lambda answer: float(answer.runs == 1),
    f"within {CAP}": lambda answer: float(answer.runs is not None),
    "mean runs": lambda answer: runs_of(answer, CAP),
}


class Difference(Record):
    """The apprentice less a baseline, on the same bugs; `p` by flipping signs of functions."""

    baseline: Role
    measure: str
    subset: str
    value: float
    low: float | None
    high: float | None
    p: float | None
    bugs: int
    functions: int


class Result(Record):
    """One project's exam, or all of them pooled."""

    name: str
    bugs: int
    quiet: int
    functions: int
    outside_grammar: int
    not_offered: int
    """In the grammar, but not among the moves that the policies chose from."""
    outcomes: dict[str, int]
    kinds: dict[str, int]
    outside_by_kind: dict[str, int]
    not_green: dict[str, int]
    """By role: fixes that pleased the chosen tests and failed the whole suite; not counted."""
    policies: tuple[PolicyResult, ...]
    differences: tuple[Difference, ...]


class Examined(Record):
    """What one project contributes to the pool: its result, and uniform, Ochiai, apprentice."""

    result: Result
    sittings: list[Sitting]


def pool(examined: Sequence[Examined]) -> Result:
    """Return all projects' bugs taken together; functions stay the unit of resampling."""
    results = [one.result for one in examined]
    sittings = [
        group[0].model_copy(update={"answers": tuple(a for one in group for a in one.answers)})
        for group in zip(*(one.sittings for one in examined), strict=True)
    ]

    def total(name: str) -> dict[str, int]:
        return dict(sum((Counter(getattr(one, name)) for one in results), Counter[str]()))

    return Result(
        name=f"all {len(results)} projects",
        bugs=sum(one.bugs for one in results),
        quiet=sum(one.quiet for one in results),
        functions=sum(one.functions for one in results),
        outside_grammar=sum(one.outside_grammar for one in results),
        not_offered=sum(one.not_offered for one in results),
        outcomes=total("outcomes"),
        kinds=total("kinds"),
        outside_by_kind=total("outside_by_kind"),
        not_green=total("not_green"),
        policies=tuple(policy_result(sitting, RESAMPLES) for sitting in sittings),
        differences=differences(sittings),
    )


def differences(sittings: Sequence[Sitting]) -> tuple[Difference, ...]:
    """Compare the apprentice (the last sitting) with each baseline, bug by bug."""
    *baselines, apprentice = sittings
    found: list[Difference] = []
    for baseline in baselines:
        pairs = list(zip(baseline.answers, apprentice.answers, strict=True))
        quiet = [pair for pair in pairs if pair[0].quiet]
        for subset, some in (("all", pairs), ("quiet", quiet)):
            if some:
                found += [_difference(baseline.role, name, subset, some) for name in MEASURES]
    return tuple(found)


def table(result: Result) -> str:
    """Return a result as text."""
    share = result.outside_grammar / result.bugs
    lines = [
        f"\n{result.name}",
        f"  {result.bugs} bugs in {result.functions} functions, {result.quiet} quiet",
        f"  tried: {_counts(result.outcomes)}",
        f"  operators: {_counts(result.kinds)}",
        f"  repair outside the grammar, counted as failure: {result.outside_grammar} ({share:.1%})"
        f": {_counts(result.outside_by_kind)}",
        f"  repair in the grammar but not among the moves offered: {result.not_offered}",
        f"  edits that pleased the chosen tests only, not counted: {_counts(result.not_green)}",
        f"  {'':<22}{'first try':>23}{f'within {CAP}':>23}{'mean runs':>23}",
    ]
    for policy in result.policies:
        role = "apprentice" if policy.role == "before" else policy.role
        lines.append(_row(role, policy.score))
        if policy.quiet is not None:
            lines.append(_row(f"{role}, {policy.quiet.tasks} quiet", policy.quiet))
    lines.append("  apprentice less a baseline, same bugs (points of a rate; test runs):")
    return "\n".join([*lines, *(_compared(one) for one in result.differences)])


def _difference(role: Role, name: str, subset: str, pairs: Pairs) -> Difference:
    measure = MEASURES[name]
    found = paired_difference(
        [measure(before) for before, _ in pairs],
        [measure(after) for _, after in pairs],
        [before.cluster for before, _ in pairs],
        samples=RESAMPLES,
    )
    return Difference(
        baseline=role,
        measure=name,
        subset=subset,
        value=found.difference or 0.0,
        low=None if found.interval is None else found.interval.low,
        high=None if found.interval is None else found.interval.high,
        p=found.p_value,
        bugs=found.pairs,
        functions=found.clusters,
    )


def _compared(one: Difference) -> str:
    scale = 1.0 if one.measure == "mean runs" else 100.0
    sure = ""
    if one.low is not None and one.high is not None:
        sure = f" [{scale * one.low:+.1f}, {scale * one.high:+.1f}]"
    p = "" if one.p is None else f", p = {one.p:.4f}"
    name = f"{one.baseline:<8} {one.measure:<10} {one.subset:<6}"
    return f"    {name} {scale * one.value:+.1f}{sure}{p}"


def _row(name: str, score: Score) -> str:
    rates = (_estimate(one, 100, " %") for one in (score.first_try_rate, score.solved_rate))
    cells = (*rates, _estimate(score.test_runs, 1, ""))
    return f"  {name:<22}" + "".join(f"{cell:>23}" for cell in cells)


def _estimate(one: Estimate, scale: float, unit: str) -> str:
    return f"{scale * one.value:.1f}{unit} [{scale * one.low:.1f}, {scale * one.high:.1f}]"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()) if count) or "none"
