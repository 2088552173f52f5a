"""Stage 1, adopt: from a source to a tree, an environment, and a suite that is known through.

`adopt` does what has not been done yet; `Adopted` is the result, open and ready for the later
stages. Closing it kills its test servers.
"""

from __future__ import annotations

import datetime
import math
import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from journeyman.errors import IsolationError
from journeyman.grading.grader import Grader
from journeyman.grading.protected import Protected
from journeyman.progress import Progress, Silent
from journeyman.records import Coverage, digest
from journeyman.records.baseline import Baseline
from journeyman.records.memory import StoredReports
from journeyman.records.store import Store
from journeyman.repository.adoption import Adoption, current
from journeyman.repository.baseline import measure
from journeyman.repository.compiled import compile_tree
from journeyman.repository.detect import Plan, detect
from journeyman.repository.environment import Environment, base, build
from journeyman.repository.launcher import BubblewrapLauncher, DirectLauncher
from journeyman.repository.source import Checkout, fetch
from journeyman.repository.tree import Tree, export
from journeyman.sandbox import unisolated
from journeyman.sandbox.bubblewrap import Bind, check
from journeyman.sandbox.forkserver import Pool, Server
from journeyman.sandbox.limits import Limits
from journeyman.sandbox.testing.pytest_suite import PytestSuite, SuiteSettings
from journeyman.settings import Settings
from journeyman.tasks.history import later_fixes
from journeyman.workspace import Project, Workspace

BASELINE_RUNS = 3


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

    @cached_property
    def suite(self) -> PytestSuite:
        """The tests, with reports remembered in the store."""
        return PytestSuite(
            self.pool,
            suite_settings(self.adoption.plan, self.adoption.environment, self.settings, self.tree),
            StoredReports(self.store),
            self.baseline.passing,
        )

    @cached_property
    def protected(self) -> Protected:
        """Which files of a patch never reach the grader."""
        files = (*self.tree.files(), *self.tree.contents.other)
        installed = {name.partition(".")[0] for name in self.baseline.modules}
        return Protected(self.adoption.plan.test_files, files, installed)

    @cached_property
    def grader(self) -> Grader:
        """The judge of patches to this tree."""
        return Grader(self.suite, self.protected, self.read)

    @cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset(self.tree.files())

    def read(self, path: str) -> str | None:
        """Return a file of the base tree, or `None`."""
        return self.tree.read(path) if path in self._texts else None

    def close(self) -> None:
        """Kill the test servers and close the store."""
        self.pool.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()


def adopt(
    source: str,
    workspace: Workspace,
    settings: Settings | None = None,
    *,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Adopted:
    """Fetch, install, test three times and trace a repository; what was done before is re-used.

    Args:
        source: A local Git repository, a Git URL, or ``pypi:NAME==VERSION``.
        workers: Test runs at a time; the number of processors when left out.

    Raises:
        UserError: With what to do about it: `SourceError`, `AdoptError`, `IsolationError`, …
    """
    settings = settings or Settings()
    progress = progress or Silent()
    tier = _tier(settings)
    project = workspace.project(project_name(source))
    progress.say(unisolated.WARNING if tier == unisolated.TIER else f"sandbox: {tier}")
    checkout = fetch(
        source,
        project.folder("repository"),
        index=settings.environment.index_url,
        offline=settings.environment.offline,
    )
    commit, notes = _base_commit(checkout, settings)
    tree = export(checkout.git, commit, project.folder("trees") / commit)
    plan = detect(tree, settings)
    progress.say("installing" if settings.environment.python is None else "using the environment")
    environment = build(
        tree,
        plan,
        settings,
        project.folder("environments"),
        DirectLauncher() if tier == unisolated.TIER else BubblewrapLauncher(),
        version=checkout.version,
    )
    adoption = Adoption(
        source=source,
        name=project.name,
        commit=commit,
        head=checkout.commit,
        plan=plan,
        environment=environment,
        tier=tier,
        notes=(*checkout.notes, *notes, *tree.notes, *environment.notes),
        date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        settings=settings_digest(settings),
    )
    store = Store(project.folder("store"))
    try:
        return _open(project, settings, adoption, checkout, tree, store, progress, workers)
    except BaseException:
        store.close()
        raise


def _tier(settings: Settings) -> str:
    """Return the isolation in use; refuse what cannot be had, or cannot be done without it."""
    if settings.sandbox.isolation == "required":
        return check()
    if "/" not in (settings.environment.python or ""):
        raise IsolationError(
            "without isolation no environment is built: installing runs the packages' own code",
            "Make one yourself, with pytest and coverage in it, and name its interpreter in "
            'journeyman.toml:\n  [environment]\n  python = "/path/to/venv/bin/python"',
        )
    return unisolated.TIER


def project_name(source: str) -> str:
    """Return the folder name a source is kept under: readable, and distinct for distinct ones."""
    if source.startswith("pypi:"):
        return re.sub(r"[^\w.-]+", "-", source.removeprefix("pypi:").partition("#")[0]).strip("-")
    place = source if "://" in source or "@" in source else str(Path(source).resolve())
    stem = re.sub(r"\.git$", "", place.rstrip("/").rpartition("/")[2]) or "repository"
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '-', stem)}-{digest(place)[:6]}"


