"""Test results as anybody may see them: without what is another in every process.

Where an object lies in memory is chance. In a statement it would give the same task another id on
every run, and in what an agent reads it would be noise to one that counts words.
"""

from __future__ import annotations

import re

from journeyman.records import TestReport, TestResult

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")


def steady(report: TestReport) -> TestReport:
    """Return `report` with the memory addresses in its messages and output made alike."""
    told = {name: getattr(report, name) for name in TestReport.model_fields}
    results = tuple(_steady(result) for result in report.results)
    return TestReport(**{**told, "results": results, "output": _plain(report.output)})


def _steady(result: TestResult) -> TestResult:
    plain = _plain(result.message)
    return result if plain == result.message else result.model_copy(update={"message": plain})


def _plain(text: str) -> str:
    return _ADDRESS.sub("0x…", text)
