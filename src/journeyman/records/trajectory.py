"""One attempt at one task, turn by turn: the record everything else reads."""

from __future__ import annotations

from typing import Any

from journeyman.records.base import Record, digest
from journeyman.records.patch import Patch
from journeyman.records.testing import TestReport


class Action(Record):
    """A call of a tool: its name and arguments."""

    tool: str
    arguments: dict[str, Any] = {}


class Observation(Record):
    """What the tool answered: `text` for any reader, `report` where tests were run."""

    text: str
    error: bool = False
    report: TestReport | None = None


class Turn(Record):
    """One decision of the policy: its actions in order and what each of them showed.

    `log_probability` is the natural logarithm of the chance the policy gave to this decision, or
    `None` where the policy does not say (a chat endpoint without log-probabilities). Rewards are
    not kept here: they are computed from the turns and the verdict whenever they are wanted.
    """

    actions: tuple[Action, ...]
    observations: tuple[Observation, ...]
    thought: str = ""
    log_probability: float | None = None
    choice: dict[str, Any] = {}


class Trajectory(Record):
    """The whole of one attempt; written to the store turn by turn as it happens."""

    task: str
    policy: str
    seed: int
    turns: tuple[Turn, ...] = ()
    patch: Patch = Patch()
    """From the task's broken tree to the tree the agent left."""
    submitted: bool = False
    ended: str = ""
    """Why it ended: ``submitted``, ``budget``, ``gave up`` or ``policy error``."""
    test_runs: int = 0
    """Candidate patches tested (a run on the untouched tree is not counted)."""

    @property
    def id(self) -> str:
        """Names an attempt: same task, policy and seed means same attempt."""
        return attempt_id(self.task, self.policy, self.seed)


def attempt_id(task: str, policy: str, seed: int) -> str:
    """Return the id of the attempt at `task` by `policy` with `seed`."""
    return digest([task, policy, seed])
