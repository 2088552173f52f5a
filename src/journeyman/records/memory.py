"""Test reports remembered in the store, so that no run is made twice."""

from __future__ import annotations

from journeyman.records.store import Store
from journeyman.records.testing import TestReport


class StoredReports:
    """Satisfies `journeyman.sandbox.testing.pytest_suite.Memory` over a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def recall(self, key: str) -> TestReport | None:
        """Return the report stored under `key`, if any."""
        return self._store.get_record("report", key, TestReport)

    def remember(self, key: str, report: TestReport) -> None:
        """Store `report` under `key`."""
        self._store.put_record("report", key, report)
