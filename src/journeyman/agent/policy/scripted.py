"""A policy that does what it was told beforehand; for tests of tools, loops and graders."""

from __future__ import annotations

from collections.abc import Sequence

from journeyman.agent.policy.base import Decision, View
from journeyman.records import Action, Turn, digest


class Scripted:
    """Plays the same decisions at every task, whatever it sees, and then gives up.

    Each entry of the script is a `Decision` or simply its actions::

        Scripted([[Action(tool="run_tests")], [Action(tool="submit")]])
    """

    def __init__(self, decisions: Sequence[Decision | Sequence[Action]]) -> None:
        self.decisions = tuple(
            entry if isinstance(entry, Decision) else Decision(actions=tuple(entry))
            for entry in decisions
        )
        script = [decision.model_dump(mode="json") for decision in self.decisions]
        self.name = f"scripted@{digest(script)}"

    def begin(self, view: View, seed: int) -> Scripted:
        """Return itself: the script knows neither task nor seed, and keeps no state."""
        return self

    def act(self, turns: Sequence[Turn]) -> Decision:
        """Return the decision that follows `turns`; past the end, one without actions."""
        if len(turns) < len(self.decisions):
            return self.decisions[len(turns)]
        return Decision(actions=())
