"""Results in plain words: the headline, the key figures, and how numbers are written.

The headline says what was measured and nothing more: a null result is called that, and where
nothing was measured the reason is given instead of a number.
"""

from __future__ import annotations

from dataclasses import dataclass

from journeyman.records.growth import Growth
from journeyman.records.score import Comparison, Effect, Estimate, Exam, PolicyResult, Role

_NOTHING_KEPT = (
    "No gain from practice: no round did better on the validation tasks than the start, so the "
    "weights were left as they were."
)


@dataclass(frozen=True)
class Headline:
    """The page's one sentence, the figures that stand behind it, and its effect if there is one."""

    text: str
    detail: str
    effect: Effect | None


@dataclass(frozen=True)
class Figure:
    """A key figure: what it is, its value as written, and a note."""

    label: str
    value: str
    note: str


def headline(growth: Growth) -> Headline:
    """Return the result in one sentence, honest about its interval or its absence."""
    if growth.exam is not None and growth.exam.comparison is not None:
        comparison = growth.exam.comparison
        if growth.practice is not None and growth.practice.chosen_round == 0:
            return Headline(_NOTHING_KEPT, _evidence(growth.exam, comparison), comparison.effect)
        return Headline(_claim(comparison), _evidence(growth.exam, comparison), comparison.effect)
    valid, tried = _valid(growth), sum(row.tried for row in growth.ledger)
    if not valid:
        text = "No task could be proven in this repository, so there was nothing to practise on."
        return Headline(text, f"{plural(tried, 'breakage')} tried; the ledger says why.", None)
    if growth.exam is not None and growth.exam.policies:
        text = "Examined, but not compared: no policy was examined both before and after practice."
        return Headline(text, f"{plural(valid, 'task')} proven.", None)
    text = f"{plural(valid, 'task')} proven; no exam was held, so nothing is known about progress."
    return Headline(text, "", None)


def figures(growth: Growth) -> list[Figure]:
    """Return the strip of key figures; only what was measured is in it."""
    strip = []
    before, after = result_of(growth.exam, "before"), result_of(growth.exam, "after")
    if before and after and growth.exam:
        runs = f"{before.score.test_runs.value:.1f} → {after.score.test_runs.value:.1f}"
        tries = f"{before.score.first_try_rate.value:.0%} → {after.score.first_try_rate.value:.0%}"
        strip.append(Figure("test runs to a fix", runs, f"mean, capped at {growth.exam.cap}"))
        strip.append(Figure("right at the first try", tries, "before → after practice"))
    tried = sum(row.tried for row in growth.ledger)
    strip.append(Figure("tasks proven", f"{_valid(growth):,}", f"of {tried:,} breakages tried"))
    if growth.proof and growth.proof.cheats:
        cheats = growth.proof.cheats
        scored, tries_made = sum(row.scored for row in cheats), sum(row.tries for row in cheats)
        note = f"of {tries_made:,} tries with {plural(len(cheats), 'cheat')}"
        strip.append(Figure("cheats that scored", f"{scored:,}", note))
    total = growth.adopted.tests_passing
    strip.append(
        Figure("tests passing", f"{total:,}", f"in {duration(growth.adopted.suite_seconds)}")
    )
    if growth.costs.stages:
        spent = sum(stage.seconds for stage in growth.costs.stages)
        strip.append(
            Figure("time to grow", duration(spent), f"{growth.costs.test_runs:,} test runs")
        )
    return strip


def result_of(exam: Exam | None, role: Role) -> PolicyResult | None:
    """Return the first result with `role`, if any policy of that role was examined."""
    return next((one for one in exam.policies if one.role == role), None) if exam else None


def duration(seconds: float) -> str:
    """Write a time span with at most two units, such as ``3 min 12 s``."""
    if 0 < seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if 0 < seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: ``1 task``, ``2 tasks``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def signed(value: float, digits: int = 1) -> str:
    """Write a number with its sign, a true minus, and no sign on what rounds to zero."""
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def fraction(share: float) -> str:
    """Write a share as a percentage, with decimals where it is small and not zero."""
    return f"{share:.0%}" if share == 0 or share >= 0.0995 else f"{share:.2%}"


def probability(value: float) -> str:
    """Write a p-value as it is usually read."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def between(estimate: Estimate, share: bool = False) -> str:
    """Write an interval: ``5.1 to 7.3`` or ``41% to 60%``."""
    if share:
        return f"{estimate.low:.0%} to {estimate.high:.0%}"
    return f"{estimate.low:.1f} to {estimate.high:.1f}".replace("-", "−")


def _valid(growth: Growth) -> int:
    return sum(row.valid for row in growth.ledger)


def _claim(comparison: Comparison) -> str:
    difference = comparison.difference
    if comparison.effect == "no measurable difference":
        return (
            "No measurable difference: after practice a held-out bug takes"
            f" {_more(difference.value)} test runs to fix than before, and the 95% interval runs"
            f" from {_more(difference.low)} to {_more(difference.high)}."
        )
    near, far = sorted(abs(end) for end in (difference.low, difference.high))
    fewer = "fewer" if comparison.effect == "practice helped" else "more"
    start = comparison.effect.capitalize()
    return (
        f"{start}: a held-out bug now takes {abs(difference.value):.1f} {fewer} test runs to fix"
        f" than before (95% interval {near:.1f} to {far:.1f} {fewer})."
    )


def _more(value: float) -> str:
    if abs(value) < 0.05:
        return "0.0 more"
    return f"{abs(value):.1f} {'more' if value > 0 else 'fewer'}"


def _evidence(exam: Exam, comparison: Comparison) -> str:
    sentences = [
        f"Measured on {plural(comparison.tasks, 'held-out task')} in"
        f" {plural(comparison.clusters, 'function')} nobody practised on."
    ]
    before, after = result_of(exam, "before"), result_of(exam, "after")
    if before and after:
        sentences.append(
            f"Right at the first try: {before.score.first_try_rate.value:.0%} before,"
            f" {after.score.first_try_rate.value:.0%} after."
        )
    sentences.append(f"{comparison.test.capitalize()}: {probability(comparison.p_value)}.")
    return " ".join(sentences)