def settings_digest(settings: Settings) -> str:
    """Return a digest of all settings in force."""
    return digest(settings.model_dump(mode="json"))


def suite_settings(
    plan: Plan, environment: Environment, settings: Settings, tree: Tree
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
    known: list[object] = [tree.commit, environment.key, plan.arguments, plan.test_paths, places]
    known += [limits.plain(), chosen.plain()]
    known += [box.isolation] if box.isolation != "required" else []
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


def _open(
    project: Project,
    settings: Settings,
    adoption: Adoption,
    checkout: Checkout,
    tree: Tree,
    store: Store,
    progress: Progress,
    workers: int | None,
) -> Adopted:
    environment, plan = adoption.environment, adoption.plan
    workers = workers or os.cpu_count() or 1
    shown = project.folder("base") / digest([tree.commit, environment.key])
    base(tree, environment, shown)
    binds = tuple(Bind(host, inside) for host, inside in environment.binds())
    isolated = adoption.tier != unisolated.TIER
    if isolated:
        compile_tree(shown, environment.python, binds, (*plan.arguments, *plan.test_paths), "1")
    server = Server(environment.python, shown, binds, isolated=isolated)
    how = suite_settings(plan, environment, settings, tree)
    baseline, coverage = _known(store, how, server, workers, progress)
    store.put_record("adoption", "current", adoption)
    pool = Pool(with_modules(server, baseline.modules), workers)
    return Adopted(
        project, settings, adoption, checkout, tree, baseline, coverage, store, pool, workers
    )


def with_modules(server: Server, modules: Sequence[str]) -> Server:
    """Return the server that imports `modules` beforehand."""
    return replace(server, modules=tuple(modules))


def _known(
    store: Store, how: SuiteSettings, server: Server, workers: int, progress: Progress
) -> tuple[Baseline, Coverage]:
    baseline = store.get_record("baseline", how.identity, Baseline)
    coverage = store.get_record("coverage", how.identity, Coverage)
    if baseline is not None and coverage is not None:
        return baseline, coverage
    pools = [Pool(server, workers)]

    def prepared(modules: Sequence[str]) -> PytestSuite:
        pools.append(Pool(with_modules(server, modules), workers))
        return PytestSuite(pools[-1], how)

    try:
        first = PytestSuite(pools[0], how)
        baseline, coverage = measure(first, prepared, BASELINE_RUNS, workers, progress)
    finally:
        for pool in pools:
            pool.close()
    store.put_record("baseline", how.identity, baseline)
    store.put_record("coverage", how.identity, coverage)
    return baseline, coverage


def _base_commit(checkout: Checkout, settings: Settings) -> tuple[str, tuple[str, ...]]:
    """Return the commit to practise on: before the later real fixes that are kept for the exam."""
    fixes = later_fixes(checkout.git, checkout.commit, settings.exam.fixes)
    if not fixes:
        return checkout.commit, ()
    commit = fixes[-1].parents[0]
    note = (
        f"Practises on {commit[:12]}, before the last {len(fixes)} fixes in the history, so that "
        "these can be the exam (set exam.fixes to 0 to practise on HEAD)."
    )
    return commit, (note,)


def reopen(
    project: Project, settings: Settings | None = None, *, workers: int | None = None
) -> Adopted:
    """Open what was adopted before.

    Raises:
        UserError: Nothing was adopted there.
    """
    adoption = current(project)
    return adopt(adoption.source, Workspace(project.root.parent), settings, workers=workers)
