"""Run pytest in this process on chosen tests and report test by test through a pipe.

The reporter is an object handed to `pytest.main`, not a plugin that could be looked up by name, so
the tree can neither load its own nor replace it. Code under test shares this process all the same:
what it could still forge is listed in `docs/design/grading.md`.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import site
import sys
import threading
import types
from typing import Any

import isolate
import pytest
import trace_calls
from canary import play_canaries
from frames import write_all
from pace import Pace
from screen import Screen
from warm import preload as preload

_OWN = (
    *("bodies", "call_filter", "canary", "frames", "isolate", "landlock_rules", "pace", "powers"),
    *("pytest_run", "run_tier", "screen", "server", "server_channel", "supervise", "trace_calls"),
    *("tree_copy", "unisolated", "warm"),
)


def run(request: dict[str, Any], report_fd: int) -> int:
    """Run the requested tests; return pytest's exit status (see the module's docstring).

    Keys of `request`: `tests` (ids, empty for all), `paths`, `arguments`, `python_path`,
    `environment`, `nonce`, `brief` (no tracebacks are printed), `coverage` (bool), `rounds` (how
    often the tests are run once they are collected, 1 by default), `watch` (functions to record
    calls of), `backwards` (bool: the last test first), `budget_s` (see `pace`), `screen` (a socket
    over which tries are asked for, see `screen`). Places in `python_path` begin with ``/repo``.
    """
    os.environ.update(request.get("environment", {}))
    sys.dont_write_bytecode = True
    _step_out_of_sight()
    _make_importable([isolate.REPOSITORY + place[5:] for place in request["python_path"]])
    reporter = Reporter(report_fd, request)
    screen = request.get("screen")
    plugins: list[Any] = [reporter]
    if screen is not None:
        plugins.append(Screen(screen, isolate.REPOSITORY, reporter))
    if request.get("budget_s"):
        plugins.append(Pace(request["budget_s"]))
    paths = sorted({test.split("::")[0] for test in request["tests"]}) or request["paths"]
    arguments = [
        f"--rootdir={isolate.REPOSITORY}",
        "-pno:cacheprovider",
        "--continue-on-collection-errors",
        *(
            ["--tb=no", "--no-header", "--no-summary", "-q"]
            if request["brief"]
            else ["--tb=native"]
        ),
        "--color=no",
        *request["arguments"],
        *paths,
    ]
    with trace_calls.watching(request.get("watch") or []) as calls:
        gc.disable()  # until the first test: of what is imported and collected nothing is garbage
        status = int(pytest.main(arguments, plugins=plugins))
    reporter.finish(status, calls)
    return status


def _step_out_of_sight() -> None:
    """Take our own modules from where code under test could import and patch them by name."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [place for place in sys.path if os.path.abspath(place or ".") != here]
    for name in _OWN:
        sys.modules.pop(name, None)
    sys.modules["__main__"] = types.ModuleType("__main__")


def _make_importable(python_path: list[str]) -> None:
    """Put the tree on the path as the environment's own link files say, now that it is there.

    Its root comes last of all, for tests that import each other as ``python -m pytest`` lets them.
    """
    for folder in reversed(python_path):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    for folder in [path for path in sys.path if path.endswith("-packages")]:
        site.addsitedir(folder)
    if isolate.REPOSITORY not in sys.path:
        sys.path.append(isolate.REPOSITORY)
    importlib.invalidate_caches()
    sys.path_importer_cache.clear()


