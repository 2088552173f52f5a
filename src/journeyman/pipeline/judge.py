"""Predictions judged by our grader: a diff from anywhere, against a task's starting tree."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from journeyman.engine.local import ordered_map
from journeyman.errors import InfrastructureError, UserError
from journeyman.interchange.losses import Refused
from journeyman.interchange.predictions import Judged, Prediction
from journeyman.interchange.scratch import scratch
from journeyman.interchange.swebench import instance_id, known_as
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.standing import judged, standing
from journeyman.progress import Progress, Silent, stage
from journeyman.records import Patch, Task

TRIES = 3
"""Times that a fault of our own machinery is tried again before it is counted."""


class Judge:
    """Judges predictions on an adopted repository; safe to use from several threads."""

    def __init__(self, adopted: Adopted) -> None:
        self.adopted = adopted

    def judge(self, task: Task, prediction: Prediction) -> Judged:
        """Apply a prediction to the task's starting tree and grade what it comes to.

        Raises:
            UserError: The task belongs to another commit.
        """
        if not prediction.model_patch:
            return Judged(prediction=prediction, state="empty", why="there is no patch")
        try:
            patch, why = self.patch(task, prediction.model_patch)
        except Refused as refused:
            return Judged(prediction=prediction, state="does not apply", why=refused.why)
        fault = ""
        for _ in range(TRIES):
            try:
                with judged(self.adopted, task) as grader:
                    verdict = grader.grade(task, patch)
            except InfrastructureError as error:
                fault = error.message
                continue
            return Judged(prediction=prediction, state="judged", why=why, verdict=verdict)
        return Judged(prediction=prediction, state="fault", why=fault)

    def patch(self, task: Task, diff: str) -> tuple[Patch, str]:
        """Return the patch that a diff comes to on the task's starting tree, and what to know.

        Raises:
            Refused: It does not apply.
            UserError: The task belongs to another commit.
        """
        base = standing(self.adopted, task).commit
        with scratch(self.adopted.checkout.git) as place:
            applied = place.apply(place.tree(base, task.broken), diff)
        notes = [f"applied with {applied.way}"] if applied.way else []
        notes += [f"left out: {', '.join(applied.lost)}"] if applied.lost else []
        return applied.patch, "; ".join(notes)


def judge_all(
    adopted: Adopted,
    predictions: Sequence[Prediction],
    tasks: Iterable[Task],
    progress: Progress | None = None,
) -> list[tuple[Task, Judged]]:
    """Judge predictions of known instances, in order.

    Raises:
        UserError: A prediction names an instance that is not among `tasks`.
    """
    progress = progress or Silent()
    tasks = list(tasks)
    known = {name: task for task in tasks for name in known_as(task)}
    known |= {instance_id(task): task for task in tasks}  # a task's own name comes first
    _refuse_unknown(predictions, known)
    judge = Judge(adopted)

    def one(prediction: Prediction) -> tuple[Task, Judged]:
        task = known[prediction.instance_id]
        judged = judge.judge(task, prediction)
        progress.advance()
        return task, judged

    with stage(progress, "judge", len(predictions)):
        return list(ordered_map(one, predictions, adopted.workers))


def _refuse_unknown(predictions: Sequence[Prediction], known: Mapping[str, Task]) -> None:
    unknown = sorted({one.instance_id for one in predictions} - known.keys())
    if unknown:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise UserError(
            f"predictions for {unknown[0]}{more}, which this workspace does not hold",
            "Import the tasks first, or use the workspace that they were exported from.",
        )


_shared: dict[tuple[str, str], Judge] = {}
_opening = threading.Lock()


def shared_judge(workspace: Path, project: str) -> Judge:
    """Return this process's judge of a project, opened once and closed when the process ends.

    Raises:
        UserError: There is no such project, or another process is at work on it.
    """
    from journeyman.pipeline.adopt import reopen
    from journeyman.workspace import Workspace

    key = (str(workspace.resolve()), project)
    with _opening:
        if key not in _shared:
            adopted = reopen(Workspace(workspace).existing(project))
            atexit.register(adopted.close)
            _shared[key] = Judge(adopted)
        return _shared[key]
