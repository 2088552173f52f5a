"""A pytest plugin that writes every test's outcome when the session ends by itself."""

from __future__ import annotations

import json
import os
import pathlib
from typing import Any

_RANK = {"passed": 0, "skipped": 1, "failed": 2}
_results: dict[str, str] = {}


def pytest_runtest_logreport(report: Any) -> None:
    """Keep the worst outcome of a test's phases."""
    outcome = "skipped" if hasattr(report, "wasxfail") else report.outcome
    before = _results.get(report.nodeid, "passed")
    _results[report.nodeid] = max(before, outcome, key=_RANK.__getitem__)


def pytest_sessionfinish(session: Any, exitstatus: int) -> None:
    """Write down what was kept, and whether the run came to its own end."""
    path = os.environ.pop("JOURNEYMAN_REPORT", "")
    if path:
        told = {"results": _results, "ended": exitstatus in (0, 1)}
        pathlib.Path(path).write_text(json.dumps(told), "utf-8")
