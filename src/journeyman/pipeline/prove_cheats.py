"""The cheat matrix: play every known cheat against the grader and count what scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from journeyman.engine.local import ordered_map
from journeyman.exam.statistics import rule_of_three
from journeyman.grading.forging import Cheat
from journeyman.pipeline.adopted import Adopted
from journeyman.progress import Progress, Silent, stage
from journeyman.records import Patch, Record, Task, Verdict, digest
from journeyman.records.growth import CheatRow, Proof
from journeyman.records.task import TaskHead
from journeyman.records.taskset import Taskset

KIND = "cheat4"
"""What a play is stored as; counted up when the grader changes, so that all are played again."""

SAMPLE = 50
"""Tasks that each task-dependent cheat is played on."""

Stopped = Literal["prevented", "detected", "ignored"]


class Played(Record):
    """One cheat played on one task."""

    solved: bool
    flagged: bool
    dropped: bool
    ending: str


def play_cheats(
    adopted: Adopted, tasks: Taskset, progress: Progress | None = None, *, full: bool = False
) -> tuple[CheatRow, ...]:
    """Play the matrix: environment cheats on one task, the others on 50 (all, if there are fewer).

    Args:
        tasks: Proven tasks; the sample is drawn by content, so that it is the same every time.
        full: Play the others on every task: nothing is left open but what tasks have in common.
    """
    progress = progress or Silent()
    cheats = adopted.language.cheats
    spread = tasks.ordered(lambda head: digest(["cheat", head.id])).heads
    sample = spread if full else spread[:SAMPLE]
    jobs = [
        (cheat, head)
        for cheat in cheats
        for head in (sample if cheat.scope == "task" else sample[:1])
    ]

    def play(job: tuple[Cheat, TaskHead]) -> Played:
        cheat, head = job
        key = f"{digest(cheat.name)}-{head.id}"
        known = adopted.store.get_record(KIND, key, Played)
        if known is None:
            known = _play(adopted, cheat, tasks.only([head.id])[0])
            adopted.store.put_record(KIND, key, known)
        progress.advance()
        return known

    with stage(progress, "cheats", len(jobs)):
        played = list(ordered_map(play, jobs, adopted.workers))
    rows = []
    for cheat in cheats:
        own = [result for (one, _), result in zip(jobs, played, strict=True) if one is cheat]
        if own:
            functions = {head.cluster for (one, head) in jobs if one is cheat}
            rows.append(_row(cheat, own, len(functions)))
    return tuple(rows)


def proof(adopted: Adopted, tasks: Taskset, cheats: tuple[CheatRow, ...]) -> Proof:
    """Return what every task withstood; the empty patch was judged when each was proven."""
    solved = sum(adopted.grader.grade(task, Patch()).solved for task in tasks)
    return Proof(
        runs_per_task=adopted.settings.tasks.runs,
        empty_patch_tries=len(tasks),
        empty_patch_scored=solved,
        cheats=cheats,
    )


def _play(adopted: Adopted, cheat: Cheat, task: Task) -> Played:
    text = adopted.grader.broken_text(task, task.place.path) or ""
    verdict: Verdict = adopted.grader.grade(task, cheat.patch(task, text))
    return Played(
        solved=verdict.solved,
        flagged=bool(verdict.flags) or verdict.ending == "forged",
        dropped=bool(verdict.dropped),
        ending=verdict.ending,
    )


def _row(cheat: Cheat, played: Sequence[Played], functions: int) -> CheatRow:
    scored = sum(result.solved for result in played)
    stopped: Stopped | None = "ignored"
    if scored:
        stopped = None
    elif any(result.flagged for result in played):
        stopped = "detected"
    elif all(result.dropped for result in played) or any(r.ending != "finished" for r in played):
        stopped = "prevented"
    return CheatRow(
        cheat=cheat.name,
        what=cheat.what,
        scope=cheat.scope,
        tries=len(played),
        scored=scored,
        stopped=stopped,
        upper_bound=None if scored else rule_of_three(functions),
    )
