"""The reward ladder: a failed attempt never out-ranks a solved one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.errors import SettingsError
from journeyman.records import Flag, Patch, Place, Task, TestReport, TestResult, Verdict
from journeyman.reward.execution import SOLVED, Ladder, progress, scores

TASK = Task(
    repository="r",
    base="b",
    source="breakage",
    family="comparison",
    quiet=True,
    statement="",
    broken=Patch(),
    fix=Patch(),
    place=Place(path="a.py", function="f", first=1, last=2),
    fail_to_pass=("f1", "f2", "f3"),
    pass_to_pass=("p1", "p2"),
    hidden=("f3",),
)
SOLVE = Verdict(task=TASK.id, patch="x", solved=True)
FAIL = Verdict(task=TASK.id, patch="x", solved=False)


def report(*good: str, ending: str = "finished") -> TestReport:
    return TestReport(
        results=tuple(
            TestResult(id=test, outcome="passed" if test in good else "failed")
            for test in TASK.tests
        ),
        ending=ending,
    )


reports = st.lists(
    st.one_of(
        st.none(),
        st.sets(st.sampled_from(TASK.tests)).map(lambda good: report(*good)),
    ),
    max_size=6,
)
partials = st.floats(0.0, 0.999)


@pytest.mark.parametrize(
    ("good", "expected"),
    [
        (("p1", "p2"), 0.0),
        (("f1", "p1", "p2"), 0.5),
        (("f1", "f2", "p1", "p2"), 1.0),
        (("f1", "f2", "f3", "p1"), 0.5),  # one turned good, less one broken; f3 is not visible
        (("f1",), 0.0),
    ],
)
def test_progress_is_the_share_turned_good_less_those_broken(good, expected):
    assert progress(report(*good), TASK) == expected


def test_a_run_that_did_not_end_by_itself_shows_no_progress():
    assert progress(report(*TASK.tests, ending="timeout"), TASK) == 0.0


def test_green_visible_tests_alone_are_worth_nothing():
    assert scores([report(), report(*TASK.visible)], FAIL, TASK, Ladder()) == [0.0, 0.0]
    assert scores([report(), report(*TASK.visible)], FAIL, TASK, Ladder(0.5)) == [0.0, 0.0]


def test_a_flagged_attempt_is_worth_nothing_whatever_it_showed():
    half = report("f1", "p1", "p2")
    flagged = FAIL.model_copy(update={"flags": (Flag(check="canary", detail=""),)})
    assert scores([half, None], FAIL, TASK, Ladder(0.5)) == [0.25, 0.0]
    assert scores([half, None], flagged, TASK, Ladder(0.5)) == [0.0, 0.0]


def test_progress_is_paid_once():
    half = report("f1", "p1", "p2")
    assert scores([half, half, None, half], None, TASK, Ladder(0.5)) == [0.25, 0.0, 0.0, 0.0]


def test_a_solve_goes_to_the_last_turn():
    assert scores([None, report(), None], SOLVE, TASK, Ladder()) == [0.0, 0.0, SOLVED]


@given(reports, st.sampled_from([None, FAIL]), reports, partials)
def test_a_failed_attempt_never_outranks_a_solved_one(failed, verdict, solved, partial):
    ladder = Ladder(partial)
    worst = scores([*solved, None], SOLVE, TASK, ladder)
    best = scores(failed, verdict, TASK, ladder)
    assert sum(best) <= partial + 1e-12
    assert sum(best) < SOLVED <= sum(worst)
    assert all(0.0 <= score <= SOLVED for score in best + worst)
    assert SOLVED not in best


@given(reports, st.sampled_from([None, FAIL]))
def test_by_default_only_a_solve_is_worth_anything(played, verdict):
    assert not any(scores(played, verdict, TASK, Ladder()))


@pytest.mark.parametrize("partial", [-0.1, 1.0, 2.0])
def test_partial_credit_as_large_as_a_solve_is_refused(partial):
    with pytest.raises(SettingsError, match="partial"):
        Ladder(partial)
