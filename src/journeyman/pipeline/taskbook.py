"""All proven tasks of a repository, whatever they were made by, with how hard they turned out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from journeyman.errors import UserError
from journeyman.pipeline.adopted import Adopted
from journeyman.progress import Progress
from journeyman.records import Trajectory, Verdict
from journeyman.records.task import Task, TaskHead
from journeyman.records.taskset import Taskset
from journeyman.records.tried import Tried
from journeyman.tasks.mixture import kind, mixed

_ELSEWHERE = ("history", "breakage")
"""Sources whose tasks come into a growing in ways of their own."""


@dataclass(frozen=True)
class Difficulty:
    """How many attempts there were at a task, and how many solved it, by policy."""

    attempts: dict[str, int]
    solved: dict[str, int]

    def __str__(self) -> str:
        """Say it on one line."""
        if not self.attempts:
            return "not attempted"
        return ", ".join(
            f"{policy} {self.solved.get(policy, 0)} of {count}"
            for policy, count in sorted(self.attempts.items())
        )


def every_task(adopted: Adopted) -> Taskset:
    """Return all proven tasks that the workspace holds: on the adopted commit, and real fixes."""
    heads: dict[str, TaskHead] = {}
    loose: dict[str, Task] = {}
    for entry in every_try(adopted):
        head = entry.head if entry.task is None else entry.task.head
        if head is None or not (head.base == adopted.tree.commit or head.source == "history"):
            continue
        heads[head.id] = head
        if entry.task is not None:
            loose[head.id] = entry.task

    def load(name: str) -> Task:
        return loose[name] if name in loose else Taskset.stored(adopted.store, [heads[name]])[0]

    return Taskset(heads.values(), load)


def as_asked(adopted: Adopted, made: Taskset, progress: Progress | None = None) -> Taskset:
    """Return the tasks to practise and examine on: `made`, or the mix that ``tasks.mix`` names.

    A mix draws on `made` and on what was written and imported before; what it asks for and is not
    there is told, and not made up for by other kinds.

    Args:
        made: The proven breakages.
    """
    wanted = adopted.settings.tasks
    if not wanted.mix:
        return made
    every = every_task(adopted)
    more = every.only(head.id for head in every.heads if head.source not in _ELSEWHERE)
    pool = made.joined(more)
    shares = {str(name): share for name, share in wanted.mix.items() if share > 0}
    found = mixed(pool.heads, wanted.count, shares, seed=wanted.seed) if shares else None
    if found is None or not found.chosen:
        raise UserError(
            "none of the kinds in tasks.mix has a proven task",
            "Make some first: journeyman write rebuild, for instance; journeyman tasks lists them.",
        )
    if progress is not None:
        counts = Counter(map(kind, found.chosen))
        told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        lacking = ", ".join(f"{count} {name}" for name, count in sorted(found.missing.items()))
        more_to_write = f"; not there: {lacking} (journeyman write makes more)" if lacking else ""
        progress.say(f"the mix: {told}{more_to_write}")
    return pool.only(head.id for head in found.chosen)


def every_try(adopted: Adopted) -> Iterator[Tried]:
    """Yield the ledger's entries that the workspace holds, of every source and commit."""
    for place in ("tried", "written", "rewritten"):
        for _, entry in adopted.store.records(place, Tried):
            yield entry


def difficulties(adopted: Adopted) -> dict[str, Difficulty]:
    """Return, by task, what attempts that the workspace holds came to."""
    found: dict[str, Difficulty] = {}
    for key, attempt in adopted.store.records("attempt", Trajectory):
        verdict = adopted.store.get_record("verdict", key, Verdict)
        one = found.setdefault(attempt.task, Difficulty({}, {}))
        policy = attempt.policy.partition("-")[0]
        one.attempts[policy] = one.attempts.get(policy, 0) + 1
        if verdict is not None and verdict.solved:
            one.solved[policy] = one.solved.get(policy, 0) + 1
    return found
