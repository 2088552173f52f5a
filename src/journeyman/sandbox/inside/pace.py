"""Run a part of a long suite: every file gets its share of the time, and what is over is left out.

A file that needs less than its share leaves the rest to those behind it; each gets at least one
test. Which tests are taken is measured time, so the caller has to remember them.
"""

from __future__ import annotations

import time
from typing import Any

import pytest


class Pace:
    """A plugin object that leaves out tests once their file's share of `budget_s` is used up."""

    def __init__(self, budget_s: float) -> None:
        self._budget_s = budget_s
        self._left: list[str] = []
        self._file = ""
        self._ends = 0.0
        self._skipped = False

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: Any) -> None:
        """Begin to count: collecting is not part of the budget."""
        self._left = list(dict.fromkeys(_file_of(item) for item in session.items))
        self._budget_s += time.monotonic()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> bool | None:
        """Leave `item` out where its file has had its share."""
        file, now = _file_of(item), time.monotonic()
        if file != self._file:
            self._file = file
            share = (self._budget_s - now) / max(1, len(self._left))
            self._left = [one for one in self._left if one != file]
            self._ends = now + max(0.0, share)
        elif now >= self._ends:
            self._skipped = True
            return True
        if self._skipped:
            # The test before this one left standing what the one behind it was to use.
            item.session._setupstate.teardown_exact(item)
            self._skipped = False
        return None


def _file_of(item: Any) -> str:
    return str(item.nodeid.split("::")[0])
