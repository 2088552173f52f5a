"""Python behind the seam: what the packages below do, put together."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from journeyman.grading.cheats import CHEATS
from journeyman.grading.forging import Cheat
from journeyman.grading.grader import Grader
from journeyman.grading.protected import Protected
from journeyman.languages.language import Language, Read, Serving
from journeyman.languages.limits import limits_of
from journeyman.records import digest
from journeyman.records.baseline import Baseline
from journeyman.repository.compiled import compile_tree
from journeyman.repository.detect import Plan, detect
from journeyman.repository.environment import Environment, base, build
from journeyman.repository.launcher import Launcher
from journeyman.repository.tree import Tree
from journeyman.sandbox import unisolated
from journeyman.sandbox.bubblewrap import Bind
from journeyman.sandbox.forkserver import Pool, Server
from journeyman.sandbox.testing.pytest_suite import PytestSuite, SuiteSettings
from journeyman.sandbox.testing.suite import Identified, Memory, Surveyed
from journeyman.settings import Settings
from journeyman.tasks.breaking import Breakage, Site, Source, families, unchecked, worthy
from journeyman.tasks.history.kinds import PYTHON, FileKinds
from journeyman.understanding.duplicates import near_duplicates

RUNNER = 6
"""Counted up when `sandbox.inside` changes what a run can come to: old results count no more."""


class Python(Language):
    """See `Language`."""

    name: ClassVar[str] = "python"
    practises: ClassVar[bool] = True
    unisolated: ClassVar[bool] = True

    @property
    def kinds(self) -> FileKinds:
        """See `Language.kinds`."""
        return PYTHON

    def detect(self, tree: Tree, settings: Settings) -> Plan:
        """See `repository.detect`."""
        return detect(tree, settings)

    def build(
        self,
        tree: Tree,
        plan: Plan,
        settings: Settings,
        directory: Path,
        launcher: Launcher,
        *,
        version: str = "",
    ) -> Environment:
        """See `repository.environment.build`."""
        return build(tree, plan, settings, directory, launcher, version=version)

    def serve(self, serving: Serving) -> tuple[Server, Identified]:
        """Return how test servers are started, on a base tree with its byte code, and the suite."""
        environment, plan, shown = serving.environment, serving.plan, serving.shown
        base(serving.tree, environment, shown)
        binds = tuple(Bind(host, inside) for host, inside in environment.binds())
        if serving.tier != unisolated.TIER:
            arguments = (*plan.arguments, *plan.test_paths)
            compile_tree(shown, environment.python, binds, arguments, "1", serving.tier)
        how = suite_settings(plan, environment, serving.settings, serving.tree, serving.tier)
        server = Server(environment.python, shown, binds, tier=serving.tier, limits=how.limits)
        return server, how

    def suite(
        self,
        pool: Pool,
        how: Identified,
        memory: Memory | None = None,
        expected_s: Mapping[str, float] | None = None,
    ) -> PytestSuite:
        """Return the tests, run by pytest."""
        assert isinstance(how, SuiteSettings)
        return PytestSuite(pool, how, memory, expected_s)

    def command(self, plan: Plan) -> str:
        """Return pytest's command line."""
        return shlex.join(["pytest", *plan.arguments, *plan.test_paths])

    def protected(self, plan: Plan, tree: Tree, baseline: Baseline) -> Protected:
        """Return which files of a patch never reach the grader."""
        files = (*tree.files(), *tree.contents.other)
        installed = {name.partition(".")[0] for name in baseline.imported}
        return Protected(plan.test_files, files, installed)

    def grader(self, suite: Surveyed, protected: Protected, read: Read) -> Grader:
        """Return the judge, which looks through patches and replays the reference's calls."""
        return Grader(suite, protected, read)

    @property
    def cheats(self) -> tuple[Cheat, ...]:
        """See `grading.cheats`."""
        return CHEATS

    @property
    def families(self) -> tuple[Breakage, ...]:
        """See `tasks.breaking`."""
        return families()

    def source(self, path: str, text: str) -> Source:
        """Return a source file."""
        return Source(path, text)

    def sites(self, source: Any) -> Iterator[Site]:
        """See `tasks.breaking.unchecked`."""
        return unchecked(source)

    def worthy(self, sites: Iterable[Site], source_of: Callable[[str], Any]) -> Iterator[Site]:
        """See `tasks.breaking.worthy`."""
        return worthy(sites, source_of)

    def near_duplicates(self, functions: Mapping[str, str]) -> list[tuple[str, str]]:
        """See `understanding.duplicates`."""
        return near_duplicates(functions)


def suite_settings(
    plan: Plan, environment: Environment, settings: Settings, tree: Tree, tier: str
) -> SuiteSettings:
    """Return how the suite is run; everything that could change a result is in its identity."""
    limits, chosen = limits_of(settings)
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
