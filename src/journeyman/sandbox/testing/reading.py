"""A run's raw answer as a report, believing as little of it as possible."""

from __future__ import annotations

import json
from typing import Any

from journeyman.records import Coverage, TestReport, TestResult

CANARIES = {
    "canary-plain-assert": "failed",
    "canary-raised": "failed",
    "canary-not-raised": "failed",
    "canary-unequal": "failed",
    "canary-approximate": "failed",
    "canary-sound": "passed",
}
"""As in `inside/canary.py`, which runs under another interpreter; a test holds them equal."""


def read_report(
    answer: dict[str, Any], nonce: str, seconds: float, *, canaries: bool = True
) -> tuple[TestReport, dict[str, Any]]:
    """Turn a run's raw answer into a report, believing as little of it as possible.

    A run without its closing entry has ``crashed`` whatever its exit status; one with a wrong
    nonce, a test told twice, a wrong count, or a canary that is missing or misbehaves is
    ``forged``; so is one that wrote to the files its tests come from, or whose entries are not
    what the reporter writes.
    """
    try:
        return _read_report(answer, nonce, seconds, canaries)
    except (AttributeError, KeyError, TypeError, ValueError):
        # Only code under test that got hold of the nonce can have written entries like these.
        forged = TestReport(
            ending="forged",
            exit_code=int(answer["status"]),
            seconds=seconds,
            output=answer["output"][-8000:],
        )
        return forged, {}


def rounds_of(answer: dict[str, Any], times: int) -> list[dict[str, Any]]:
    """Return `answer` as those of its rounds (see `inside/pytest_run.py`), each with its own end.

    What cannot be told apart is left in the first, which is then not sound.
    """
    texts: list[list[str]] = [[] for _ in range(times)]
    for line in answer["report"].splitlines():
        try:
            entry = json.loads(line)
            number = entry.pop("round", 0)
            if "over" in entry:
                entry["end"] = answer["status"]
            places = range(times) if entry.pop("every", False) else (int(number),)
            for place in places:
                texts[place].append(json.dumps(entry))
        except (AttributeError, IndexError, RecursionError, TypeError, ValueError):
            texts[0].append(line)
    return [{**answer, "report": "\n".join(lines)} for lines in texts]


def alike(one: TestReport, other: TestReport) -> bool:
    """Whether the same tests came out the same way."""
    return {(test.id, test.outcome) for test in one.results} == {
        (test.id, test.outcome) for test in other.results
    }


def _read_report(
    answer: dict[str, Any], nonce: str, seconds: float, canaries: bool
) -> tuple[TestReport, dict[str, Any]]:
    entries, sound = _entries(answer["report"], nonce)
    ends = [entry for entry in entries if "end" in entry]
    tests = [entry for entry in entries if "id" in entry]
    ending = answer["ending"]
    end = ends[-1] if ends else {}
    if ending == "finished" and (len(ends) != 1 or "end" not in entries[-1]):
        ending = "crashed"
    elif ending == "finished" and (
        not sound
        or answer.get("rewritten")
        or len({entry["id"] for entry in tests}) != len(tests)
        or (canaries and end["canaries"] != CANARIES)
    ):
        ending = "forged"
    report = TestReport(
        results=tuple(test_result(entry) for entry in tests),
        ending=ending,
        exit_code=int(answer["status"]),
        seconds=seconds,
        output=answer["output"][-8000:],
        stuck=_stuck(entries) if ending not in ("finished", "forged") else "",
        coverage=_coverage(end.get("coverage")),
    )
    return report, end


def _entries(text: str, nonce: str) -> tuple[list[dict[str, Any]], bool]:
    entries: list[dict[str, Any]] = []
    sound = True
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            sound = False
            continue
        if not isinstance(entry, dict) or entry.pop("nonce", None) != nonce:
            sound = False
            continue
        entries.append(_storable(entry) if "\\ud" in line else entry)
    return entries, sound


def _storable(value: Any) -> Any:
    """Return `value` with halves of characters spelt out: messages may hold them, files may not."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, list) else value


def _stuck(entries: list[dict[str, Any]]) -> str:
    """Return the test that had begun but not ended when the run did."""
    begun = [entry["start"] for entry in entries if "start" in entry]
    ended = {entry["id"] for entry in entries if "id" in entry}
    return begun[-1] if begun and begun[-1] not in ended else ""


def test_result(entry: dict[str, Any]) -> TestResult:
    """Return one test's entry of a report as a record; raises `KeyError` for what is none."""
    return TestResult(
        id=entry["id"],
        outcome=entry["outcome"] or "error",
        seconds=round(float(entry.get("seconds", 0.0)), 4),
        message=entry.get("message", ""),
        path=entry.get("path", ""),
        line=entry.get("line", 0),
    )


def _coverage(raw: dict[str, Any] | None) -> Coverage | None:
    if raw is None:
        return None
    files = {
        path: {int(line): tuple(hits) for line, hits in lines.items()}
        for path, lines in raw["files"].items()
    }
    return Coverage(tests=tuple(raw["tests"]), files=files)
