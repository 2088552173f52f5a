"""The seam between who acts and what there is to act on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from journeyman.records import Action, Record, Turn


@dataclass(frozen=True)
class View:
    """All that a policy is told of a task: never the fix, the hidden tests or the place.

    `tests` are the visible tests and `files` the repository-relative paths of the broken tree's
    text files. `read` reads one of them *as broken*, so that whatever a policy counts over the
    repository (words, n-grams) is counted without the answer in it.
    """

    task: str
    statement: str
    tests: tuple[str, ...]
    files: tuple[str, ...]
    read: Callable[[str], str]


class Decision(Record):
    """What a policy does next: one or more tool calls, done in order.

    An empty `actions` means that the policy gives up.
    """

    actions: tuple[Action, ...]
    thought: str = ""
    log_probability: float | None = None
    choice: dict[str, Any] = {}


class Player(Protocol):
    """A policy at work on one attempt."""

    def act(self, turns: Sequence[Turn]) -> Decision:
        """Return the next decision, given every turn so far."""
        ...


class Policy(Protocol):
    """Chooses the next action; a chat endpoint, a baseline, a script, or the apprentice.

    `name` identifies the policy *with its weights*: two policies that may decide differently must
    not share a name, because attempts are stored and resumed under it.
    """

    @property
    def name(self) -> str:
        """Stable identity, including the weights."""
        ...

    def begin(self, view: View, seed: int) -> Player:
        """Return a player for one attempt; equal view and seed must play alike."""
        ...
