"""The estimate at the start: more work takes longer, more workers less, slow tests are counted."""

from __future__ import annotations

import pytest

from journeyman.pipeline.estimate import in_words, minutes
from journeyman.records.baseline import Baseline
from journeyman.settings import Settings, load


def test_more_of_anything_takes_longer() -> None:
    usual = minutes(Settings(), 2)
    for key in ("tasks.count", "exam.budget", "practice.attempts", "practice.budget"):
        section, _, name = key.partition(".")
        value = getattr(getattr(Settings(), section), name)
        assert minutes(load(None, {key: 2 * value}), 2) > usual, key


def test_workers_share_the_work() -> None:
    assert minutes(Settings(), 4) == pytest.approx(minutes(Settings(), 2) / 2)


def test_slow_tests_are_counted() -> None:
    slow = Baseline(
        runs=3, passing={"t": 0.5}, failing={}, flaky=(), skipped=(), seconds=1.0, modules=()
    )
    assert minutes(Settings(), 2, slow) > 5 * minutes(Settings(), 2)


@pytest.mark.parametrize(
    ("estimate", "said"),
    [(0.2, "about a minute"), (12.4, "about 12 minutes"), (150, "about 2.5 hours")],
)
def test_an_estimate_is_said_as_people_say_it(estimate: float, said: str) -> None:
    assert in_words(estimate) == said
