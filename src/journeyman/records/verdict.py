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
    end, the canaries behaved, and no flag was raised.
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
