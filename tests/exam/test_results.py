"""What sittings add up to, on answers written by hand."""

from __future__ import annotations

import pytest

from journeyman.cli.summary import exam_table
from journeyman.exam.results import compare, policy_result, score
from journeyman.exam.sitting import Answer, Sitting
from journeyman.records.score import Role


def _answer(number: int, runs: int | None, cluster: str = "", source: str = "breakage") -> Answer:
    return Answer(
        task=f"t{number}",
        cluster=cluster or f"f{number}",
        quiet=number % 2 == 0,
        source=source,
        runs=runs,
        file_seen=True,
        line_seen=runs is not None,
    )


def _sitting(role: Role, runs: list[int | None], cluster: str = "") -> Sitting:
    answers = tuple(_answer(number, one, cluster) for number, one in enumerate(runs))
    return Sitting(policy=role, role=role, about="", cap=20, answers=answers)


def test_an_unsolved_task_counts_as_the_cap() -> None:
    found = score([_answer(0, 1), _answer(1, None), _answer(2, 3)], 20, 100)
    assert found.test_runs.value == pytest.approx(8)
    assert found.first_try_rate.value == pytest.approx(1 / 3)
    assert found.solved_rate.value == pytest.approx(2 / 3)


def test_the_funnel_and_the_curve_never_grow_the_wrong_way() -> None:
    result = policy_result(_sitting("before", [1, 2, None, 2]), 100)
    assert result.fixed_within[:3] == (0.25, 0.75, 0.75)
    assert result.funnel is not None
    assert (result.funnel.tasks, result.funnel.line_seen, result.funnel.fixed) == (4, 3, 3)


def test_differences_that_all_agree_still_have_an_interval() -> None:
    before, after = _sitting("before", [9, 9], "one"), _sitting("after", [3, 3], "one")
    found = compare(before, after, 100)
    assert found is not None and found.clusters == 1
    assert found.difference.low < found.difference.value == -6 < found.difference.high
    assert found.effect == "no measurable difference"


def test_practice_is_only_praised_for_what_lies_between_before_and_after() -> None:
    slow, quick = [20] * 40, [*([2] * 39), 3]
    praised = compare(_sitting("before", slow), _sitting("after", quick), 200)
    other = compare(_sitting("ochiai", slow), _sitting("before", quick), 200)
    assert praised is not None and praised.effect == "practice helped"
    assert other is not None and other.effect == "fewer runs"


def test_only_tasks_that_both_sat_are_compared() -> None:
    found = compare(_sitting("before", [5, 5, 5]), _sitting("after", [5, 5]), 100)
    assert found is not None and found.tasks == 2
    assert compare(_sitting("before", []), _sitting("after", []), 100) is None


def test_an_exam_without_held_out_tasks_says_so() -> None:
    history = Sitting(
        policy="p", role="before", about="", cap=20, answers=(_answer(0, 1, source="history"),)
    )
    assert "no held-out tasks" in exam_table([history], 100)
