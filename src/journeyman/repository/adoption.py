"""What adopting a repository found out: enough to open it again without asking anything twice."""

from __future__ import annotations

from journeyman.records import Record
from journeyman.repository.detect import Plan
from journeyman.repository.environment import Environment


class Adoption(Record):
    """One repository at one base commit with its environment; `notes` are for a person."""

    source: str
    name: str
    commit: str
    head: str
    plan: Plan
    environment: Environment
    tier: str
    notes: tuple[str, ...] = ()
    date: str
    settings: str
    """Digest of the settings it was made under."""
