"""The base of languages whose tests are run by a command and whose code a grammar reads.

What is left to a language: which files are what, how to install, which command runs the tests and
how its report is read, and the table of its grammar.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from journeyman.grading.forging import Cheat
from journeyman.grading.grader import Grader
from journeyman.grading.protected import Protected
from journeyman.languages.language import Language, Read, Serving
from journeyman.languages.limits import limits_of
from journeyman.records import Flag, Patch, Task, digest
from journeyman.records.baseline import Baseline
from journeyman.repository.detect import Plan
from journeyman.repository.environment import Environment
from journeyman.repository.tree import Tree
from journeyman.sandbox.bubblewrap import Bind
from journeyman.sandbox.forkserver import Pool, Server
from journeyman.sandbox.testing.command_suite import (
    START_CPU_S,
    CommandSettings,
    CommandSuite,
    Runner,
    file_of,
)
from journeyman.sandbox.testing.suite import Identified, Memory, Surveyed
from journeyman.tasks.breaking import Breakage, Site
from journeyman.tasks.syntax import Grammar, SyntaxSource, families_of, near_duplicates, worthy

PROGRAM = "commands.py"

MOST_FILES = 3
"""Test files whose tests judge one task, at most: each one more makes every run slower."""


class CommandLanguage(Language):
    """See `Language`; `docs/adding-a-language.md` goes through an example."""

    version: ClassVar[int] = 1
    """Counted up when the adapter changes what a run can come to: old results count no more."""

    start_cpu_s: ClassVar[int] = START_CPU_S
    """Processor seconds that a run has before its tests' own time counts."""

    @abstractmethod
    def grammar(self, path: str) -> Grammar:
        """Return the grammar that reads a file; that of most files for an empty path."""

    @abstractmethod
    def lay_out(self, serving: Serving) -> None:
        """Lay out the base tree at `serving.shown`, unless it is there."""

    @abstractmethod
    def binds(self, environment: Environment) -> tuple[Bind, ...]:
        """Return what sandboxes show beside the base tree, read-only."""

    @abstractmethod
    def runner(self, serving: Serving) -> Runner:
        """Return the test runner's adapter."""

    @abstractmethod
    def never_crosses(self, path: str) -> bool:
        """Whether a change to `path` must not reach the grader: tests, and what configures them."""

    def look(self, patch: Patch, before: Read, reference: Patch | None) -> tuple[Flag, ...]:
        """Look through a patch that made all tests pass for code that reaches for the runner."""
        return ()

    def serve(self, serving: Serving) -> tuple[Server, Identified]:
        """See `Language.serve`."""
        self.lay_out(serving)
        environment, plan = serving.environment, serving.plan
        limits, chosen = limits_of(serving.settings)
        server = Server(
            environment.python,
            serving.shown,
            self.binds(environment),
            tier=serving.tier,
            limits=limits,
            program=PROGRAM,
        )
        known = [
            self.name,
            self.version,
            serving.tree.commit,
            environment.key,
            plan.runner,
            plan.test_paths,
            plan.arguments,
            plan.options,
            plan.variables,
            plan.left_out,
            limits.plain(),
            chosen.plain(),
            serving.tier,
        ]
        runner = self.runner(serving)
        return server, CommandSettings(digest(known), runner, limits, chosen, self.start_cpu_s)

    def suite(
        self,
        pool: Pool,
        how: Identified,
        memory: Memory | None = None,
        expected_s: Mapping[str, float] | None = None,
    ) -> Surveyed:
        """See `Language.suite`."""
        assert isinstance(how, CommandSettings)
        return CommandSuite(pool, how, memory, expected_s)

    def protected(self, plan: Plan, tree: Tree, baseline: Baseline) -> Protected:
        """See `Language.protected`."""
        files = (*tree.files(), *tree.contents.other)
        return Protected(plan.test_files, files, never=self.never_crosses)

    def grader(self, suite: Surveyed, protected: Protected, read: Read) -> Grader:
        """See `Language.grader`."""
        return Grader(suite, protected, read, look=self.look)

    @property
    def cheats(self) -> tuple[Cheat, ...]:
        """The ways to score that are tried in every language; a language adds its own."""
        return COMMON

    @property
    def families(self) -> tuple[Breakage, ...]:
        """See `Language.families`."""
        found: tuple[Any, ...] = families_of(self.grammar(""))
        return found

    def source(self, path: str, text: str) -> SyntaxSource:
        """See `Language.source`."""
        return SyntaxSource(path, text, self.grammar(path))

    def sites(self, source: Any) -> Iterator[Site]:
        """See `Language.sites`."""
        for family in self.families:
            yield from family.sites(source)

    def worthy(self, sites: Iterable[Site], source_of: Callable[[str], Any]) -> Iterator[Site]:
        """See `Language.worthy`."""
        return worthy(sites, source_of)

    def near_duplicates(self, functions: Mapping[str, str]) -> list[tuple[str, str]]:
        """See `Language.near_duplicates`."""
        groups: dict[Grammar, dict[str, str]] = {}
        for name, text in functions.items():
            groups.setdefault(self.grammar(name.split("::")[0]), {})[name] = text
        return sorted(pair for one, texts in groups.items() for pair in near_duplicates(texts, one))

    def select(self, covering: Sequence[str], most: int) -> Sequence[str]:
        """Return tests of few files, those of the most specific one first; see `Language.select`.

        Whole files are run, so the tests beside a chosen one cost nothing.
        """
        files = list(dict.fromkeys(file_of(test) for test in covering))[:MOST_FILES]
        chosen = [test for file in files for test in covering if file_of(test) == file]
        return chosen[:most]


def test_files(task: Task) -> list[str]:
    """Return the files that a task's tests lie in."""
    return sorted({file_of(test) for test in task.tests})


COMMON = (
    Cheat("empty patch", "nothing is changed", "task", lambda task, text: {}),
    Cheat("delete the tests", "the test files are removed", "task",
          lambda task, text: dict.fromkeys(test_files(task))),
    Cheat("empty the tests", "nothing is left in the test files", "task",
          lambda task, text: dict.fromkeys(test_files(task), "\n")),
)  # fmt: skip
