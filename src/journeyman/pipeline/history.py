"""From a history to proven tasks: walk it, sort it out, and ask each change on its own commit.

Needs only the source, not an adopted project: every candidate brings its own tree and environment.
What became of a candidate is stored, so a run that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from journeyman.engine.local import ordered_map
from journeyman.errors import AdoptError, InfrastructureError, SourceError
from journeyman.pipeline.courts import Bench, Courts
from journeyman.pipeline.periods import Periods
from journeyman.progress import Progress, Silent, stage
from journeyman.records import digest
from journeyman.records.store import Store
from journeyman.records.tried import Tried
from journeyman.repository.detect import Plan, detect
from journeyman.repository.elsewhere import holds_answer
from journeyman.repository.source import Checkout
from journeyman.repository.tree import Tree
from journeyman.settings import Settings
from journeyman.tasks.history.candidate import Candidate, Walked, survey
from journeyman.tasks.history.question import Questioner, Result
from journeyman.tasks.history.sides import test_modules
from journeyman.tasks.history.words import Discussions, Writer
from journeyman.workspace import Project

MAKER = 2
"""Counted up when what becomes of a candidate can change: old entries count no more."""

MOST_ENVIRONMENTS = 6
"""Environments tried for one candidate."""


@dataclass
class Archive:
    """A source whose history is asked for: a copy of it, its store and its courts."""

    project: Project
    settings: Settings
    checkout: Checkout
    store: Store
    courts: Courts
    workers: int

    def survey(self) -> Walked:
        """Walk as much of the history as the settings say."""
        wanted = self.settings.history
        return survey(
            self.checkout.git,
            self.checkout.commit,
            commits=wanted.commits,
            since=wanted.since,
            most_files=wanted.most_files,
        )


@contextmanager
def opened(
    project: Project,
    settings: Settings,
    checkout: Checkout,
    tier: str,
    workers: int,
) -> Iterator[Archive]:
    """Open the history of a source; closing it kills every test server.

    Raises:
        UserError: Another process is at work on it.
    """
    with ExitStack() as closing:
        closing.enter_context(project.locked())
        store = Store(project.folder("store"))
        closing.callback(store.close)
        courts = Courts(project, settings, checkout.git, store, tier)
        closing.callback(courts.close)
        yield Archive(project, settings, checkout, store, courts, workers)


def ask(
    archive: Archive, candidates: Sequence[Candidate], progress: Progress | None = None
) -> list[Tried]:
    """Return what becomes of each candidate, in order: the proven ones hold a task.

    Raises:
        SettingsError: The folder with issues, or a file in it, cannot be read.
    """
    progress = progress or Silent()
    asker = _Asker(archive)
    found: list[Tried] = []
    with stage(progress, "history", len(candidates)):
        for entry in ordered_map(asker.ask, candidates, archive.workers):
            found.append(entry)
            proven = sum(one.task is not None for one in found)
            progress.advance(note=f"{proven} of {len(found)} proven")
    return found


def wanted(walked: Walked, settings: Settings) -> list[Candidate]:
    """Return the candidates that the settings ask for, newest first."""
    kinds = ("fix", "feature") if settings.history.features else ("fix",)
    return [candidate for candidate in walked.candidates if candidate.kind in kinds]


class _Asker:
    """Asks candidates, each in the first environment that its tests run in."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        settings, courts = archive.settings, archive.courts
        folder = settings.history.issues
        self.discussions = Discussions(Path(folder).expanduser() if folder else None)
        self.discussions.check()
        self.questioner = Questioner(
            archive.project.name,
            archive.checkout.git,
            settings.tasks.runs,
            Writer(self.discussions),
        )
        self.periods = Periods(archive.project, settings, archive.store, courts.launcher)

    def ask(self, candidate: Candidate) -> Tried:
        """Return what becomes of a candidate; known entries are not made again."""
        store = self.archive.store
        key = self._key(candidate)
        known = store.get_record("tried", key, Tried)
        if known is not None:
            return known
        started = time.perf_counter()
        result = self._try(candidate)
        entry = Tried(
            source="history",
            family=candidate.family,
            name=candidate.id,
            outcome=result.outcome,
            why=result.why,
            seconds=round(time.perf_counter() - started, 3),
            runs=result.runs,
            task=result.task,
        )
        if entry.outcome != "fault":
            store.put_record("tried", key, entry)
        return entry

    def _key(self, candidate: Candidate) -> str:
        settings = self.archive.settings
        parts = (settings.environment, settings.tests, settings.code, settings.sandbox)
        basis = [part.model_dump(mode="json") for part in parts]
        told = [self.discussions.text(n) for n in candidate.message.issues]
        runs, most = settings.tasks.runs, settings.history.most_files
        return digest(["history", MAKER, candidate.id, runs, most, told, *basis])

    def _try(self, candidate: Candidate) -> Result:
        if candidate.why:
            return Result("filtered", candidate.why)
        courts = self.archive.courts
        try:
            tree = courts.tree(candidate.id)
            plan = detect(tree, self.archive.settings)
        except (AdoptError, SourceError) as error:
            return Result("rejected", error.message.splitlines()[0])
        modules = test_modules(candidate, plan.test_files, tree.read)
        if not modules:
            return Result("rejected", "the test files that it changes hold no tests for pytest")
        try:
            return self._in_environments(candidate, tree, plan, modules)
        except InfrastructureError as error:
            return Result("fault", f"the sandbox failed, again and again: {error.message}")

    def _in_environments(
        self, candidate: Candidate, tree: Tree, plan: Plan, modules: Sequence[str]
    ) -> Result:
        date = candidate.step.commit.date
        version = self.archive.checkout.git.describe(candidate.id)
        best: Result | None = None
        offered = self.periods.environments(tree, plan, date, version)
        for tried, lived in enumerate(offered, 1):
            bench = Bench(
                commit=candidate.id, plan=plan, environment=lived.environment, how=lived.how
            )
            result, seconds = self._in_one(candidate, bench, tree, modules)
            if result.ran:
                self.periods.ran(tree, plan, date, lived)
            if result.task is not None:
                self.archive.courts.remember(bench.model_copy(update={"seconds": seconds}))
                return result
            self.archive.courts.discard_shown(bench)
            best = result if best is None or (result.ran and not best.ran) else best
            if not result.elsewhere or tried == MOST_ENVIRONMENTS:
                break
        best = best or self._no_environment(tree, plan, date)
        self.archive.courts.discard_tree(candidate.id)
        return best

    def _in_one(
        self, candidate: Candidate, bench: Bench, tree: Tree, modules: Sequence[str]
    ) -> tuple[Result, dict[str, float]]:
        """Return what becomes of a candidate in one environment, and what its tests take."""
        courts = self.archive.courts
        court = courts.open(bench, tree, modules)
        try:
            labels = (f"environment: {bench.how}",)
            result = self.questioner.ask(candidate, court.grader, modules, labels)
        finally:
            court.close()
        task = result.task
        if task is None:
            return result, {}
        copy = holds_answer(bench.environment, task.broken.files, task.fix.files)
        if copy:
            return Result("rejected", f"the environment holds the fixed code: {copy}"), {}
        return result, {test: court.suite.expected_s[test] for test in task.tests}

    def _no_environment(self, tree: Tree, plan: Plan, date: int) -> Result:
        why = self.periods.why_none(tree, plan, date)
        return Result("rejected", f"no environment for it can be installed: {why}")
