"""What the commands print: the plan before, the result after, and tables in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journeyman.exam.sitting import Sitting
    from journeyman.pipeline.grow import Grown
    from journeyman.records.growth import CheatRow, LedgerRow
    from journeyman.records.tried import Tried
    from journeyman.settings import Settings
    from journeyman.training.practise import RoundResult


def plan(source: str, settings: Settings, workers: int) -> str:
    """Say what a growing will do and about how long that takes."""
    from journeyman.pipeline.estimate import in_words, minutes
    from journeyman.tasks.breaking.registry import families

    practice = settings.practice
    time = in_words(minutes(settings, workers))
    return (
        f"Growing an engineer out of {source}\n"
        f"  adopt      install it in isolation, run its tests three times, trace them\n"
        f"  break      plant bugs of {len(families())} families in code the tests go through\n"
        f"  prove      until {settings.tasks.count} are proven by {settings.tasks.runs} runs each; "
        f"play the cheats\n"
        f"  exam       on files kept apart: two baselines and the apprentice\n"
        f"  practise   up to {practice.rounds} rounds of {practice.tasks} tasks, "
        f"{practice.attempts} attempts each\n"
        f"  exam       again, and a report that says whether practice was worth it\n"
        f"{time[0].upper()}{time[1:]} where tests are quick, {workers} runs at a time (said again "
        f"once they are known).\nInterrupt it when you like: the same command goes on.\n"
    )


def result(grown: Grown) -> str:
    """Say what came out, in the report's own words, and where the report is."""
    from journeyman.exam import wording

    headline = wording.headline(grown.growth)
    lines = ["", headline.text]
    if headline.detail:
        lines.append(headline.detail)
    if grown.growth.exam is not None:
        lines.append("")
        for one in grown.growth.exam.policies:
            lines.append(
                f"  {one.role:8} first try {one.score.first_try_rate.value:6.1%}   "
                f"within {grown.growth.exam.cap} {one.score.solved_rate.value:6.1%}   "
                f"mean runs {one.score.test_runs.value:5.2f}   n={one.score.tasks}"
            )
    lines += [f"\nwarning: {warning}" for warning in grown.growth.warnings]
    lines += ["", f"Report: {grown.page}", f"Data:   {grown.data}"]
    return "\n".join(lines)


def ledger_table(rows: Sequence[LedgerRow]) -> str:
    """Return the ledger as text."""
    lines = [f"{'family':22}{'tried':>7}{'valid':>7}{'survived':>9}{'flaky':>7}{'slow':>6}{'s':>8}"]
    for row in rows:
        lines.append(
            f"{row.family:22}{row.tried:7}{row.valid:7}{row.survived:9}{row.flaky:7}"
            f"{row.too_slow:6}{row.seconds:8.1f}"
        )
    tried, valid = sum(row.tried for row in rows), sum(row.valid for row in rows)
    return "\n".join([*lines, f"{valid} proven of {tried} tried ({valid / max(1, tried):.0%})"])


def fast_way(tried: Sequence[Tried]) -> str:
    """Return what the fast way rejected, and how often it was seen to be wrong."""
    counts = Counter(entry.fast for entry in tried if entry.fast)
    looked = counts["checked"] + counts["wrong"]
    return (
        f"the fast way rejected {counts['rejected'] + looked}; {looked} of those were proven all "
        f"the same, and {counts['wrong']} had been rejected wrongly; it could not tell "
        f"{counts['unknown']}"
    )


def cheat_table(rows: Sequence[CheatRow]) -> str:
    """Return the cheat matrix as text."""
    lines = [f"{'cheat':40}{'tries':>6}{'scored':>8}  how it is stopped (95 % upper bound)"]
    for row in rows:
        bound = f"({row.upper_bound:.1%})" if row.upper_bound is not None else ""
        lines.append(
            f"{row.cheat:40}{row.tries:6}{row.scored:8}  {row.stopped or 'NOT STOPPED'} {bound}"
        )
    return "\n".join(lines)


def curve_table(rounds: Sequence[RoundResult]) -> str:
    """Return the learning curve as text."""
    from journeyman.training.practise import best

    lines = [f"{'round':>5}{'return':>9}{'solved':>9}{'validation runs':>17}{'pull':>8}"]
    for one in rounds:
        lines.append(
            f"{one.round:5}{_or_dash(one.practice_return, '9.3f')}{_or_dash(one.solved, '9.1%')}"
            f"{one.validation_test_runs:17.2f}{one.pull:8.4f}"
        )
    return "\n".join([*lines, f"kept: round {best(rounds).round}"])


def exam_table(sittings: Sequence[Sitting], resamples: int) -> str:
    """Return exam results as text, with 95 % intervals clustered by function."""
    from journeyman.exam.results import compare, policy_result

    lines = []
    for sitting in sittings:
        if not any(answer.source == "breakage" for answer in sitting.answers):
            lines.append(f"{sitting.role:8} no held-out tasks to be examined on")
            continue
        one = policy_result(sitting, resamples)
        for name, score in (("", one.score), ("quiet", one.quiet)):
            if score is None:
                continue
            runs, first = score.test_runs, score.first_try_rate
            lines.append(
                f"{one.role:8} {name:6} n={score.tasks:<5} first try {first.value:6.1%} "
                f"[{first.low:.1%}, {first.high:.1%}]  within {sitting.cap} "
                f"{score.solved_rate.value:6.1%}  mean runs {runs.value:5.2f} "
                f"[{runs.low:.2f}, {runs.high:.2f}]"
            )
    by_role = {sitting.role: sitting for sitting in sittings}
    if "before" in by_role and "after" in by_role:
        found = compare(by_role["before"], by_role["after"], resamples)
        if found is not None:
            lines.append(
                f"after − before: {found.difference.value:+.2f} runs "
                f"[{found.difference.low:+.2f}, {found.difference.high:+.2f}], "
                f"p = {found.p_value:.3f}: {found.effect}"
            )
    return "\n".join(lines)


def _or_dash(value: float | None, form: str) -> str:
    width = int(form.partition(".")[0])
    return f"{'–':>{width}}" if value is None else format(value, form)
