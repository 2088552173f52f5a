"""About how long a growing takes: counted in test runs, which is what nearly all of it is."""

from __future__ import annotations

from journeyman.records.baseline import Baseline
from journeyman.settings import Settings

ONE_RUN_S = 0.22
"""Seconds of a processor for each test run of a growing, all in, thinking included: counted on the
package of ``make demo``, whose tests are quick."""

USUAL_TESTS = 6
"""Tests that judge a task, in the mean; failing ones are among them."""


def test_runs(settings: Settings) -> float:
    """Return how many different test runs a growing makes, about.

    The shares were counted on the package of ``make demo``: how many runs an exam's attempt and a
    practice attempt use of their budget, and how many of those were made before and are remembered.
    """
    tasks, practice, exam = settings.tasks.count, settings.practice, settings.exam
    held_out, validation = min(exam.tasks, tasks // 3), 0.15 * tasks
    proving = (1.4 + settings.tasks.runs) * tasks + 1000
    examining = held_out * exam.budget * (2 * 0.8 + 0.6)
    attempts = practice.tasks * practice.attempts
    a_round = 0.45 * attempts * practice.budget + 0.2 * validation * exam.budget
    return proving + examining + a_round * min(practice.rounds, practice.patience + 2)


def minutes(settings: Settings, workers: int, baseline: Baseline | None = None) -> float:
    """Return the minutes a growing takes, about; better where the tests' own time is known."""
    own_s = 0.0
    if baseline is not None and baseline.passing:
        own_s = USUAL_TESTS * sum(baseline.passing.values()) / len(baseline.passing)
    return test_runs(settings) * (ONE_RUN_S + own_s) / workers / 60


def in_words(estimate: float) -> str:
    """Return an estimate in minutes as one says it."""
    if estimate < 1.5:
        return "about a minute"
    if estimate < 90:
        return f"about {round(estimate)} minutes"
    return f"about {estimate / 60:.1f} hours"
