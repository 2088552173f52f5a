"""Older fixes undone in the tree that is practised on: practice tasks that people really made."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from journeyman.engine.local import resumed_map
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.make_tasks import split_tasks
from journeyman.progress import Progress, Silent, stage
from journeyman.records import Task, digest
from journeyman.records.task import TaskHead
from journeyman.records.taskset import Taskset
from journeyman.records.tried import Tried
from journeyman.tasks.history.candidate import Candidate, survey
from journeyman.tasks.history.reverted import Reverter
from journeyman.tasks.history.words import Discussions, Writer
from journeyman.tasks.prove import Prover
from journeyman.tasks.split import Split

MAKER = 1
"""Counted up when what becomes of a candidate can change: old entries count no more."""


def undo_fixes(
    adopted: Adopted, progress: Progress | None = None, most: int | None = None
) -> list[Tried]:
    """Undo fixes from before the practice base, newest first, until `most` are proven tasks.

    Args:
        most: What ``history.reverted`` says, when left out.
    """
    progress = progress or Silent()
    wanted = adopted.settings.history
    most = wanted.reverted if most is None else most
    if not most:
        return []
    walked = survey(
        adopted.checkout.git,
        adopted.tree.commit,
        commits=wanted.commits,
        since=wanted.since,
        most_files=wanted.most_files,
    )
    fixes = [one for one in walked.candidates if one.kind == "fix"]
    found: list[Tried] = []
    with stage(progress, "undo fixes", len(fixes)):
        for entry in _entries(adopted, fixes):
            found.append(entry)
            proven = sum(one.task is not None for one in found)
            progress.advance(note=f"{proven} of {len(found)} undone")
            if proven >= most:
                break
    return found


def divided(
    adopted: Adopted,
    tasks: Taskset,
    asked: Taskset,
    progress: Progress | None = None,
) -> tuple[Taskset, Split]:
    """Return all tasks, undone fixes among them, and the split.

    Args:
        tasks, asked: The proven breakages, and the exam's questions from the history.
    """
    found = (entry.task for entry in undo_fixes(adopted, progress))
    undone = [task for task in found if task is not None]
    every = tasks.joined(asked)
    division = with_reverted(split_tasks(adopted, every), tasks.heads, undone)
    return every.joined(Taskset.of(undone)), division


def with_reverted(division: Split, tasks: Sequence[TaskHead], reverted: Sequence[Task]) -> Split:
    """Return the split with undone fixes on the practice side, as far as nothing is given away.

    An undone fix in a file (or function, where that is what the split goes by) that a later side
    examines is dropped.
    """
    later = {*division.validation, *division.held_out}
    examined = [task for task in tasks if task.id in later]
    paths = {task.place.path for task in examined}
    functions = {task.cluster for task in examined}
    kept, dropped = set(division.practice), dict(division.dropped)
    for task in reverted:
        shared = paths & set(task.broken.files) if division.by == "file" else set()
        shared = shared or ({task.cluster} & functions)
        if shared:
            dropped[task.id] = f"undoes a fix in {min(shared)}, which is examined"
        else:
            kept.add(task.id)
    return division.model_copy(update={"practice": tuple(sorted(kept)), "dropped": dropped})


def _entries(adopted: Adopted, fixes: Sequence[Candidate]) -> Iterator[Tried]:
    """Yield what becomes of each fix, in order; what is known is not tried again."""
    folder = adopted.settings.history.issues
    prover = Prover(
        repository=adopted.adoption.name,
        base=adopted.tree.commit,
        grader=adopted.grader,
        baseline=adopted.baseline,
        coverage=adopted.coverage,
        runs=adopted.settings.tasks.runs,
        read=adopted.tree.read,
    )
    reverter = Reverter(
        repository=prover.repository,
        base=prover.base,
        git=adopted.checkout.git,
        grader=adopted.grader,
        runs=prover.runs,
        read=adopted.read,
        tests_for=prover.tests_for,
        words=Writer(Discussions(Path(folder).expanduser() if folder else None)),
    )

    def key(candidate: Candidate) -> str:
        suite = adopted.suite.settings.identity
        return digest(["reverted", MAKER, suite, prover.runs, candidate.id, candidate.why])

    def recall(candidate: Candidate) -> Tried | None:
        return adopted.store.get_record("tried", key(candidate), Tried)

    def attempt(candidate: Candidate) -> Tried:
        made = _tried(reverter, candidate)
        adopted.store.put_record("tried", key(candidate), made)
        return made

    yield from resumed_map(recall, attempt, fixes, adopted.workers)


def _tried(reverter: Reverter, candidate: Candidate) -> Tried:
    started = time.perf_counter()
    about = {"source": "reverted", "family": "reverted fix", "name": candidate.id}
    if candidate.why:
        return Tried.model_validate({**about, "outcome": "filtered", "why": candidate.why})
    result = reverter.revert(candidate)
    return Tried.model_validate(
        {
            **about,
            "outcome": result.outcome,
            "why": result.why,
            "seconds": round(time.perf_counter() - started, 3),
            "runs": result.runs,
            "task": result.task,
        }
    )
