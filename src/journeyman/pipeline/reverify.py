"""Judge stored attempts again: rewards follow from records, so they can be computed anew."""

from __future__ import annotations

from journeyman.engine.local import ordered_map
from journeyman.pipeline.adopted import Adopted
from journeyman.progress import Progress, Silent, stage
from journeyman.records import Task, Trajectory, Verdict
from journeyman.records.tried import Tried
from journeyman.tasks.history import Examined
from journeyman.training.practise import turn_rewards


def reverify(
    adopted: Adopted, sample: int = 0, progress: Progress | None = None
) -> tuple[int, int, list[str]]:
    """Grade stored patches in fresh sandboxes, remembering nothing, and compare.

    Args:
        sample: How many attempts, spread over all; 0 for every one.

    Returns:
        How many were judged; how many were passed over, because their task is of another commit or
        was not made here; and a line for each whose verdict or rewards came out otherwise.
    """
    progress = progress or Silent()
    grader = adopted.grader_with(adopted.suite_with(None))
    tasks = stored_tasks(adopted)
    stored = adopted.store.keys("attempt")
    keys = [key for key in stored if _task_of(adopted, key) in tasks]
    passed_over = len(stored) - len(keys)
    if sample:
        keys = keys[:: max(1, len(keys) // sample)][:sample]

    def check(key: str) -> str:
        trajectory = adopted.store.get_record("attempt", key, Trajectory)
        verdict = adopted.store.get_record("verdict", key, Verdict)
        progress.advance()
        if trajectory is None or verdict is None:
            return f"{key}: its verdict is missing"
        task = tasks[trajectory.task]
        now = grader.grade(task, trajectory.patch)
        if now.solved != verdict.solved:
            return f"{key}: solved was {verdict.solved}, is {now.solved}"
        whole = trajectory.model_copy(update={"turns": adopted.store.turns(key)})
        before, after = (turn_rewards(task, whole, one) for one in (verdict, now))
        return "" if before == after else f"{key}: rewards were {before}, are {after}"

    with stage(progress, "judge again", len(keys)):
        lines = list(ordered_map(check, keys, adopted.workers))
    return len(keys), passed_over, [line for line in lines if line]


def stored_tasks(adopted: Adopted) -> dict[str, Task]:
    """Return every task on this base commit that the workspace holds, by id."""
    broken = (entry.task for _, entry in adopted.store.records("tried", Tried))
    asked = (entry.task for _, entry in adopted.store.records("examined", Examined))
    base = adopted.tree.commit
    return {task.id: task for task in (*broken, *asked) if task is not None and task.base == base}


def _task_of(adopted: Adopted, key: str) -> str:
    trajectory = adopted.store.get_record("attempt", key, Trajectory)
    return "" if trajectory is None else trajectory.task