class Reporter:
    """A pytest plugin object: selects the tests, plays the canaries, writes what happened."""

    def __init__(self, fd: int, request: dict[str, Any]) -> None:
        self._fd = fd
        self._nonce = request["nonce"]
        self._wanted = set(request["tests"])
        self._needed = _with_what_they_stand_in(request["tests"])
        self._brief = bool(request["brief"])
        self._canary = bool(request.get("canary", True))
        self._collect_only = bool(request.get("collect_only"))
        self._list_modules = bool(request.get("list_modules"))
        self._backwards = bool(request.get("backwards"))
        self._collected = 0
        self._rounds = int(request.get("rounds", 1))
        self._round = 0
        self._canaries: dict[str, str] = {}
        self._results: dict[str, dict[str, Any]] = {}
        self._where: dict[str, tuple[str, int, str]] = {}
        self._coverage = _start_coverage() if request.get("coverage") else None
        self.bad = False
        """Whether a test has failed."""

    def write_to(self, fd: int) -> None:
        """Write to another descriptor from now on."""
        self._fd = fd

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, collector: Any, name: str) -> list[Any] | None:
        """Pass over functions and classes without a wanted test: making items takes long."""
        if not self._needed or collector.nodeid.split("::")[0] in self._wanted:
            return None
        return None if f"{collector.nodeid}::{name}" in self._needed else []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Keep the wanted tests, in the order collected; a file's name wants all of its tests."""
        if self._wanted:
            items[:] = [
                item
                for item in items
                if item.nodeid in self._wanted or item.nodeid.split("::")[0] in self._wanted
            ]
        if self._backwards:
            items.reverse()
        self._collected = len(items)
        if self._collect_only:
            for item in items:
                self._write({"id": item.nodeid, "outcome": "skipped"})
            items.clear()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtestloop(self, session: Any) -> Any:
        """Play the canaries after all tests, with whatever those left patched in place.

        All rounds but the last are played by children, one after the other, so that each begins
        with what was collected and nothing else (in memory; the files are the same).
        """
        gc.enable()
        child = self._in_a_child() if self._rounds > 1 else False
        yield
        if self._canary:
            self._canaries = play_canaries(session)
        if child:
            self._write({"over": self._round, "canaries": self._canaries})
            os._exit(0)

    def _in_a_child(self) -> bool:
        """Have the rounds before the last played; return whether this process is to play one."""
        if threading.active_count() > 1:
            return False  # a child would have to do without the other threads
        gc.freeze()  # or each round's collections would walk, and so copy, all of it
        for number in range(self._rounds - 1):
            sys.stdout.flush()
            sys.stderr.flush()
            player = os.fork()
            if player == 0:
                self._round = number
                return True
            os.waitpid(player, 0)
        self._round = self._rounds - 1
        return False

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Any:
        """Attribute lines to the test that runs."""
        if self._coverage is not None:
            self._coverage.switch_context(item.nodeid)
        yield
        if self._coverage is not None:
            self._coverage.switch_context("")

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Say which test begins, so that one that hangs can be named."""
        self._write({"start": nodeid})

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        """Remember where in the tree a failure was raised.

        After the others: for `unittest` cases pytest itself fills in the exception only there.
        """
        if self._brief and call.excinfo is not None:
            item.repr_failure = item._repr_failure_py = _say_nothing
        yield
        if call.excinfo is not None:
            self._where[item.nodeid] = _failing_place(call.excinfo)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Fold a test's phases into one outcome and write it once the test is torn down."""
        entry = self._results.setdefault(
            report.nodeid, {"id": report.nodeid, "outcome": "", "seconds": 0.0}
        )
        entry["seconds"] += getattr(report, "duration", 0.0)
        outcome = _outcome(report)
        if outcome and entry["outcome"] not in ("failed", "error"):
            entry["outcome"] = outcome
        if report.failed:
            self.bad = True
            path, line, message = self._where.get(report.nodeid, ("", 0, ""))
            entry.update(path=path, line=line, message=message)
        if report.when == "teardown":
            self._write(entry)

    def pytest_collectreport(self, report: Any) -> None:
        """Report a file that cannot be collected under its own id, as an error."""
        if report.failed:
            text = str(report.longrepr)
            lines = [line for line in text.splitlines() if line.startswith("E ")]
            last = (lines or text.splitlines() or [""])[-1]
            message = (last[1:] if lines else last).strip()
            entry = {"id": report.nodeid, "outcome": "error", "seconds": 0.0}
            self._write({**entry, "message": message[:600], "every": True})

    def finish(self, status: int, calls: dict[str, Any]) -> None:
        """Write the closing entry; a report without it did not come to its own end."""
        end: dict[str, Any] = {"end": status, "canaries": self._canaries}
        if self._coverage is not None:
            self._coverage.stop()
            end["coverage"] = _lines_by_test(self._coverage)
        if calls:
            end["calls"] = calls
        if self._list_modules:
            end["modules"] = _third_party_modules()
            end["collected"] = self._collected
        self._write(end)

    def _write(self, entry: dict[str, Any]) -> None:
        told = {"nonce": self._nonce, **entry}
        if self._round:
            told["round"] = self._round
        write_all(self._fd, (json.dumps(told) + "\n").encode())


def _say_nothing(*_: Any, **__: Any) -> str:
    """Stand in for pytest's formatting of tracebacks, which takes longer than most tests."""
    return ""


def _with_what_they_stand_in(tests: list[str]) -> set[str]:
    """Return the ids of functions and classes that hold `tests`, without their parameters."""
    found = set()
    for test in tests:
        path, _, rest = test.partition("::")
        for name in rest.partition("[")[0].split("::"):
            path = f"{path}::{name}"
            found.add(path)
    return found


def _outcome(report: Any) -> str:
    if report.when == "call" and report.passed:
        return "xpassed" if hasattr(report, "wasxfail") else "passed"
    if report.skipped:
        return "xfailed" if hasattr(report, "wasxfail") else "skipped"
    if report.failed:
        return "failed" if report.when == "call" else "error"
    return ""


def _failing_place(excinfo: Any) -> tuple[str, int, str]:
    """Return path, line and message of the deepest frame inside the repository."""
    path, line = "", 0
    inside = isolate.REPOSITORY + "/"
    trace = excinfo.tb
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.startswith(inside):
            path, line = name[len(inside) :], trace.tb_lineno
        trace = trace.tb_next
    try:
        message = excinfo.exconly()
    except Exception as error:  # the exception's own __str__ is code under test
        message = f"{excinfo.typename} (its text cannot be had: {type(error).__name__})"
    return path, line, message[:600]


def _start_coverage() -> Any:
    import coverage

    # The newer core stops looking at a line once one test went through it.
    os.environ["COVERAGE_CORE"] = "ctrace"
    measured = coverage.Coverage(
        data_file=None, config_file=False, include=[f"{isolate.REPOSITORY}/*"]
    )
    measured.start()
    return measured


def _lines_by_test(measured: Any) -> dict[str, Any]:
    """Return `{"tests": [...], "files": {path: {line: [test index, ...]}}}`."""
    data = measured.get_data()
    tests: dict[str, int] = {}
    files: dict[str, dict[int, list[int]]] = {}
    for name in data.measured_files():
        lines = {
            line: sorted(tests.setdefault(test, len(tests)) for test in contexts if test)
            for line, contexts in data.contexts_by_lineno(name).items()
        }
        files[name[len(isolate.REPOSITORY) + 1 :]] = {
            line: hit for line, hit in lines.items() if hit
        }
    return {"tests": list(tests), "files": files}


def _third_party_modules() -> list[str]:
    """Return the imported modules that a server may preload: none that lives in the tree."""
    names = []
    ours = (isolate.REPOSITORY + "/", os.path.dirname(os.path.abspath(__file__)))
    for name, module in list(sys.modules.items()):
        file = str(getattr(module, "__file__", None) or "")
        if file.startswith("/") and not file.startswith(ours):
            names.append(name)
    return [name for name in names if name != "__main__"]
