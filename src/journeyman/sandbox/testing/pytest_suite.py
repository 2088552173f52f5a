"""pytest behind the `Suite` seam: asks the fork servers, and checks from outside what they say."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any, Protocol

from journeyman.errors import UserError
from journeyman.records import Coverage, Patch, TestReport, TestResult, digest
from journeyman.sandbox.forkserver import Pool
from journeyman.sandbox.limits import Limits
from journeyman.sandbox.testing.suite import Suite

CANARIES = {
    "canary-plain-assert": "failed",
    "canary-raised": "failed",
    "canary-not-raised": "failed",
    "canary-unequal": "failed",
    "canary-approximate": "failed",
    "canary-sound": "passed",
}
"""As in `inside/canary.py`, which runs under another interpreter; a test holds them equal."""


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


class Memory(Protocol):
    """Where reports are remembered."""

    def recall(self, key: str) -> TestReport | None:
        """Return the report stored under `key`, if any."""
        ...

    def remember(self, key: str, report: TestReport) -> None:
        """Store `report` under `key`."""
        ...


class Forgetful:
    """Remembers nothing, so that every run is made."""

    def recall(self, key: str) -> TestReport | None:
        """Return nothing."""
        return None

    def remember(self, key: str, report: TestReport) -> None:
        """Do nothing."""


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
        key = digest([self.settings.identity, patch.files, sorted(tests), coverage, attempt])
        known = self.memory.recall(key)
        if known is not None:
            return known
        report, _ = self._ask(patch, tests, {"coverage": coverage})
        self.memory.remember(key, report)
        return report

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

    def _ask(
        self, patch: Patch, tests: Sequence[str], extra: dict[str, Any]
    ) -> tuple[TestReport, dict[str, Any]]:
        nonce = secrets.token_hex(16)
        limits = self._limits(tests)
        message = {**run_message(self.settings, patch, tests, limits, nonce), **extra}
        message["brief"] = bool(tests) and not self.wordy
        started = time.perf_counter()
        answer = self.pool.ask(message, limits.wall_s)
        seconds = time.perf_counter() - started
        self.latencies_s.append(seconds)
        return read_report(answer, nonce, seconds, canaries=extra.get("canary", True))

    def _limits(self, tests: Sequence[str]) -> Limits:
        """Return the limits of a run: tight in time for chosen tests whose usual time is known.

        A break that loops for ever is common; nobody should wait minutes for each.
        """
        whole = self.settings.limits
        if not tests or not all(test in self.expected_s for test in tests):
            return whole
        usual = sum(self.expected_s[test] for test in tests)
        cpu_s = 5 + (int(10 * usual) if usual > 1 else 0)
        most = self.settings.chosen or whole
        return replace(whole, cpu_s=min(most.cpu_s, cpu_s), wall_s=min(most.wall_s, 10 + 4 * cpu_s))


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


def guarded_files(tests: Sequence[str]) -> list[str]:
    """Return the files that a run of `tests` must leave alone: test modules and their conftests."""
    modules = {test.split("::")[0] for test in tests}
    folders = {folder for module in modules for folder in PurePosixPath(module).parents}
    conftests = {(folder / "conftest.py").as_posix() for folder in folders}
    return sorted(modules | conftests)


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
