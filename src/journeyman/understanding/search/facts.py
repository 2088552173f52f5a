"""What stands around a hit in a line or two, so that nobody needs another tool to ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from journeyman.understanding.graph.graph import Graph
from journeyman.understanding.past.memory import Memory
from journeyman.understanding.search.search import Hit

_MOST = 4


@dataclass(frozen=True)
class Facts:
    """Names of callers, callees and tests (the first few, and how many there are), who knows the
    file, when it was last changed (ISO date), and what usually changes with it."""

    callers: tuple[str, ...] = ()
    callers_in_all: int = 0
    perhaps: int = 0
    callees: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    tests_in_all: int = 0
    owner: str = ""
    changed: str = ""
    changes: int = 0
    together: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return the facts for a reader, one kind a line; nothing of what is not known."""
        more = self.callers_in_all - len(self.callers)
        perhaps = f", {self.perhaps} more by name only" if self.perhaps else ""
        told = {
            "called by": f"{', '.join(self.callers)}{f' and {more} more' if more > 0 else ''}"
            f"{perhaps}" if self.callers else (perhaps.lstrip(", ") if perhaps else ""),
            "calls": ", ".join(self.callees),
            "tested by": ", ".join(self.tests)
            + (f" and {self.tests_in_all - len(self.tests)} more"
               if self.tests_in_all > len(self.tests) else ""),
            "known to": f"{self.owner}; {self.changes} changes, the last {self.changed}"
            if self.owner else "",
            "changes with": ", ".join(self.together),
        }  # fmt: skip
        return [f"{name}: {text}" for name, text in told.items() if text]


def facts_of(hit: Hit, graph: Graph, memory: Memory | None) -> Facts:
    """Return what is known around a hit."""
    callers: Sequence[str] = ()
    callees: Sequence[str] = ()
    tests: Sequence[str] = ()
    perhaps = 0
    if hit.symbol is not None:
        uses = graph.callers(hit.symbol)
        tests = graph.tests_of(hit.symbol)
        within = {test.partition("::")[0] for test in tests}
        callers = list(
            dict.fromkeys(
                f"{use.within.qualified if use.within else use.path} ({use.path}:{use.line})"
                for use in uses
                if use.path not in within
            )
        )
        perhaps = graph.perhaps(hit.symbol)
        callees = [one.qualified for one in graph.callees(hit.symbol, _MOST)]
    owner = changed = ""
    together: Sequence[str] = ()
    changes = 0
    if memory is not None:
        people = memory.people_of(hit.path)
        owner = f"{people[0][0]} ({people[0][1]:.0%})" if people else ""
        commits = memory.commits_of(hit.path)
        changes = len(commits)
        if changes:
            when = int(memory.held.times[commits[-1]])
            changed = datetime.fromtimestamp(when, UTC).date().isoformat()
        together = [f"{path} ({times}x)" for path, times in memory.changed_with(hit.path)]
    return Facts(
        callers=tuple(callers[:_MOST]),
        callers_in_all=len(callers),
        perhaps=perhaps,
        callees=tuple(callees[:_MOST]),
        tests=tuple(tests[:_MOST]),
        tests_in_all=len(tests),
        owner=owner,
        changed=changed,
        changes=changes,
        together=tuple(together[:3]),
    )
