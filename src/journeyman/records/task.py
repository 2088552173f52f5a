"""What is to be done: a broken tree, the tests that judge it, and where it came from."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from journeyman.records.base import Record, digest
from journeyman.records.goal import Goal, Repair
from journeyman.records.patch import Patch

Source = Literal["breakage", "reverted", "history", "written"]
"""Where a task came from. Only `history` (real fixes, the exam) is never practised."""

Severity = Literal["does not parse", "does not import", "raises", "wrong result"]
"""What a break does to the code, worst first."""


class Place(Record):
    """Where in the base tree a task's code lives (lines from 1, both ends included)."""

    path: str
    function: str
    first: int
    last: int

    @property
    def cluster(self) -> str:
        """The function: bugs of one are alike, so intervals are resampled by it."""
        return f"{self.path}::{self.function}"


class TaskHead(Record):
    """A task without its texts: small enough to hold thousands of, enough to choose by."""

    id: str
    base: str
    source: Source
    family: str
    quiet: bool
    language: str
    place: Place
    labels: tuple[str, ...] = ()

    @cached_property
    def cluster(self) -> str:
        """As in `Task`."""
        return self.place.cluster


class Task(Record):
    """A frozen, content-hashed task.

    `broken` leads from the base tree to the tree the agent starts from; `fix` is the reference
    patch, from that tree to one where the tests pass. The agent sees `statement`, the broken tree
    and the `visible` tests. `hidden` names tests of `fail_to_pass` and `pass_to_pass` that only the
    grader runs.
    """

    repository: str
    base: str
    source: Source
    family: str
    quiet: bool
    language: str = "python"
    statement: str
    broken: Patch
    fix: Patch
    place: Place
    fail_to_pass: tuple[str, ...]
    pass_to_pass: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    identity: bool = True
    """Whether broken tree plus fix is byte-identical to the base tree."""
    labels: tuple[str, ...] = ()
    """What is known of the task beyond its proof, sorted: what a mix can ask for or leave out."""
    goal: Goal = Repair(kind="repair")
    """What counts as done."""

    @cached_property
    def id(self) -> str:
        """The task's name everywhere: a digest of its content."""
        return self.content_hash()

    def content_hash(self) -> str:
        """Return a digest of everything in the task; the usual goal goes without saying."""
        said = self.model_dump(mode="json")
        if isinstance(self.goal, Repair):
            del said["goal"]
        return digest(said)

    @cached_property
    def head(self) -> TaskHead:
        """What choosing and splitting need to know of the task."""
        told = {name: getattr(self, name) for name in TaskHead.model_fields}
        return TaskHead(**told)

    @cached_property
    def tests(self) -> tuple[str, ...]:
        """Every test the grader runs, in order."""
        return tuple(sorted({*self.fail_to_pass, *self.pass_to_pass}))

    @cached_property
    def visible(self) -> tuple[str, ...]:
        """The tests the agent may run."""
        unseen = set(self.hidden)
        return tuple(test for test in self.tests if test not in unseen)

    @cached_property
    def cluster(self) -> str:
        """The function that the task is about: the unit that intervals are resampled by."""
        return self.place.cluster
