"""Predictions are read as the harness reads them, and reports have its keys and its sums."""

from __future__ import annotations

from typing import Any

import pytest

from journeyman.interchange.losses import Refused
from journeyman.interchange.predictions import (
    Judged,
    Prediction,
    by_model,
    prediction_of,
    report,
    report_path,
    summary,
)
from journeyman.records import Flag, Patch, Place, Task, Verdict

TASK = Task(
    repository="shop",
    base="0" * 40,
    source="breakage",
    family="boundary",
    quiet=False,
    statement="",
    broken=Patch(),
    fix=Patch(),
    place=Place(path="a.py", function="", first=1, last=1),
    fail_to_pass=("t::a", "t::b"),
    pass_to_pass=("t::c",),
)
GOOD = {"instance_id": "i", "model_name_or_path": "m", "model_patch": ""}


def judged(name: str, solved: bool | None, state: Any = "judged", **more: Any) -> Judged:
    verdict = None if solved is None else Verdict(task="t", patch="p", solved=solved, **more)
    prediction = Prediction(instance_id=name, model_name_or_path="a/b", model_patch="x")
    return Judged(prediction=prediction, state=state, verdict=verdict, why="" if solved else "no")


def test_further_columns_of_a_prediction_are_passed_over() -> None:
    assert prediction_of({**GOOD, "cost": 1.0}) == Prediction(**GOOD)
    assert prediction_of({**GOOD, "model_patch": None}).model_patch is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"instance_id": 3}, "instance_id is not text"),
        ({"model_name_or_path": None}, "model_name_or_path is not text"),
        ({"model_name_or_path": ".."}, "cannot name a folder"),
        ({"model_patch": ["x"]}, "model_patch is not text"),
        ({"model_patch": "\ud800"}, "half a character"),
    ],
)
def test_a_malformed_prediction_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        prediction_of({**GOOD, **change})


def test_missing_columns_are_named() -> None:
    with pytest.raises(Refused, match="model_name_or_path, model_patch"):
        prediction_of({"instance_id": "i"})


def test_a_model_may_predict_an_instance_once() -> None:
    other = Prediction(**{**GOOD, "model_name_or_path": "n"})
    assert list(by_model([Prediction(**GOOD), other])) == ["m", "n"]
    with pytest.raises(Refused, match="two predictions for i"):
        by_model([Prediction(**GOOD), Prediction(**GOOD)])


def test_a_report_tells_the_tests_apart() -> None:
    made = report(judged("i", False, failed=("t::b",), missing=("t::c",)), TASK)
    assert made["i"]["tests_status"]["FAIL_TO_PASS"] == {"success": ["t::a"], "failure": ["t::b"]}
    assert made["i"]["tests_status"]["PASS_TO_PASS"] == {"success": [], "failure": ["t::c"]}
    assert made["i"]["patch_successfully_applied"] and not made["i"]["resolved"]


def test_a_flagged_patch_is_not_resolved_though_its_tests_pass() -> None:
    flag = Flag(check="replay", detail="x")
    made = report(judged("i", False, flags=(flag,)), TASK)
    assert not made["i"]["resolved"]
    assert made["i"]["tests_status"]["FAIL_TO_PASS"]["failure"] == []
    assert made["i"]["journeyman_flags"] == [flag.model_dump()]


def test_a_summary_counts_each_prediction_once_and_scores_no_fault() -> None:
    all_of_them = [
        judged("solved", True),
        judged("wrong", False),
        judged("empty", None, "empty"),
        judged("crooked", None, "does not apply"),
        judged("fault", None, "fault"),
    ]
    made = summary(all_of_them, ["solved", "wrong", "empty", "crooked", "fault", "never tried"])
    assert made["total_instances"] == 6 and made["submitted_instances"] == 5
    assert made["resolved_ids"] == ["solved"] and made["unresolved_ids"] == ["wrong"]
    assert made["empty_patch_ids"] == ["empty"] and made["incomplete_ids"] == ["never tried"]
    assert made["error_ids"] == ["crooked", "fault"] and made["infra_failure_ids"] == ["fault"]
    for name in ("completed", "resolved", "unresolved", "infra_failure", "empty_patch", "error"):
        assert made[f"{name}_instances"] == len(made[f"{name}_ids"])


def test_a_report_lies_where_the_harness_puts_it() -> None:
    path = report_path("run", judged("i", True).prediction)
    assert path == "logs/run_evaluation/run/a__b/i/report.json"
