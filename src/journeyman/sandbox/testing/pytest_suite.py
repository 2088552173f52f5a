"""pytest behind the `Suite` seam: asks the fork servers, and checks from outside what they say."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from journeyman.errors import UserError
from journeyman.records import Patch, TestReport, digest
from journeyman.sandbox.forkserver import Pool
from journeyman.sandbox.limits import Limits
from journeyman.sandbox.testing.reading import alike, read_report, rounds_of
from journeyman.sandbox.testing.suite import Forgetful, Memory, Suite

LEAST_CPU_S, TRACED_CPU_S = 2, 5
"""Processor seconds that a run of chosen tests may take before their own time is counted: some
twenty times what pytest needs to start, and more where each line or call is written down."""


@dataclass(frozen=True)
class SuiteSettings:
    """How this repository's tests are run (all of it part of a stored run's identity)."""

    identity: str
    paths: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    python_path: tuple[str, ...] = ("/repo",)
    environment: tuple[tuple[str, str], ...] = ()
    limits: Limits = field(default_factory=Limits)
    chosen: Limits | None = None
    """Ceilings of a run of chosen tests, where they are not those of the whole suite."""


class PytestSuite:
    """See `journeyman.sandbox.testing.suite.Suite`."""

    def __init__(
        self,
        pool: Pool,
        settings: SuiteSettings,
        memory: Memory | None = None,
        expected_s: Mapping[str, float] | None = None,
        *,
        wordy: bool = False,
    ) -> None:
        """Runs of chosen tests print no tracebacks unless they are asked to be `wordy`."""
        self.pool = pool
        self.settings = settings
        self.memory = memory or Forgetful()
        self.expected_s: Mapping[str, float] = expected_s or {}
        self.wordy = wordy
        self.latencies_s: list[float] = []

    def run(
        self,
        patch: Patch,
        tests: Sequence[str] = (),
        *,
        coverage: bool = False,
        attempt: int = 0,
    ) -> TestReport:
        """See `Suite.run`."""
        key = self._key(patch, tests, coverage, attempt)
        known = self.memory.recall(key)
        if known is not None:
            return known
        report, _ = self._ask(patch, tests, {"coverage": coverage})
        self.memory.remember(key, report)
        return report

    def again(self, patch: Patch, tests: Sequence[str], first: int, times: int) -> list[TestReport]:
        """See `Repeated.again`: all in one sandbox, from one collection.

        Where the process cannot be forked (threads began on import), where a round does not come
        to its end, and where rounds differ, which may be what an earlier one left on disk, each
        run is made in a sandbox of its own.
        """
        keys = [self._key(patch, tests, False, first + number) for number in range(times)]
        known = [self.memory.recall(key) for key in keys]
        found = [report for report in known if report is not None]
        if len(found) == times:
            return found
        rounds = self._ask_rounds(patch, tests, times) if times > 1 else []
        if len(rounds) == times and all(alike(one, rounds[0]) for one in rounds):
            for key, report in zip(keys, rounds, strict=True):
                self.memory.remember(key, report)
            return rounds
        return [self.run(patch, tests, attempt=first + number) for number in range(times)]

    def calls(
        self, patch: Patch, tests: Sequence[str], watch: Sequence[tuple[str, str]]
    ) -> tuple[TestReport, dict[str, list[list[str]]]]:
        """Run `tests` and return, beside the report, what the watched functions were called with.

        Args:
            watch: (path, plain function name) pairs.

        Returns:
            The report, and ``path::name`` to [fingerprint of arguments, fingerprint of result,
            "outer" or "inner" for a call made by another watched one]. The key ``::blinded`` is
            there when the run had stopped the watching.
        """
        functions = [{"path": path, "name": name} for path, name in watch]
        report, end = self._ask(patch, tests, {"watch": functions})
        calls = end.get("calls", {}) if report.ending == "finished" else {}
        return report, calls if _is_record_of_calls(calls) else {}

    def values(
        self, patch: Patch, tests: Sequence[str], watch: Sequence[tuple[str, str]]
    ) -> tuple[TestReport, dict[str, list[list[str]]]]:
        """Run `tests` as `calls` does, and return literals instead of fingerprints.

        What was given is a dictionary of names, with ``*`` and ``**`` for the rest; it and the
        result are empty where they are not of built-in types throughout.
        """
        functions = [{"path": path, "name": name, "values": True} for path, name in watch]
        report, end = self._ask(patch, tests, {"watch": functions})
        calls = end.get("calls", {}) if report.ending == "finished" else {}
        return report, calls if _is_record_of_calls(calls) else {}

    def survey(self, *, run: bool = True) -> tuple[TestReport, list[str]]:
        """Run (or only collect) everything on the base tree; also name the modules it imported."""
        extra = {"list_modules": True, "canary": run, "collect_only": not run}
        report, end = self._ask(Patch(), (), extra)
        return report, list(end.get("modules", []))

    def sample(self, budget_s: float) -> tuple[TestReport, list[str], int]:
        """See `Probed.sample`."""
        report, end = self._ask(Patch(), (), {"list_modules": True, "budget_s": budget_s})
        return report, list(end.get("modules", [])), int(end.get("collected", 0))

    def backwards(self, tests: Sequence[str]) -> TestReport:
        """See `Probed.backwards`."""
        report, _ = self._ask(Patch(), tests, {"backwards": True})
        return report

    def _key(self, patch: Patch, tests: Sequence[str], coverage: bool, attempt: int) -> str:
        return digest([self.settings.identity, patch.files, sorted(tests), coverage, attempt])

    def _ask(
        self, patch: Patch, tests: Sequence[str], extra: dict[str, Any]
    ) -> tuple[TestReport, dict[str, Any]]:
        answer, nonce, seconds = self._asked(patch, tests, extra)
        return read_report(answer, nonce, seconds, canaries=extra.get("canary", True))

    def _ask_rounds(self, patch: Patch, tests: Sequence[str], times: int) -> list[TestReport]:
        """Return the reports of the rounds that were played to their end."""
        answer, nonce, seconds = self._asked(patch, tests, {"rounds": times})
        reports = (read_report(one, nonce, seconds / times)[0] for one in rounds_of(answer, times))
        return [report for report in reports if report.ending == "finished"]

    def _asked(
        self, patch: Patch, tests: Sequence[str], extra: dict[str, Any]
    ) -> tuple[dict[str, Any], str, float]:
        nonce = secrets.token_hex(16)
        limits = self._limits(tests, traced=bool(extra.get("coverage") or extra.get("watch")))
        message = {**run_message(self.settings, patch, tests, limits, nonce), **extra}
        message["brief"] = bool(tests) and not self.wordy
        started = time.perf_counter()
        answer = self.pool.ask(message, limits.wall_s)
        seconds = time.perf_counter() - started
        self.latencies_s.append(seconds)
        return answer, nonce, seconds

    def _limits(self, tests: Sequence[str], *, traced: bool) -> Limits:
        """Return the limits of a run: tight in time for chosen tests whose usual time is known.

        A break that loops for ever is common; nobody should wait minutes for each.
        """
        whole = self.settings.limits
        if not tests or not all(test in self.expected_s for test in tests):
            return whole
        usual = sum(self.expected_s[test] for test in tests)
        cpu_s = (TRACED_CPU_S if traced else LEAST_CPU_S) + int(10 * usual)
        most = self.settings.chosen or whole
        return replace(whole, cpu_s=min(most.cpu_s, cpu_s), wall_s=min(most.wall_s, 4 + 2 * cpu_s))


def as_pytest(suite: Suite) -> PytestSuite:
    """Return `suite` as one that pytest runs.

    Raises:
        UserError: It is another language's.
    """
    if not isinstance(suite, PytestSuite):
        raise UserError(
            "this is done for Python with pytest only",
            "For other languages there are breaks (journeyman prove) and the exam.",
        )
    return suite


def run_message(
    settings: SuiteSettings, patch: Patch, tests: Sequence[str], limits: Limits, nonce: str
) -> dict[str, Any]:
    """Return what a fork server is asked for one run of `tests` (all when empty)."""
    return {
        "files": patch.files,
        "tests": list(tests),
        "paths": settings.paths,
        "arguments": settings.arguments,
        "python_path": settings.python_path,
        "environment": dict(settings.environment),
        "limits": limits.plain(),
        "nonce": nonce,
        "brief": True,
        "guarded": guarded_files(tests),
    }


def guarded_files(tests: Sequence[str]) -> list[str]:
    """Return the files that a run of `tests` must leave alone: test modules and their conftests."""
    modules = {test.split("::")[0] for test in tests}
    folders = {folder for module in modules for folder in PurePosixPath(module).parents}
    conftests = {(folder / "conftest.py").as_posix() for folder in folders}
    return sorted(modules | conftests)


def _is_record_of_calls(calls: Any) -> bool:
    """Whether `calls` is what the reporter writes; code under test could have written others."""
    return isinstance(calls, dict) and all(
        isinstance(pairs, list)
        and all(
            isinstance(one, list) and len(one) == 3 and all(isinstance(part, str) for part in one)
            for one in pairs
        )
        for pairs in calls.values()
    )
