"""What a turn is worth by itself: a ladder from test reports and the verdict to [0, 1].

The top rung, 1.0, is for a patch that a fresh sandbox found to solve the task, and for nothing
else: green visible tests are what a hard-coded answer has too. Below it there is nothing by
default. `Ladder.partial` may pay for progress on the way, under two rules that keep a failed
attempt below every solved one: it is less than 1 in all, and it is paid once, for what is *better
than any turn before* (otherwise running the same half-right tree again and again adds up).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from journeyman.errors import SettingsError
from journeyman.records import Task, TestReport, Verdict

SOLVED = 1.0


@dataclass(frozen=True)
class Ladder:
    """`partial`: what turning all visible failing tests good, breaking none, is worth (< 1)."""

    partial: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.partial < SOLVED:
            raise SettingsError(
                f"reward: partial is {self.partial}",
                "Give a number from 0 up to but not including 1, which is what a solve is worth.",
            )


def progress(report: TestReport, task: Task) -> float:
    """Return the share of `task`'s visible failing tests turned good, less those broken, in [0, 1].

    A test that did not report is not good, so a run of chosen tests is credited with no more than
    it showed, and a run that did not come to its own end with nothing.
    """
    visible = set(task.visible)
    wanted = [test for test in task.fail_to_pass if test in visible]
    turned = sum(report.good(test) for test in wanted)
    broken = sum(not report.good(test) for test in task.pass_to_pass if test in visible)
    return max(0.0, (turned - broken) / len(wanted)) if wanted else 0.0


def scores(
    reports: Sequence[TestReport | None], verdict: Verdict | None, task: Task, ladder: Ladder
) -> list[float]:
    """Return the score of each turn of one attempt, in order and before any discounting.

    `reports` has one entry per turn: its (last) test run on a changed tree, or `None`. `verdict`
    is on the patch the attempt ended with, and a solve goes to the last turn. Without one, green
    visible tests or a flag mean that what looked like progress was none: 0 for every turn. The
    scores of an attempt that did not solve the task add up to at most `ladder.partial`; of one
    that did, to at least 1.
    """
    scored: list[float] = []
    best = 0.0
    for report in reports:
        reached = progress(report, task) if report is not None else 0.0
        scored.append(ladder.partial * max(0.0, reached - best))
        best = max(best, reached)
    if verdict is None or not scored:
        return scored
    if verdict.solved:
        return [*scored[:-1], SOLVED]
    return [0.0] * len(scored) if best == 1.0 or verdict.flags else scored
