"""Attempts as SWE-bench predictions, and verdicts as the harness's reports.

A prediction is a row of `instance_id`, `model_name_or_path` and `model_patch` (a diff against the
tree the task starts from). A report is what the harness writes for each instance
(``report.json``) and for a run as a whole, in the harness's own keys (`schema_version` 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from journeyman.interchange.losses import Refused
from journeyman.interchange.swebench import as_parsed
from journeyman.records import Record, Task, Verdict

COLUMNS = ("instance_id", "model_name_or_path", "model_patch")


class Prediction(Record):
    """One model's patch for one instance; `None` where it gave none."""

    instance_id: str
    model_name_or_path: str
    model_patch: str | None


class Judged(Record):
    """What became of a prediction.

    `fault` means that our own machinery failed: it is counted and never scored.
    """

    prediction: Prediction
    state: Literal["judged", "empty", "does not apply", "fault"]
    why: str = ""
    verdict: Verdict | None = None

    @property
    def resolved(self) -> bool:
        """Whether the patch solves the task."""
        return self.verdict is not None and self.verdict.solved


def prediction_of(row: Mapping[str, Any]) -> Prediction:
    """Return a prediction from a row; other columns are passed over, as the harness does.

    Raises:
        Refused: A column is missing or not text.
    """
    missing = [column for column in COLUMNS if column not in row]
    if missing:
        raise Refused(f"columns are missing: {', '.join(missing)}")
    for column in COLUMNS:
        may_be_none = column == "model_patch" and row[column] is None
        if not isinstance(row[column], str) and not may_be_none:
            raise Refused(f"{column} is not text")
    if any("\ud800" <= character <= "\udfff" for character in row["model_patch"] or ""):
        raise Refused("model_patch holds half a character")
    if file_safe(row["model_name_or_path"]) in ("", ".", "..") or "\0" in row["model_name_or_path"]:
        raise Refused("model_name_or_path cannot name a folder")
    return Prediction(**{column: row[column] for column in COLUMNS})


def by_model(predictions: Iterable[Prediction]) -> dict[str, list[Prediction]]:
    """Return the predictions of each model, in order.

    Raises:
        Refused: A model has two predictions for one instance.
    """
    found: dict[str, dict[str, Prediction]] = {}
    for one in predictions:
        own = found.setdefault(one.model_name_or_path, {})
        if one.instance_id in own:
            raise Refused(f"{one.model_name_or_path} has two predictions for {one.instance_id}")
        own[one.instance_id] = one
    return {model: list(own.values()) for model, own in found.items()}


def report(judged: Judged, task: Task) -> dict[str, Any]:
    """Return the harness's ``report.json`` of one instance.

    Flags for cheating have no key there: they are added under one of ours.
    """
    verdict = judged.verdict
    entry: dict[str, Any] = {
        "patch_is_None": judged.prediction.model_patch is None,
        "patch_exists": judged.prediction.model_patch is not None,
        "patch_successfully_applied": verdict is not None,
        "resolved": judged.resolved,
        "infra_failure": judged.state == "fault",
    }
    if judged.why:
        entry["journeyman_why"] = judged.why
    if verdict is not None:
        bad = {*verdict.missing, *verdict.failed}
        entry["tests_status"] = {
            "FAIL_TO_PASS": _status(task.fail_to_pass, bad),
            "PASS_TO_PASS": _status(task.pass_to_pass, bad),
            "FAIL_TO_FAIL": _status((), bad),
            "PASS_TO_FAIL": _status((), bad),
        }
        entry["journeyman_flags"] = [flag.model_dump() for flag in verdict.flags]
    return {judged.prediction.instance_id: entry}


def summary(judged: Sequence[Judged], instances: Iterable[str]) -> dict[str, Any]:
    """Return the harness's report of a run: one model's predictions over all `instances`."""
    instances = sorted(set(instances))
    submitted = sorted(one.prediction.instance_id for one in judged)

    def ids(keep: Iterable[Judged]) -> list[str]:
        return sorted(one.prediction.instance_id for one in keep)

    completed = [one for one in judged if one.state == "judged"]
    faults = ids(one for one in judged if one.state == "fault")
    lists = {
        "completed_ids": ids(completed),
        "incomplete_ids": sorted(set(instances) - set(submitted)),
        "empty_patch_ids": ids(one for one in judged if one.state == "empty"),
        "submitted_ids": submitted,
        "resolved_ids": ids(one for one in completed if one.resolved),
        "unresolved_ids": ids(one for one in completed if not one.resolved),
        "infra_failure_ids": faults,
        "ambiguous_failure_ids": [],
        "error_ids": sorted([*faults, *ids(o for o in judged if o.state == "does not apply")]),
    }
    counted = ("completed", "resolved", "unresolved", "infra_failure", "ambiguous_failure")
    counts = {f"{name}_instances": len(lists[f"{name}_ids"]) for name in counted}
    return {
        "total_instances": len(instances),
        "submitted_instances": len(submitted),
        **counts,
        "empty_patch_instances": len(lists["empty_patch_ids"]),
        "error_instances": len(lists["error_ids"]),
        **lists,
        "failure_reasons": {
            one.prediction.instance_id: one.why for one in judged if one.state == "fault"
        },
        "schema_version": 2,
    }


def report_path(run: str, prediction: Prediction) -> str:
    """Return where the harness keeps an instance's report, below its log folder."""
    model = file_safe(prediction.model_name_or_path)
    return f"logs/run_evaluation/{run}/{model}/{prediction.instance_id}/report.json"


def file_safe(model: str) -> str:
    """Return a model's name as the harness names its files."""
    return model.replace("/", "__")


def _status(tests: Sequence[str], bad: set[str]) -> dict[str, list[str]]:
    return {
        "success": [as_parsed(test) for test in tests if test not in bad],
        "failure": [as_parsed(test) for test in tests if test in bad],
    }
