"""Learn what passes, fails and flakes, how long each test takes and which lines it goes through."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from journeyman.engine.local import ordered_map
from journeyman.errors import AdoptError, InfrastructureError
from journeyman.progress import Progress, stage
from journeyman.records import Coverage, Patch, TestReport
from journeyman.records.baseline import Baseline
from journeyman.repository.reasons import NETWORK, reason
from journeyman.sandbox.testing.suite import Probed, Suite, Surveyed

_TOO_LONG = frozenset({"timeout", "cpu"})
_SETTLED = frozenset({"skipped", "xfailed", "xpassed"})


def measure(
    suite: Surveyed,
    prepared: Callable[[Sequence[str]], Surveyed],
    runs: int,
    workers: int,
    progress: Progress,
    budget_s: float = 60.0,
) -> tuple[Baseline, Coverage]:
    """Run the whole suite `runs` times, and once more to learn which test covers which line.

    A suite that does not end in time is used in part: some tests of every file. One of the runs
    is backwards, to find tests that need others before them: chosen ones run without those.

    Args:
        suite: Runs the tests in servers that have imported nothing beforehand.
        prepared: Returns the suite as the tasks will use it, given the third-party modules that
            the first run imported. What those change in a result shows up as flakiness here.
        budget_s: Seconds that a part of a suite may take which is too long as a whole.

    Raises:
        AdoptError: The suite cannot be run to its end, collects nothing, or nothing passes.
    """
    with stage(progress, "run the tests", runs + 1):
        first, modules = suite.survey()
        part: tuple[str, ...] = ()
        collected = 0
        if first.ending in _TOO_LONG and isinstance(suite, Probed):
            first, modules, collected = suite.sample(budget_s)
            part = tuple(result.id for result in first.results)
        _refuse_unfinished(first)
        progress.advance()
        imported, ready = modules, prepared(modules)
        if not _works(ready, tuple(_sample(first))):
            # Something that the tests import cannot be imported beforehand: do without.
            modules, ready = [], suite

        named = tuple(sorted(result.id for result in first.results))

        def again(attempt: int) -> TestReport:
            # Once by their names, as tasks ask for them: a test that is not found so is no judge.
            tests = named if attempt == 1 < runs else part
            if attempt == 1 < runs and isinstance(ready, Probed):
                report = ready.backwards(named)
                if report.ending == "finished":
                    progress.advance()
                    return report
            report = ready.run(Patch(), tests, coverage=attempt == runs, attempt=attempt)
            if report.ending == "forged" and tests:
                # A test that rewrites its own files; asked for by name, those are watched.
                report = ready.run(Patch(), part, attempt=attempt)
            _refuse_unfinished(report)
            progress.advance()
            return report

        later = list(ordered_map(again, range(1, runs + 1), workers))
        repeated, traced = [first, *later[:-1]], later[-1]
        baseline = summarise(repeated, modules, imported)
        suspects = _otherwise_backwards(repeated) if isinstance(ready, Probed) else set()
        if suspects:
            forwards = ready.run(Patch(), named, attempt=runs + 1)
            ordered = tuple(sorted(test for test in suspects if forwards.good(test)))
            flaky = tuple(test for test in baseline.flaky if test not in ordered)
            baseline = baseline.model_copy(update={"ordered": ordered, "flaky": flaky})
    baseline = baseline.model_copy(update={"collected": collected})
    if not baseline.passing:
        raise _nothing_passes(first, baseline)
    if traced.coverage is None:
        raise AdoptError(
            "the run that traces which test goes through which line brought no trace",
            "Something in the suite switches tracing off; leave it out in journeyman.toml:\n"
            '[tests]\nexclude = ["tests/that_file.py"]',
        )
    return baseline, traced.coverage


def _otherwise_backwards(reports: Sequence[TestReport]) -> set[str]:
    """Return the tests that pass in every run but the second, which was backwards."""
    first, backwards, *others = reports
    good = {result.id for result in first.results if result.outcome == "passed"}
    return {
        test
        for test in good
        if not backwards.good(test) and all(other.good(test) for other in others)
    }


def _works(suite: Suite, tests: tuple[str, ...]) -> bool:
    try:
        return suite.run(Patch(), tests).ending == "finished"
    except InfrastructureError:
        return False  # a module that ends or hangs the server that imports it


def _sample(report: TestReport, most: int = 3) -> list[str]:
    return [result.id for result in report.results if result.outcome == "passed"][:most]


def summarise(
    reports: Sequence[TestReport], modules: Sequence[str] = (), imported: Sequence[str] = ()
) -> Baseline:
    """Fold repeated runs into one baseline: a test counts as what it was every time."""
    names = sorted({result.id for report in reports for result in report.results})
    passing: dict[str, float] = {}
    failing: dict[str, str] = {}
    flaky: list[str] = []
    skipped: list[str] = []
    for name in names:
        seen = [report.by_id.get(name) for report in reports]
        outcomes = {None if result is None else result.outcome for result in seen}
        told = [result for result in seen if result is not None]
        if len(outcomes) > 1:
            flaky.append(name)
        elif outcomes == {"passed"}:
            passing[name] = round(statistics.median(result.seconds for result in told), 4)
        elif outcomes <= _SETTLED:
            skipped.append(name)
        else:
            failing[name] = told[0].message
    return Baseline(
        runs=len(reports),
        passing=passing,
        failing=failing,
        flaky=tuple(flaky),
        skipped=tuple(skipped),
        seconds=round(statistics.median(report.seconds for report in reports), 3),
        modules=tuple(modules),
        imported=tuple(imported),
    )


def _refuse_unfinished(report: TestReport) -> None:
    if report.ending == "finished" and report.results:
        return
    if report.ending == "finished":
        raise AdoptError(
            f"no tests were found to run:\n{_last(report.output)}",
            'Say where they are in journeyman.toml:\n[tests]\npaths = ["tests"]',
        )
    where = f" while running {report.stuck}" if report.stuck else ""
    what = {
        "timeout": "did not end in time",
        "cpu": "used up its processor time",
        "memory": "used up its memory",
        "processes": "started too many processes",
        "disk": "filled its disk",
        "output": "printed too much",
        "forged": "reported results that cannot be its own",
        "crashed": f"died (exit status {report.exit_code})",
    }[report.ending]
    cure = (
        f'[tests]\narguments = ["--deselect={report.stuck}"]'
        if report.stuck
        else '[tests]\nexclude = ["tests/that_file.py"]\n[sandbox]\nmemory_mb = 4096\nwall_s = 600'
    )
    raise AdoptError(
        f"the test suite {what}{where}:\n{_last(report.output)}",
        f"Leave the test out, or allow it more, in journeyman.toml:\n{cure}",
    )


def _nothing_passes(report: TestReport, baseline: Baseline) -> AdoptError:
    reasons = list(baseline.failing.values())
    common = max(set(reasons), key=reasons.count) if reasons else "(all tests are skipped)"
    network = reason(common) == NETWORK
    hint = (
        "Tests run without a network; leave those that need one out"
        if network
        else "Check how the repository is installed and which tests are run"
    )
    return AdoptError(
        f"no test passes on the untouched repository; most say: {common}\n{_last(report.output)}",
        f'{hint}, in journeyman.toml:\n[environment]\ninstall = [".", "missing-package"]\n'
        '[tests]\npaths = ["tests/unit"]',
    )


def _last(output: str, lines: int = 12) -> str:
    return "\n".join("  " + line for line in output.strip().splitlines()[-lines:])
