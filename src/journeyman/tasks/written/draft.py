"""The seam of the makers: places where a task could be made, and what became of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from journeyman.records import Record
from journeyman.records.tried import Outcome, Tried


class Plan(Record):
    """One place where a maker could make a task: plain data, the same in every run.

    `detail` is the maker's own business (a property, a way to slow down, a task to start from).
    """

    kind: str
    path: str
    function: str
    detail: str = ""


class Maker(Protocol):
    """Makes one kind of tasks."""

    def plans(self) -> Iterator[Plan]:
        """Yield the places, cheaply and always in the same order; nothing is run."""
        ...

    def make(self, plan: Plan) -> Tried:
        """Make and prove the task of one plan, or say why it is none."""
        ...


class RefusedError(Exception):
    """Why a plan gives no task, raised anywhere while it is made; never leaves the maker."""

    def __init__(self, outcome: Outcome, why: str = "") -> None:
        super().__init__(why)
        self.outcome: Outcome = outcome
        self.why = why
