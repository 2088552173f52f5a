"""What a language is: how its repositories are recognised, installed, run, judged and broken.

Everything else (fetching, the sandbox, baselines, proving, splitting, the exam, the report) asks an
object with these methods and knows nothing of the language. Where runs are commands and code is
read by a tree-sitter grammar, `CommandLanguage` does most of it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from journeyman.grading.forging import Cheat
from journeyman.grading.grader import Grader
from journeyman.grading.protected import Protected
from journeyman.records.baseline import Baseline
from journeyman.repository.detect import Plan
from journeyman.repository.environment import Environment
from journeyman.repository.launcher import Launcher
from journeyman.repository.tree import Tree
from journeyman.sandbox.forkserver import Pool, Server
from journeyman.sandbox.testing.suite import Identified, Memory, Surveyed
from journeyman.settings import Settings
from journeyman.tasks.breaking import Breakage, Site
from journeyman.tasks.history.kinds import FileKinds
from journeyman.understanding.functions import Function

Read = Callable[[str], str | None]


@dataclass(frozen=True)
class Serving:
    """What test servers of an adopted repository stand on.

    `shown` is where the base tree is to be laid out: what sandboxes show, the tree with what
    installing added to it.
    """

    tree: Tree
    plan: Plan
    environment: Environment
    settings: Settings
    shown: Path
    tier: str


class Language(ABC):
    """One language.

    Third parties register theirs (an instance, or a callable that returns one) as an entry point
    of the group ``journeyman.languages``.
    """

    name: ClassVar[str]

    @property
    @abstractmethod
    def kinds(self) -> FileKinds:
        """Which paths are code and which are tests, told by their names alone."""

    @abstractmethod
    def detect(self, tree: Tree, settings: Settings) -> Plan:
        """Return how to install and test `tree`, from its files alone; nothing of it is run.

        Raises:
            AdoptError: There is nothing to test or nothing to break, with what was tried.
        """

    @abstractmethod
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
        """Install what the tests need below `directory`, or re-use what is there.

        Raises:
            AdoptError: It cannot be installed, with the end of the installer's output.
        """

    @abstractmethod
    def serve(self, serving: Serving) -> tuple[Server, Identified]:
        """Lay out the base tree; return how test servers are started, and how the suite is run."""

    @abstractmethod
    def suite(
        self,
        pool: Pool,
        how: Identified,
        memory: Memory | None = None,
        expected_s: Mapping[str, float] | None = None,
    ) -> Surveyed:
        """Return the tests; `how` is what `serve` returned."""

    @abstractmethod
    def command(self, plan: Plan) -> str:
        """Return the test command as a person would type it."""

    @abstractmethod
    def protected(self, plan: Plan, tree: Tree, baseline: Baseline) -> Protected:
        """Return which files of a patch never reach the grader."""

    @abstractmethod
    def grader(self, suite: Surveyed, protected: Protected, read: Read) -> Grader:
        """Return the judge of patches; `suite` is one that `suite` returned."""

    @property
    @abstractmethod
    def cheats(self) -> tuple[Cheat, ...]:
        """Known ways to score without fixing, to be played against the grader."""

    @property
    @abstractmethod
    def families(self) -> tuple[Breakage, ...]:
        """The families of breaks."""

    @abstractmethod
    def source(self, path: str, text: str) -> Any:
        """Return a source file as this language's families take it."""

    @abstractmethod
    def sites(self, source: Any) -> Iterator[Site]:
        """Yield every place where a family would break the source; checking takes the time.

        Raises:
            UnparsableError: The text cannot be parsed.
        """

    @abstractmethod
    def worthy(self, sites: Iterable[Site], source_of: Callable[[str], Any]) -> Iterator[Site]:
        """Yield, in their order, those of `sites` that parse and differ; see `breaking.worthy`."""

    @abstractmethod
    def near_duplicates(self, functions: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return the pairs of functions (name to text) that are nearly the same."""

    def functions(self, path: str, text: str) -> list[Function]:
        """Return the outermost functions of a file; none where it does not parse."""
        return self.kinds.functions(path, text)

    def label(self, path: str) -> str:
        """Return what a task in the file `path` is said to be written in."""
        return self.name

    def select(self, covering: Sequence[str], most: int) -> Sequence[str]:
        """Return at most `most` of the tests that can judge a change, most specific first."""
        return covering[:most]

    unisolated: ClassVar[bool] = False
    """Whether it can do without a sandbox, with an environment that the user has made."""

    practises: ClassVar[bool] = False
    """Whether the apprentice knows this language, so that it can practise and be examined."""
