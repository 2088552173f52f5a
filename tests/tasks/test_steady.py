"""Reports say the same whatever memory happened to be used."""

from __future__ import annotations

from journeyman.records import TestReport, TestResult
from journeyman.tasks.steady import steady


def _report(address: str) -> TestReport:
    result = TestResult(id="t", outcome="failed", message=f"where take = <Stock at {address}>.take")
    return TestReport(results=(result,), output=f"{result.message}\n1 failed")


def test_addresses_do_not_show() -> None:
    one, two = steady(_report("0x7fdbaab6b790")), steady(_report("0x7f6fd5413090"))
    assert one == two
    assert "Stock at 0x…" in one.results[0].message
    assert "0x7f" not in one.output


def test_numbers_of_the_code_itself_stay() -> None:
    assert "0xff and 0x1F600" in steady(_report("0xff and 0x1F600")).results[0].message


def test_looking_up_by_name_finds_the_steady_result() -> None:
    report = _report("0x7fdbaab6b790")
    assert "0x7f" in report.by_id["t"].message
    assert "0x7f" not in steady(report).by_id["t"].message
