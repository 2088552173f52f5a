"""What failing messages are read as."""

import pytest

from journeyman.agent.policy.apprentice.clues import clues_of, error_kind
from journeyman.records import TestReport, TestResult


def failed(message: str, path: str = "m.py", line: int = 3) -> TestResult:
    return TestResult(id="t", outcome="failed", message=message, path=path, line=line)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("NameError: name 'x' is not defined", "name"),
        ("UnboundLocalError: cannot access local variable 'x'", "name"),
        ("AttributeError: 'A' object has no attribute 'b'", "attribute"),
        ("TypeError: f() missing 1 required positional argument: 'b'", "type"),
        ("IndexError: list index out of range", "lookup"),
        ("KeyError: 'k'", "lookup"),
        ("AssertionError: assert 1 == 2", "assertion"),
        ("assert 1 == 2", "assertion"),
        ("Failed: DID NOT RAISE <class 'ValueError'>", "not raised"),
        ("package.errors.OddError: no", "other"),
        ("", "other"),
    ],
)
def test_kinds_of_failure(message: str, kind: str) -> None:
    assert error_kind(failed(message)) == kind


def test_a_test_that_never_reported_hangs() -> None:
    assert error_kind(None) == "hang"


@pytest.mark.parametrize(
    ("message", "contrast"),
    [
        ("assert 3 == 4", "by one"),
        ("AssertionError: assert -3 == 3\n +  where -3 = f()", "sign"),
        ("assert True == False", "truth"),
        ("assert None == 3", "none"),
        ("assert [1, 2] == [2, 1]", "order"),
        ("assert 'ab' == 'a'", "length"),
        ("assert 3 == 40", "number"),
    ],
)
def test_how_expected_and_found_differ(message: str, contrast: str) -> None:
    clues = clues_of(TestReport(results=(failed(message),)), ["t"])
    assert clues.contrasts == {contrast: 1.0}


def test_names_and_frames_are_taken_from_messages() -> None:
    report = TestReport(results=(failed("NameError: name 'x' is not defined. Did you mean: 'y'?"),))
    clues = clues_of(report, ["t", "gone"])
    assert clues.missing_names == {"x"}
    assert clues.names == {"x", "y"}
    assert clues.frames == {("m.py", 3): 1}
    assert clues.errors == {"name": 0.5, "hang": 0.5}
    assert clues.failing == ("t", "gone")


@pytest.mark.parametrize(
    "message", ["assert ((((", "assert 1 == " + "(" * 500, "assert x == [object]"]
)
def test_odd_messages_are_borne(message: str) -> None:
    assert clues_of(TestReport(results=(failed(message),)), ["t"]).contrasts == {}
