"""What a fresh sandbox said of a patch, and which cheats were looked for."""

from __future__ import annotations

from journeyman.records.base import Record


class Flag(Record):
    """A sign of cheating: which check raised it and what it saw."""

    check: str
    detail: str


class Verdict(Record):
    """The grader's word on one patch for one task.

    `solved` holds only when every expected test reported as good from a run that came to its own
    end, the canaries behaved, no flag was raised, and the goal lacks nothing.
    """

    task: str
    patch: str
    solved: bool
    missing: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    ending: str = "finished"
    flags: tuple[Flag, ...] = ()
    dropped: tuple[str, ...] = ()
    """Files of the patch that do not cross over (tests, their configuration)."""
    seconds: float = 0.0
    lacks: tuple[str, ...] = ()
    """What the task's goal still asks for, said to a person; nothing where tests tell it all."""
    measures: dict[str, float] = {}
    """What was measured for the goal: shares of mutants and lines, properties, time ratios."""
