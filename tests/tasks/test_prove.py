"""What has to agree before a break is called a task, played on a suite made of plain rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from journeyman.grading.grader import Grader
from journeyman.grading.protected import Protected
from journeyman.records import Coverage, Patch, TestReport, TestResult
from journeyman.records.baseline import Baseline
from journeyman.sandbox.testing.pytest_suite import SuiteSettings
from journeyman.tasks.breaking import Break, Site
from journeyman.tasks.prove import Prover

CODE = {"shop.py": "def total(prices):\n    return sum(prices)\n"}
TESTS = ("tests/test_shop.py::test_a", "tests/test_shop.py::test_b", "tests/test_shop.py::test_c")
SWAPPED = Site("wrong_call", "shop.py", "total", 1, 2, 2, 34, 37, "max", "sum becomes max")


class Rules:
    """A suite in which `fails` says, of a test among the tests run, whether it fails that time."""

    settings = SuiteSettings("rules", ("tests",))

    def __init__(
        self, fails: Callable[[str, Sequence[str], int], bool], idle: Patch | None = None
    ) -> None:
        """Nothing fails on the tree that `idle` makes."""
        self.asked: list[tuple[str, ...]] = []
        self._fails = fails
        self._idle = idle or Patch()

    def run(
        self, patch: Patch, tests: Sequence[str] = (), *, coverage: bool = False, attempt: int = 0
    ) -> TestReport:
        self.asked.append(tuple(tests))
        sound = patch in (Patch(), self._idle)
        bad = {test for test in tests if not sound and self._fails(test, tests, attempt)}
        results = [
            TestResult(id=test, outcome="failed" if test in bad else "passed") for test in tests
        ]
        return TestReport(ending="finished", exit_code=int(bool(bad)), results=tuple(results))


def _prover(suite: Rules) -> Prover:
    return Prover(
        repository="shop",
        base="0" * 40,
        grader=Grader(suite, Protected(["tests/test_shop.py"], list(CODE)), CODE.get),
        baseline=Baseline(runs=2, passing=dict.fromkeys(TESTS, 0.01)),
        coverage=Coverage(tests=TESTS, files={"shop.py": {2: (0, 1, 2)}}),
        runs=3,
        read=lambda path: CODE.get(path, ""),
    )


def test_tests_that_fail_every_time_make_a_task_and_only_they_are_run_again() -> None:
    suite = Rules(lambda test, among, attempt: test != TESTS[1])
    tried = _prover(suite).prove(Break((SWAPPED,)))
    assert tried.outcome == "valid"
    assert tried.task is not None
    assert tried.task.fail_to_pass == (TESTS[0], TESTS[2])
    assert tried.task.pass_to_pass == (TESTS[1],)
    assert suite.asked[:3] == [TESTS, (TESTS[0], TESTS[2]), (TESTS[0], TESTS[2])]


def test_one_that_fails_only_now_and_then_makes_none() -> None:
    sometimes = Rules(lambda test, among, attempt: test == TESTS[0] and attempt != 2)
    assert _prover(sometimes).prove(Break((SWAPPED,))).outcome == "flaky"


def test_one_that_fails_only_after_another_makes_none() -> None:
    ordered = Rules(lambda test, among, attempt: test == TESTS[2] and TESTS[1] in among)
    assert _prover(ordered).prove(Break((SWAPPED,))).outcome == "flaky"


def test_a_part_that_the_failing_tests_do_not_notice_by_itself_is_idle() -> None:
    other = Site("wrong_name", "shop.py", "total", 1, 2, 1, 10, 16, "costs", "an idle part")
    suite = Rules(
        lambda test, among, attempt: test == TESTS[0],
        idle=Break((other,)).patch(CODE.__getitem__),
    )
    assert _prover(suite).prove(Break((other, SWAPPED))).outcome == "rejected"
