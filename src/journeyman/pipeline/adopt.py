"""Stage 1, adopt: from a source to a tree, an environment, and a suite that is known through.

`adopt` does what has not been done yet and returns an `Adopted`; closing it kills its test servers.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from journeyman.errors import AdoptError, IsolationError
from journeyman.languages import Language, choose
from journeyman.languages.language import Serving
from journeyman.pipeline.adopted import Adopted
from journeyman.progress import Progress, Silent
from journeyman.records import Coverage, digest
from journeyman.records.baseline import Baseline
from journeyman.records.store import Store
from journeyman.repository.adoption import Adoption, current
from journeyman.repository.baseline import measure
from journeyman.repository.launcher import DirectLauncher, IsolatedLauncher, Launcher
from journeyman.repository.source import Checkout, fetch, fetched, settled
from journeyman.repository.tree import Tree, export
from journeyman.sandbox import unisolated
from journeyman.sandbox.forkserver import Pool, Server
from journeyman.sandbox.testing.suite import Identified, Surveyed
from journeyman.sandbox.tiers import Choice
from journeyman.sandbox.tiers import choose as choose_tier
from journeyman.settings import Settings
from journeyman.tasks.history.candidate import Candidate, later_fixes
from journeyman.workspace import Project, Workspace

BASELINE_RUNS = 3


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
        source: A local Git repository, a Git URL, ``pypi:NAME==VERSION`` or
            ``npm:NAME@VERSION``.
        workers: Test runs at a time; the number of processors when left out.

    Raises:
        UserError: With what to do about it: `SourceError`, `AdoptError`, `IsolationError`, …
    """
    settings = settings or Settings()
    source = settled(source)
    tier = isolation(settings)
    project = workspace.project(project_name(source))

    def bring() -> Checkout:
        return fetch(
            source,
            project.folder("repository"),
            index=settings.environment.index_url,
            offline=settings.environment.offline,
            releases=settings.history.releases,
        )

    return _opened(source, project, settings, tier, bring, None, progress or Silent(), workers)


def reopen(
    project: Project,
    settings: Settings | None = None,
    *,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Adopted:
    """Open what was adopted before, as it was then, with the settings it was adopted with.

    Args:
        settings: Others for this time only. Where they change what is adopted, that is done for
            this time; what later commands find stays as it was.

    Raises:
        UserError: Nothing was adopted there.
    """
    before = current(project)
    chosen = settings or before.settings

    def bring() -> Checkout:
        return fetched(project.folder("repository"), before.head)

    return _opened(
        before.source,
        project,
        chosen,
        isolation(chosen),
        bring,
        before,
        progress or Silent(),
        workers,
    )


def _opened(
    source: str,
    project: Project,
    settings: Settings,
    tier: Choice,
    bring: Callable[[], Checkout],
    before: Adoption | None,
    progress: Progress,
    workers: int | None,
) -> Adopted:
    with ExitStack() as closing:
        closing.enter_context(project.locked())
        if tier.name == unisolated.TIER or before is None or tier.name != before.tier:
            bare = tier.name == unisolated.TIER
            progress.say(unisolated.WARNING if bare else f"sandbox: {tier.text}")
        store = Store(project.folder("store"))
        closing.callback(store.close)
        adopter = _Adopter(
            source, project, settings, tier, bring(), before, store, progress,
            workers or os.cpu_count() or 1,
        )  # fmt: skip
        adopted = adopter.adopt(closing)
        adopted.closing = closing.pop_all()
        return adopted


def project_name(source: str) -> str:
    """Return the folder name a source is kept under: readable, and distinct for distinct ones."""
    if source.startswith(("pypi:", "npm:")):
        name = source.partition(":")[2].partition("#")[0]
        return re.sub(r"[^\w.-]+", "-", name).strip("-")
    place = source if "://" in source or "@" in source else str(Path(source).resolve())
    stem = re.sub(r"\.git$", "", place.rstrip("/").rpartition("/")[2]) or "repository"
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '-', stem)}-{digest(place)[:6]}"


