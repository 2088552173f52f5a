"""Which chart shows what: from the parts of a `Growth` to drawn pictures with their titles.

Wide charts are drawn twice, for a screen and for a phone; the style sheet shows one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from journeyman.exam import charts
from journeyman.records.growth import LedgerRow, Practice, WeightChange
from journeyman.records.score import Comparison, Exam, PolicyResult, Score

WIDTHS = (("wide", 1000), ("narrow", 360))
OUTCOMES = (
    ("valid", "valid"),
    ("survived", "survived"),
    ("flaky", "flaky"),
    ("duplicate", "duplicate"),
    ("too_slow", "did not end"),
    ("invalid", "invalid"),
    ("other", "other"),
)


def of_exam(exam: Exam | None) -> Mapping[str, Any]:
    """Return every picture of the exam, by the name the page knows it under."""
    policies = list(exam.policies) if exam else []
    comparisons = []
    if exam:
        comparisons = [*([exam.comparison] if exam.comparison else []), *exam.other_comparisons]
    return {
        "steps_chart": _steps_chart(policies, exam.cap) if exam and policies else {},
        "forests": _forests(policies) if policies else [],
        "comparisons": comparisons,
        "difference_chart": _difference_chart(comparisons) if comparisons else "",
        "funnels": [(one, _funnel(one)) for one in policies if one.funnel],
    }


def of_practice(practice: Practice | None) -> list[tuple[str, str, Markup]]:
    """Return (heading, unit, chart) of what was measured in each round."""
    if practice is None:
        return []
    drawn = []
    for field, heading, unit, tone, digits in (
        ("practice_return", "Mean return in practice", "discounted; more is better", "after", 2),
        ("validation_test_runs", "Validation tasks", "mean test runs to a fix", "after", 1),
        ("pull", "Distance from the start", practice.pull_measure, "before", 3),
    ):
        pairs = [(one.round, getattr(one, field)) for one in practice.rounds]
        points = [(at, value) for at, value in pairs if value is not None]
        if points:
            title = f"{heading} ({unit}) by round; round {practice.chosen_round} was chosen"
            chart = charts.line_chart(
                points, title=title, tone=tone, marked=practice.chosen_round, digits=digits
            )
            drawn.append((heading, unit, Markup(chart)))
    return drawn


def of_ledger(ledger: Sequence[LedgerRow]) -> dict[str, Markup]:
    """Return the ledger as stacked bars, a bar a family."""
    if not ledger:
        return {}
    stacks = [
        charts.Stack(
            row.family + (" ◦" if row.quiet else ""),
            [(label, name.replace("_", "-"), getattr(row, name)) for name, label in OUTCOMES],
            f"{row.valid / row.tried:.0%} valid" if row.tried else "none tried",
        )
        for row in ordered(ledger)
    ]
    title = "Outcomes of the breakages tried, a bar a family; the table below holds the numbers"
    return _both(lambda width: charts.stacked_bars(stacks, title=title, width=width))


def of_weights(weights: Sequence[WeightChange]) -> list[tuple[WeightChange, Markup]]:
    """Return each weight with a picture of its way through practice."""
    ends = [end for weight in weights for end in (weight.before, weight.after)]
    return [
        (
            weight,
            Markup(
                charts.shift(
                    weight.before,
                    weight.after,
                    min(ends),
                    max(ends),
                    title=f"{weight.feature}: {weight.before:.2f} to {weight.after:.2f}",
                )
            ),
        )
        for weight in weights
    ]


def ordered(ledger: Sequence[LedgerRow]) -> list[LedgerRow]:
    """Return the ledger's rows with the most fruitful family first."""
    return sorted(ledger, key=lambda row: (-row.valid, -row.tried, row.family))


def _both(draw: Callable[[int], str]) -> dict[str, Markup]:
    """Draw a chart for a wide screen and for a phone."""
    return {name: Markup(draw(width)) for name, width in WIDTHS}


def _steps_chart(policies: list[PolicyResult], cap: int) -> dict[str, Markup]:
    curves = [charts.Curve(one.policy, one.role, one.fixed_within) for one in policies]
    roles = [one.role for one in policies]
    told = {"before", "after"} <= set(roles)
    shade = (roles.index("after"), roles.index("before")) if told else None
    ends = [f"{one.policy} {one.fixed_within[-1]:.0%}" for one in policies if one.fixed_within]
    title = (
        f"Share of held-out tasks fixed within 1 to {cap} test runs; at {cap}: {', '.join(ends)}"
    )
    return _both(
        lambda width: charts.step_curves(curves, cap, title=title, width=width, shade=shade)
    )


def _forests(policies: list[PolicyResult]) -> list[tuple[str, str, Markup]]:
    """Return (heading, which way is better, chart) for each measure of the exam."""
    drawn = []
    for field, heading, better, share in (
        ("test_runs", "Mean test runs to a fix", "fewer is better", False),
        ("first_try_rate", "Right at the first try", "more is better", True),
        ("solved_rate", "Solved within the cap", "more is better", True),
    ):
        rows = []
        for one in policies:
            rows.append(_interval(one.policy, one, one.score, field, hollow=False))
            if one.quiet:
                rows.append(_interval("  … quiet bugs only", one, one.quiet, field, hollow=True))
        title = f"{heading}, a row a policy, with 95% intervals"
        drawn.append(
            (heading, better, Markup(charts.interval_plot(rows, title=title, share=share)))
        )
    return drawn


def _interval(
    label: str, result: PolicyResult, score: Score, field: str, *, hollow: bool
) -> charts.Interval:
    estimate = getattr(score, field)
    return charts.Interval(
        label, result.role, estimate.value, estimate.low, estimate.high, hollow=hollow
    )


def _difference_chart(comparisons: Sequence[Comparison]) -> dict[str, Markup]:
    title = "Differences in mean test runs to a fix, with 95% intervals; left of zero is better"

    def draw(width: int) -> str:
        rows = [_difference(one, full=width >= charts.NARROW) for one in comparisons]
        return charts.interval_plot(
            rows, title=title, share=False, zero=True, width=min(width, 640)
        )

    return _both(draw)


def _difference(one: Comparison, *, full: bool) -> charts.Interval:
    quiet = one.subset == "quiet"
    label = f"{one.candidate if full else ''} less {one.baseline}{' (quiet)' if quiet else ''}"
    ends = one.difference
    return charts.Interval(label.strip(), "after", ends.value, ends.low, ends.high, hollow=quiet)


def _funnel(result: PolicyResult) -> Markup:
    reach = result.funnel
    stages = (
        [
            ("tasks", reach.tasks),
            ("broken file seen", reach.file_seen),
            ("broken line seen", reach.line_seen),
            ("fixed", reach.fixed),
        ]
        if reach
        else []
    )
    title = f"{result.policy}: " + ", ".join(f"{name} {count}" for name, count in stages)
    return Markup(charts.funnel(stages, title=title, tone=result.role))
