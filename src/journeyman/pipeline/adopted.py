"""An adopted repository, open and ready for the later stages; how its suite is run."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Self

from journeyman.grading.grader import Grader
from journeyman.grading.protected import Protected
from journeyman.languages import Language
from journeyman.records import Coverage
from journeyman.records.baseline import Baseline
from journeyman.records.memory import StoredReports
from journeyman.records.store import Store
from journeyman.repository.adoption import Adoption
from journeyman.repository.source import Checkout
from journeyman.repository.tree import Tree
from journeyman.sandbox.forkserver import Pool
from journeyman.sandbox.testing.pytest_suite import Memory
from journeyman.sandbox.testing.suite import Identified, Surveyed
from journeyman.settings import Settings
from journeyman.workspace import Project


@dataclass
class Adopted:
    """An adopted repository, open: everything the later stages stand on."""

    project: Project
    settings: Settings
    adoption: Adoption
    checkout: Checkout
    tree: Tree
    baseline: Baseline
    coverage: Coverage
    store: Store
    pool: Pool
    workers: int
    closing: ExitStack
    language: Language
    how: Identified
    """How the suite is run."""

    @cached_property
    def suite(self) -> Surveyed:
        """The tests, with reports remembered in the store."""
        return self.suite_with(StoredReports(self.store))

    def suite_with(self, memory: Memory | None) -> Surveyed:
        """Return the tests, with reports remembered in `memory` (nowhere for `None`)."""
        return self.language.suite(self.pool, self.how, memory, self.baseline.passing)

    @cached_property
    def protected(self) -> Protected:
        """Which files of a patch never reach the grader."""
        return self.language.protected(self.adoption.plan, self.tree, self.baseline)

    @cached_property
    def grader(self) -> Grader:
        """The judge of patches to this tree."""
        return self.grader_with(self.suite)

    def grader_with(self, suite: Surveyed) -> Grader:
        """Return the judge that asks `suite`."""
        return self.language.grader(suite, self.protected, self.read)

    @cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset(self.tree.files())

    def read(self, path: str) -> str | None:
        """Return a file of the base tree, or `None`."""
        return self.tree.read(path) if path in self._texts else None

    def close(self) -> None:
        """Kill the test servers, close the store, and let go of the project."""
        self.closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()