@dataclass(frozen=True)
class _Adopter:
    """Finds the newest commit far enough back that can be practised on, and opens it."""

    source: str
    project: Project
    settings: Settings
    tier: Choice
    checkout: Checkout
    before: Adoption | None
    """What is opened again; `None` for a source that is adopted now, and then remembered."""
    store: Store
    progress: Progress
    workers: int

    def adopt(self, closing: ExitStack) -> Adopted:
        """Open the base before the later real fixes; before fewer of them where that fails."""
        fixes = self._later_fixes()
        while True:
            commit = fixes[-1].before if fixes else self.checkout.commit
            try:
                return self._open(commit, len(fixes), closing)
            except AdoptError as error:
                if not fixes:
                    raise
                self.progress.say(
                    f"{commit[:12]} cannot be practised on ({error.message}); trying a later one"
                )
                fixes = fixes[: len(fixes) // 2]

    def _later_fixes(self) -> list[Candidate]:
        """Return the fixes to keep for the exam, newest first: as few as before, if known."""
        head = self.checkout.commit
        fixes = later_fixes(self.checkout.git, head, self.settings.exam.fixes)
        before = self.before or self.store.get_record("adoption", "current", Adoption)
        if before is None or before.head != head:
            return fixes
        same = _basis(before.settings) == _basis(self.settings)
        return fixes[: before.fixes] if same else fixes

    def _open(self, commit: str, fixes: int, closing: ExitStack) -> Adopted:
        adoption, tree = self._build(commit, fixes)
        server, how = self._server(adoption, tree)
        baseline, coverage = self._known(how, server)
        if self.before is None:
            self.store.put_record("adoption", "current", adoption)
        pool = Pool(with_modules(server, baseline.modules), self.workers)
        closing.callback(pool.close)
        return Adopted(
            self.project, self.settings, adoption, self.checkout, tree, baseline, coverage,
            self.store, pool, self.workers, closing, self.language, how,
        )  # fmt: skip

    def _build(self, commit: str, fixes: int) -> tuple[Adoption, Tree]:
        if self.tier.name == unisolated.TIER and not self.language.unisolated:
            raise IsolationError(
                f"{self.language.name} is installed and run in a sandbox only",
                "Leave --unisolated (sandbox.isolation) out.",
            )
        tree = export(self.checkout.git, commit, self.project.folder("trees") / commit)
        plan = self.language.detect(tree, self.settings)
        if self.before is None:
            own = self.settings.environment.python is None
            self.progress.say("installing" if own else "using the environment")
        environment = self.language.build(
            tree,
            plan,
            self.settings,
            self.project.folder("environments"),
            _launcher(self.tier.name),
            version=self.checkout.version,
        )
        notes = (_base_note(commit, fixes),) if fixes else ()
        adoption = Adoption(
            source=self.source,
            name=self.project.name,
            commit=commit,
            head=self.checkout.commit,
            fixes=fixes,
            plan=plan,
            environment=environment,
            tier=self.tier.name,
            passed_over=self.tier.passed_over,
            notes=(*self.checkout.notes, *notes, *tree.notes, *environment.notes),
            date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            settings=self.settings,
        )
        return adoption, tree

    def _server(self, adoption: Adoption, tree: Tree) -> tuple[Server, Identified]:
        """Return how test servers are started, on a base tree laid out for them, and the suite."""
        environment = adoption.environment
        shown = self.project.folder("base") / digest([tree.commit, environment.key])
        return self.language.serve(
            Serving(tree, adoption.plan, environment, self.settings, shown, self.tier.name)
        )

    @cached_property
    def language(self) -> Language:
        """The language that the newest commit has most tests in, or the one that is set."""
        wanted = self.settings.environment.language
        if wanted is None and self.before is not None:
            wanted = self.before.plan.language
        entries = self.checkout.git.entries(self.checkout.commit)
        return choose([os.fsdecode(entry.path) for entry in entries], wanted)

    def _known(self, how: Identified, server: Server) -> tuple[Baseline, Coverage]:
        """Return what the suite does on the base tree, measured once."""
        baseline = self.store.get_record("baseline", how.identity, Baseline)
        coverage = self.store.get_record("coverage", how.identity, Coverage)
        if baseline is not None and coverage is not None:
            return baseline, coverage
        with ExitStack() as pools:

            def pool(one: Server) -> Pool:
                made = Pool(one, self.workers)
                pools.callback(made.close)
                return made

            def prepared(modules: Sequence[str]) -> Surveyed:
                return self.language.suite(pool(with_modules(server, modules)), how)

            first = self.language.suite(pool(server), how)
            baseline, coverage = measure(
                first,
                prepared,
                BASELINE_RUNS,
                self.workers,
                self.progress,
                self.settings.tests.timeout_s * PART,
            )
        self.store.put_record("baseline", how.identity, baseline)
        self.store.put_record("coverage", how.identity, coverage)
        return baseline, coverage


PART = 0.2
"""Of the time that the whole suite may take, how much a part may that stands for it: it is run
with every line traced, too, which takes several times as long."""


def with_modules(server: Server, modules: Sequence[str]) -> Server:
    """Return the server that imports `modules` beforehand."""
    return replace(server, modules=tuple(modules))


def _basis(settings: Settings) -> tuple[object, ...]:
    """Return the settings that decide whether a commit can be adopted."""
    return (
        settings.environment,
        settings.tests,
        settings.code,
        settings.sandbox,
        settings.exam.fixes,
    )


def _base_note(commit: str, fixes: int) -> str:
    return (
        f"Practises on {commit[:12]}, before the last {fixes} fixes in the history, so that "
        "these can be the exam (set exam.fixes to 0 to practise on HEAD)."
    )


def isolation(settings: Settings) -> Choice:
    """Return the isolation in use; refuse what cannot be had, or cannot be done without it."""
    chosen = choose_tier(settings.sandbox.isolation)
    if chosen.name == unisolated.TIER and "/" not in (settings.environment.python or ""):
        raise IsolationError(
            "without isolation no environment is built: installing runs the packages' own code",
            "Make one yourself, with pytest and coverage in it, and name its interpreter in "
            'journeyman.toml:\n  [environment]\n  python = "/path/to/venv/bin/python"',
        )
    return chosen


def _launcher(tier: str) -> Launcher:
    return DirectLauncher() if tier == unisolated.TIER else IsolatedLauncher(tier)
