"""An adopted repository, open and ready for the later stages; how its suite is run."""

from __future__ import annotations

import math
import shlex
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from journeyman.grading.grader import Grader
from journeyman.grading.protected import Protected
from journeyman.grading.quick import Quick
from journeyman.grading.swaps import Bodies
from journeyman.records import Coverage, digest
from journeyman.records.baseline import Baseline
from journeyman.records.memory import StoredReports
from journeyman.records.store import Store
from journeyman.repository.adoption import Adoption
from journeyman.repository.detect import Plan
from journeyman.repository.environment import Environment
from journeyman.repository.source import Checkout
from journeyman.repository.tree import Tree
from journeyman.sandbox.forkserver import Pool
from journeyman.sandbox.limits import Limits
from journeyman.sandbox.testing.pytest_suite import PytestSuite, SuiteSettings
from journeyman.sandbox.testing.screener import Screeners
from journeyman.settings import Settings
from journeyman.workspace import Project

if TYPE_CHECKING:
    from journeyman.pipeline.courts import Courts

RUNNER = 3
"""Counted up when `sandbox.inside` changes what a run can come to: old results count no more."""


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

    @cached_property
    def suite(self) -> PytestSuite:
        """The tests, with reports remembered in the store."""
        return PytestSuite(
            self.pool,
            suite_settings(
                self.adoption.plan,
                self.adoption.environment,
                self.settings,
                self.tree,
                self.adoption.tier,
            ),
            StoredReports(self.store),
            self.baseline.passing,
        )

    @cached_property
    def protected(self) -> Protected:
        """Which files of a patch never reach the grader."""
        files = (*self.tree.files(), *self.tree.contents.other)
        installed = {name.partition(".")[0] for name in self.baseline.imported}
        return Protected(self.adoption.plan.test_files, files, installed)

    @cached_property
    def grader(self) -> Grader:
        """The judge of patches to this tree."""
        return Grader(self.suite, self.protected, self.read, self.quick)

    @cached_property
    def quick(self) -> Quick:
        """The fast way for agents at practice and for breaks that are tried."""
        settings, memory = self.suite.settings, StoredReports(self.store)
        usual_s = self.baseline.passing
        return Quick(self.screeners, Bodies(self.read), settings.identity, usual_s, memory)

    @cached_property
    def screeners(self) -> Screeners:
        """The fast way: what it calls good counts only when a run of its own has said so too."""
        made = Screeners(self.pool.server, self.suite.settings, self.workers)
        self.closing.callback(made.close)
        return made

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


def suite_settings(
    plan: Plan, environment: Environment, settings: Settings, tree: Tree, tier: str
) -> SuiteSettings:
    """Return how the suite is run; everything that could change a result is in its identity."""
    box = settings.sandbox
    limits = Limits(
        wall_s=math.ceil(settings.tests.timeout_s),
        cpu_s=math.ceil(settings.tests.timeout_s),
        memory_mb=box.memory_mb,
        processes=box.processes,
        file_mb=box.file_mb,
        tmp_mb=box.tmp_mb,
    )
    chosen = replace(limits, wall_s=math.ceil(box.wall_s), cpu_s=math.ceil(box.cpu_s))
    variables = {} if plan.plugins else {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    places = tuple(f"/repo/{part}".rstrip("/.") or "/repo" for part in environment.python_path)
    known: list[object] = [
        RUNNER,
        tree.commit,
        environment.key,
        plan.arguments,
        plan.test_paths,
        places,
    ]
    known += [limits.plain(), chosen.plain()]
    known += [tier] if tier != "bubblewrap" else []
    return SuiteSettings(
        identity=digest([known, variables]),
        paths=plan.test_paths,
        arguments=plan.arguments,
        python_path=places,
        environment=tuple(variables.items()),
        limits=limits,
        chosen=chosen,
    )


def command_text(plan: Plan) -> str:
    """Return the test command as a person would type it."""
    return shlex.join(["pytest", *plan.arguments, *plan.test_paths])
