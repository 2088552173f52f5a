"""What counts as done: the tests turn green, or something else that running code can judge.

One record a goal, told apart by `kind` (which has no default: stored records leave defaults out);
`journeyman.grading.goals` has one judge for each. All numbers in a goal are bounds that a reference
solution was seen to keep when the task was proven.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from journeyman.records.base import Record
from journeyman.records.patch import Patch

Property = Literal["complexity", "nesting", "size", "repetition"]
"""What a refactoring moves; `journeyman.understanding.measures` says how each is counted."""


class Mutant(Record):
    """One small change of a file: the characters `start` to `end` become `replacement`."""

    path: str
    start: int
    end: int
    replacement: str

    def apply(self, text: str) -> str:
        """Return `text` with the change made."""
        return text[: self.start] + self.replacement + text[self.end :]


class Repair(Record):
    """The tests turn green: the goal of every task that names no other."""

    kind: Literal["repair"]


class WriteTests(Record):
    """New test files that fail before a known fix and pass after it, judged on mutants.

    `known_fix` leads from the task's broken tree to the fixed one; `mutants` change files of the
    fixed tree, and each is known to be noticeable. At least the share `least` has to be noticed.
    """

    kind: Literal["write tests"]
    known_fix: Patch
    mutants: tuple[Mutant, ...]
    least: float
    runs: int


class Cover(Record):
    """New test files that go through `lines` of `path` and notice mutants there.

    Judged on the task's broken tree, which is right, only too little tested. At least the share
    `least_lines` of the lines has to be reached and the share `least` of the mutants noticed.
    """

    kind: Literal["cover"]
    path: str
    lines: tuple[int, ...]
    least_lines: float
    mutants: tuple[Mutant, ...]
    least: float
    runs: int


class Document(Record):
    """A docstring for `function` in `path`, whose examples hold, and fail on mutants.

    Every one of `parameters` has to be named. `mutants` change the task's broken file; they lie
    behind the place of the docstring, and are applied to the code as it is there.
    """

    kind: Literal["document"]
    path: str
    module: str
    function: str
    parameters: tuple[str, ...]
    mutants: tuple[Mutant, ...]
    least: float
    runs: int


class Refactor(Record):
    """The same behaviour, and a measured property of `function` that is `most` at most."""

    kind: Literal["refactor"]
    path: str
    function: str
    measured: Property
    before: int
    most: int


class Speed(Record):
    """The same behaviour in less time: at most the share `most` of what the broken tree takes.

    `calls` are literal arguments of `function`, one dictionary of names a call, which are grown to
    about `size` items and varied for every one of `rounds` pairs of measurements.
    """

    kind: Literal["speed"]
    path: str
    module: str
    function: str
    calls: tuple[str, ...]
    size: int
    most: float
    rounds: int


Goal = Annotated[
    Repair | WriteTests | Cover | Document | Refactor | Speed, Field(discriminator="kind")
]
