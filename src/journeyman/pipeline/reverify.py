"""Judge stored attempts again: rewards follow from records, so they can be computed anew."""

from __future__ import annotations

from journeyman.engine.local import ordered_map
from journeyman.grading.grader import Grader
from journeyman.pipeline.adopted import Adopted
from journeyman.progress import Progress, Silent, stage
from journeyman.records import Task, Trajectory, Verdict
from journeyman.sandbox.testing.pytest_suite import PytestSuite
from journeyman.tasks.history import Examined
from journeyman.tasks.prove import Attempted
from journeyman.training.practise import turn_rewards


def reverify(
    adopted: Adopted, sample: int = 0, progress: Progress | None = None
) -> tuple[int, list[str]]:
    """Grade stored patches in fresh sandboxes, remembering nothing, and compare.

    Args:
        sample: How many attempts, spread over all; 0 for every one.

    Returns:
        How many were judged, and a line for each whose verdict or rewards came out otherwise.
    """
    progress = progress or Silent()
    fresh = PytestSuite(adopted.pool, adopted.suite.settings, None, adopted.baseline.passing)
    grader = Grader(fresh, adopted.protected, adopted.read)
    tasks = stored_tasks(adopted)
    keys = adopted.store.keys("attempt")
    if sample:
        keys = keys[:: max(1, len(keys) // sample)][:sample]

    def check(key: str) -> str:
        trajectory = adopted.store.get_record("attempt", key, Trajectory)
        verdict = adopted.store.get_record("verdict", key, Verdict)
        progress.advance()
        if trajectory is None or verdict is None or trajectory.task not in tasks:
            return f"{key}: its task or verdict is missing"
        task = tasks[trajectory.task]
        now = grader.grade(task, trajectory.patch)
        if now.solved != verdict.solved:
            return f"{key}: solved was {verdict.solved}, is {now.solved}"
        whole = trajectory.model_copy(update={"turns": adopted.store.turns(key)})
        before, after = (turn_rewards(task, whole, one) for one in (verdict, now))
        return "" if before == after else f"{key}: rewards were {before}, are {after}"

    with stage(progress, "judge again", len(keys)):
        lines = list(ordered_map(check, keys, adopted.workers))
    return len(keys), [line for line in lines if line]


def stored_tasks(adopted: Adopted) -> dict[str, Task]:
    """Return every task of the workspace by id."""
    found: dict[str, Task] = {}
    for _, entry in adopted.store.records("attempted", Attempted):
        if entry.task is not None:
            found[entry.task.id] = entry.task
    for _, question in adopted.store.records("examined", Examined):
        if question.task is not None:
            found[question.task.id] = question.task
    return found
