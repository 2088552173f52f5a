"""Judge stored attempts again: rewards follow from records, so they can be computed anew."""

from __future__ import annotations

from journeyman.engine.local import ordered_map
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.courts import Courts
from journeyman.progress import Progress, Silent, stage
from journeyman.records import Patch, Task, Trajectory, Verdict
from journeyman.records.taskset import KIND
from journeyman.records.tried import Tried
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
    courts = Courts(
        adopted.project,
        adopted.settings,
        adopted.checkout.git,
        adopted.store,
        adopted.adoption.tier,
    )
    tasks = stored_tasks(adopted)
    stored = adopted.store.keys("attempt")
    keys = [key for key in stored if _task_of(adopted, key) in tasks]
    passed_over = len(stored) - len(keys)
    if sample:
        keys = keys[:: max(1, len(keys) // sample)][:sample]

    def judge(task: Task, patch: Patch) -> Verdict:
        if task.base == adopted.tree.commit:
            return grader.grade(task, patch)
        with courts.lend(task.base, remember=False) as court:
            return court.grader.grade(task, patch)

    def check(key: str) -> str:
        trajectory = adopted.store.get_record("attempt", key, Trajectory)
        verdict = adopted.store.get_record("verdict", key, Verdict)
        progress.advance()
        if trajectory is None or verdict is None:
            return f"{key}: its verdict is missing"
        task = tasks[trajectory.task]
        now = judge(task, trajectory.patch)
        if now.solved != verdict.solved:
            return f"{key}: solved was {verdict.solved}, is {now.solved}"
        whole = trajectory.model_copy(update={"turns": adopted.store.turns(key)})
        before, after = (turn_rewards(task, whole, one) for one in (verdict, now))
        return "" if before == after else f"{key}: rewards were {before}, are {after}"

    with courts, stage(progress, "judge again", len(keys)):
        lines = list(ordered_map(check, keys, adopted.workers))
    return len(keys), passed_over, [line for line in lines if line]


def stored_tasks(adopted: Adopted) -> dict[str, Task]:
    """Return every task that the workspace holds and that can be judged again, by id.

    Those of this base commit, and those of commits whose environment is known.
    """
    made = [
        *(task for _, task in adopted.store.records(KIND, Task)),
        *(entry.task for _, entry in adopted.store.records("tried", Tried)),
    ]
    base = adopted.tree.commit
    known = {task.base for task in made if task is not None}
    open_to = {one for one in known if one == base or adopted.courts.bench(one) is not None}
    return {task.id: task for task in made if task is not None and task.base in open_to}


def _task_of(adopted: Adopted, key: str) -> str:
    trajectory = adopted.store.get_record("attempt", key, Trajectory)
    return "" if trajectory is None else trajectory.task
