"""Ochiai's coefficient against cases worked by hand."""

from math import isclose, sqrt

from journeyman.records import Coverage, TestReport, TestResult
from journeyman.understanding.spectrum import ochiai, spectra, suspiciousness


def report_of(**outcomes: str) -> TestReport:
    # Line 1 is executed by all, line 2 by the failing test a and passing c, line 3 by a alone,
    # line 4 by passing tests only.
    return TestReport(
        results=tuple(TestResult(id=name, outcome=outcome) for name, outcome in outcomes.items()),
        coverage=Coverage(
            tests=("a", "b", "c", "d"),
            files={"m.py": {1: (0, 1, 2, 3), 2: (0, 2), 3: (0,), 4: (2, 3)}},
        ),
    )


def test_scores_are_those_worked_by_hand() -> None:
    scores = suspiciousness(report_of(a="failed", b="error", c="passed", d="passed"))["m.py"]
    assert isclose(scores[1], 2 / sqrt(2 * 4))
    assert isclose(scores[2], 1 / sqrt(2 * 2))
    assert isclose(scores[3], 1 / sqrt(2 * 1))
    assert scores[4] == 0.0


def test_a_test_that_never_reported_counts_as_failing() -> None:
    lines = spectra(report_of(b="passed", c="passed", d="passed"))["m.py"]
    assert (lines[3].failing, lines[3].passing, lines[3].score) == (1, 0, 1.0)


def test_no_failing_test_means_no_suspicion_and_no_division_by_zero() -> None:
    scores = suspiciousness(report_of(a="passed", b="passed", c="passed", d="passed"))
    assert set(scores["m.py"].values()) == {0.0}
    assert ochiai(0, 0, 0) == 0.0


def test_a_report_without_coverage_suspects_nothing() -> None:
    assert spectra(TestReport()) == {}
