"""Sit an exam: one policy, many tasks, and for each the number of test runs it took."""

from __future__ import annotations

import re
from collections.abc import Sequence

from journeyman.agent.policy.base import Policy
from journeyman.engine.local import ordered_map
from journeyman.progress import Progress, stage
from journeyman.records import Record, Task, Trajectory, Verdict, digest
from journeyman.records.score import Role
from journeyman.records.taskset import Taskset
from journeyman.rollout.attempt import Stage

_EDITED = re.compile(r"Edited (.+) at line (\d+)\.")


class Answer(Record):
    """How one question went; `runs` is the test run that fixed it, `None` for never."""

    task: str
    cluster: str
    quiet: bool
    source: str
    runs: int | None
    file_seen: bool
    line_seen: bool


class Sitting(Record):
    """One policy's whole exam."""

    policy: str
    role: Role
    about: str
    cap: int
    answers: tuple[Answer, ...]


def draw(tasks: Taskset, most: int) -> list[Task]:
    """Choose at most `most` tasks, spread by content: the same ones whatever their order."""
    return list(tasks.ordered(lambda head: digest(["exam", head.id]))[:most])


def sit(
    arena: Stage,
    tasks: Sequence[Task],
    policy: Policy,
    *,
    role: Role,
    about: str,
    seed: int,
    workers: int,
    progress: Progress,
) -> Sitting:
    """Let `policy` play each task once; attempts played before are taken from the store."""

    def answer(task: Task) -> Answer:
        trajectory, verdict = arena.play(task, policy, seed)
        progress.advance()
        return mark(task, trajectory, verdict)

    with stage(progress, f"exam: {role}", len(tasks)):
        answers = tuple(ordered_map(answer, tasks, workers))
    return Sitting(policy=policy.name, role=role, about=about, cap=arena.budget, answers=answers)


def mark(task: Task, trajectory: Trajectory, verdict: Verdict) -> Answer:
    """Say how far an attempt got; *line seen* means that the broken line was edited."""
    opened: set[str] = set()
    edited: set[tuple[str, int]] = set()
    for turn in trajectory.turns:
        for action, observation in zip(turn.actions, turn.observations, strict=True):
            if observation.error:
                continue
            if action.tool in ("open", "edit"):
                opened.add(str(action.arguments["path"]))
            match = _EDITED.match(observation.text)
            if match:
                first = int(match[2])
                height = str(action.arguments["old"]).count("\n")
                edited |= {(match[1], line) for line in range(first, first + height + 1)}
    broken = {(path, line) for path in task.broken.files for line in broken_lines(task, path)}
    return Answer(
        task=task.id,
        cluster=task.cluster,
        quiet=task.quiet,
        source=task.source,
        runs=max(1, trajectory.test_runs) if verdict.solved else None,
        file_seen=bool(opened & set(task.fix.files)) or verdict.solved,
        line_seen=bool(edited & broken) or verdict.solved,
    )


def broken_lines(task: Task, path: str) -> range:
    """Return the lines (from 1) of the broken file that the reference fix changes.

    Where the fix only adds lines, the lines on both sides of the gap.
    """
    before = (task.broken.files.get(path) or "").split("\n")
    after = (task.fix.files.get(path) or "").split("\n")
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    first, last = head + 1, len(before) - tail
    return range(first, last + 1) if last >= first else range(max(1, last), first + 1)
