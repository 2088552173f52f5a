"""What adopting a repository found out: enough to open it again without asking anything twice."""

from __future__ import annotations

from journeyman.errors import UserError
from journeyman.records import Record
from journeyman.records.store import Store
from journeyman.repository.detect import Plan
from journeyman.repository.environment import Environment
from journeyman.settings import Settings
from journeyman.workspace import Project


class Adoption(Record):
    """One repository at one base commit with its environment; `notes` are for a person.

    `fixes` real fixes lie between `commit`, which is practised on, and `head`; they are the exam's.
    """

    source: str
    name: str
    commit: str
    head: str
    fixes: int
    plan: Plan
    environment: Environment
    tier: str
    """The isolation it was adopted under, and opened with this time."""
    passed_over: tuple[str, ...] = ()
    """The better tiers, each with why it did not work on that machine."""
    notes: tuple[str, ...] = ()
    date: str
    settings: Settings
    """What it was adopted under: what commands go by that are told nothing else."""


def current(project: Project) -> Adoption:
    """Return what was adopted into `project`.

    Raises:
        UserError: Nothing was.
    """
    store = Store(project.folder("store"))
    try:
        found = store.get_record("adoption", "current", Adoption)
    finally:
        store.close()
    if found is None:
        raise UserError(
            f"{project.name} is not adopted yet", "Run: journeyman adopt SOURCE (or grow SOURCE)."
        )
    return found
