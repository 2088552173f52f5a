"""An adopted repository, open and ready for the later stages; how its suite is run."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from journeyman.grading.grader import Grader
from journeyman.grading.protected import Protected
from journeyman.grading.quick import Quick
from journeyman.grading.swaps import Bodies
from journeyman.languages import Language
from journeyman.records import Coverage
from journeyman.records.baseline import Baseline
from journeyman.records.memory import StoredReports
from journeyman.records.store import Store
from journeyman.repository.adoption import Adoption
from journeyman.repository.source import Checkout
from journeyman.repository.tree import Tree
from journeyman.sandbox.forkserver import Pool
from journeyman.sandbox.testing.pytest_suite import SuiteSettings
from journeyman.sandbox.testing.screener import Screeners
from journeyman.sandbox.testing.suite import Identified, Memory, Surveyed
from journeyman.settings import Settings
from journeyman.workspace import Project

if TYPE_CHECKING:
    from journeyman.pipeline.courts import Courts


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
        grader = self.language.grader(suite, self.protected, self.read)
        grader.quick = self.quick
        return grader

    @cached_property
    def quick(self) -> Quick | None:
        """The fast way for agents at practice and for breaks that are tried, where there is one.

        What it calls good counts only when a run of its own has said so too.
        """
        if not isinstance(self.how, SuiteSettings):
            return None
        screeners = Screeners(self.pool.server, self.how, self.workers)
        self.closing.callback(screeners.close)
        memory, usual_s = StoredReports(self.store), self.baseline.passing
        return Quick(screeners, Bodies(self.read), self.how.identity, usual_s, memory)

    @cached_property
    def courts(self) -> Courts:
        """Where tasks are judged that stand on other commits."""
        from journeyman.pipeline.courts import Courts

        courts = Courts(
            self.project, self.settings, self.checkout.git, self.store, self.adoption.tier
        )
        self.closing.callback(courts.close)
        return courts

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
