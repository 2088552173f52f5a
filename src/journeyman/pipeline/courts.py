"""Where questions are judged that are asked elsewhere than on the practice base: each on its own.

A court is a tree at one commit with its environment, its test server and its grader. Courts are
opened when somebody wants them and a few are kept open; which environment belongs to a commit is
remembered, so that the exam finds what proving found.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from journeyman.errors import AdoptError
from journeyman.grading.grader import Grader
from journeyman.grading.protected import Protected
from journeyman.languages.python import suite_settings
from journeyman.records import Record, digest
from journeyman.records.memory import StoredReports
from journeyman.records.store import Store
from journeyman.repository.compiled import compile_tree
from journeyman.repository.detect import Plan
from journeyman.repository.environment import Environment, base
from journeyman.repository.git import Git
from journeyman.repository.launcher import DirectLauncher, IsolatedLauncher, Launcher
from journeyman.repository.tree import Tree, export
from journeyman.sandbox import unisolated
from journeyman.sandbox.bubblewrap import Bind
from journeyman.sandbox.forkserver import Pool, Server
from journeyman.sandbox.testing.pytest_suite import PytestSuite
from journeyman.settings import Settings
from journeyman.workspace import Project


class Bench(Record):
    """What belongs to a commit: how it is tested, where, and (`how`) which environment that is."""

    commit: str
    plan: Plan
    environment: Environment
    how: str
    seconds: dict[str, float] = {}
    """What each test that judges here usually takes."""


@dataclass(frozen=True)
class Court:
    """A tree at one commit, ready to judge."""

    bench: Bench
    tree: Tree
    suite: PytestSuite
    grader: Grader

    def close(self) -> None:
        """Kill its test server."""
        self.suite.pool.close()


@dataclass
class Courts:
    """Opens courts on the commits of one repository; use as a context manager, or `close()` it."""

    project: Project
    settings: Settings
    git: Git
    store: Store
    tier: str
    keep: int = 2
    """Courts that are kept open though nobody uses them."""

    _open: dict[str, Court] = field(default_factory=dict)
    _used: dict[str, int] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def launcher(self) -> Launcher:
        """What starts installations."""
        return DirectLauncher() if self.tier == unisolated.TIER else IsolatedLauncher(self.tier)

    def tree(self, commit: str) -> Tree:
        """Return the files of a commit, laid out."""
        return export(self.git, commit, self.project.folder("trees") / commit)

    def open(
        self, bench: Bench, tree: Tree, modules: Sequence[str] = (), *, remember: bool = True
    ) -> Court:
        """Open a court with one test server, which starts with the first run.

        `modules` are the test modules whose byte code is laid beside them, for quicker runs.
        """
        environment, plan = bench.environment, bench.plan
        shown = self._shown(bench)
        base(tree, environment, shown)
        binds = tuple(Bind(host, inside) for host, inside in environment.binds())
        if self.tier != unisolated.TIER:
            arguments = (*plan.arguments, *modules) if modules else ("--version",)
            compile_tree(shown, environment.python, binds, arguments, "1", self.tier)
        how = suite_settings(plan, environment, self.settings, tree, self.tier)
        # Never the whole suite is run here: what holds for chosen tests holds for all runs.
        how = replace(how, limits=how.chosen or how.limits)
        server = Server(environment.python, shown, binds, tier=self.tier, limits=how.limits)
        pool = Pool(server, 1)
        memory = StoredReports(self.store) if remember else None
        suite = PytestSuite(pool, how, memory, bench.seconds, wordy=True)
        files = (*tree.files(), *tree.contents.other)
        protected = Protected(plan.test_files, files, _installed(environment))
        texts = frozenset(tree.files())

        def read(path: str) -> str | None:
            return tree.read(path) if path in texts else None

        return Court(bench, tree, suite, Grader(suite, protected, read))

    def remember(self, bench: Bench) -> None:
        """Remember what belongs to a commit."""
        self.store.put_record("bench", self._key(bench.commit), bench)

    def bench(self, commit: str) -> Bench | None:
        """Return what belongs to a commit, if that is known."""
        return self.store.get_record("bench", self._key(commit), Bench)

    @contextmanager
    def lend(self, commit: str, *, remember: bool = True) -> Iterator[Court]:
        """Lend the court of a commit whose bench is known.

        Raises:
            AdoptError: It is not.
        """
        with self._lock:
            self._used[commit] = self._used.get(commit, 0) + 1
            opening = self._locks.setdefault(commit, threading.Lock())
        try:
            with opening:
                court = self._open.get(commit)
                if court is None:
                    court = self._reopened(commit, remember)
                    with self._lock:
                        self._open[commit] = court
            yield court
        finally:
            self._give_back(commit)

    def discard_shown(self, bench: Bench) -> None:
        """Remove what was shown of a commit in an environment that nobody will ask about again."""
        _remove(self._shown(bench))

    def discard_tree(self, commit: str) -> None:
        """Remove the files of a commit that nobody will ask about again."""
        _remove(self.project.folder("trees") / commit)

    def close(self) -> None:
        """Close every court."""
        with self._lock:
            courts, self._open = self._open, {}
        for court in courts.values():
            court.close()

    def __enter__(self) -> Courts:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _reopened(self, commit: str, remember: bool) -> Court:
        bench = self.bench(commit)
        if bench is None:
            raise AdoptError(
                f"{commit[:12]}: it is not known how this commit is tested",
                "Run `journeyman history` with the same settings first.",
            )
        return self.open(bench, self.tree(commit), remember=remember)

    def _give_back(self, commit: str) -> None:
        with self._lock:
            self._used[commit] -= 1
            idle = [name for name in self._open if not self._used.get(name)]
            surplus = [self._open.pop(name) for name in idle[: max(0, len(idle) - self.keep)]]
        for court in surplus:
            court.close()

    def _shown(self, bench: Bench) -> Path:
        name = digest([bench.commit, bench.environment.key])
        return self.project.folder("base") / name

    def _key(self, commit: str) -> str:
        return digest([commit, *_basis(self.settings)])


def _remove(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    for beside in (".json", ".compiled"):
        place.with_name(place.name + beside).unlink(missing_ok=True)


def _basis(settings: Settings) -> list[object]:
    parts = (settings.environment, settings.tests, settings.code)
    return [part.model_dump(mode="json") for part in parts]


def _installed(environment: Environment) -> set[str]:
    """Return about what can be imported without the tree, by the names of what is installed."""
    names = re.findall(r"^([A-Za-z0-9][\w.-]*) ?(?:==|@)", environment.lock, re.MULTILINE)
    return {re.sub(r"[-.]+", "_", name) for name in names}
