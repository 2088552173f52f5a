"""The ledger's entry: what became of one try to make a task, whatever source it came from."""

from __future__ import annotations

from typing import Literal

from journeyman.records.base import Record
from journeyman.records.task import Source, Task, TaskHead

Outcome = Literal[
    "valid",
    "survived",
    "flaky",
    "too easy",
    "duplicate",
    "uncovered",
    "unfinished",
    "gameable",
    "filtered",
    "fault",
    "rejected",
]
"""`survived`: no test noticed. `unfinished`: the broken tests hang or are too slow. `gameable`: the
empty patch passes. `filtered`: data that would teach bad habits. `fault`: the sandbox failed, again
and again. `rejected`: anything else, said in `why`."""


class Tried(Record):
    """What became of one try; there is a `task` (or its `head`) only if the outcome is ``valid``.

    `name` is the same for the same try in every run; `why` says to a person what the outcome alone
    does not.
    """

    source: Source
    family: str
    language: str = "python"
    quiet: bool = False
    name: str
    outcome: Outcome
    why: str = ""
    seconds: float = 0.0
    runs: int = 0
    fast: Literal["", "noticed", "rejected", "checked", "wrong", "unknown"] = ""
    """What the fast way said: nothing, as it was not asked; that the tests notice; a rejection; one
    that isolation agreed with; one that was wrong; or that it could not tell."""
    task: Task | None = None
    head: TaskHead | None = None
    """In place of `task` where that lies in the store by itself."""

    @property
    def light(self) -> Tried:
        """The entry without the task's texts."""
        if self.task is None:
            return self
        return self.model_copy(update={"task": None, "head": self.task.head})
