"""What several commands share: bringing the earlier stages up to where a later one begins."""

from __future__ import annotations

from journeyman.agent.policy.apprentice.weights import default_weights
from journeyman.agent.policy.base import Policy
from journeyman.exam.sitting import Sitting
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.examine import (
    Parts,
    examine,
    examine_apprentice,
    examine_baselines,
    only_python,
    parts,
    practised,
    refuse_unknown,
)
from journeyman.pipeline.make_tasks import (
    ask_history,
    break_code,
    prove_tasks,
    tasks_of,
)
from journeyman.pipeline.revert import divided
from journeyman.pipeline.taskbook import as_asked
from journeyman.progress import Progress
from journeyman.records.taskset import Taskset
from journeyman.tasks.split import Split


def made_parts(adopted: Adopted, progress: Progress) -> tuple[Parts, Split]:
    """Return the tasks by side, making those that are not there yet."""
    made = tasks_of(adopted, prove_tasks(adopted, break_code(adopted, progress), progress))
    found = (entry.task for entry in ask_history(adopted, progress))
    asked = Taskset.of(task for task in found if task is not None)
    every, division = divided(adopted, as_asked(adopted, made, progress), asked, progress)
    return parts(every, division), division


def hold_exam(
    adopted: Adopted, progress: Progress, *, after: bool, chat: Policy | None
) -> list[Sitting]:
    """Let the baselines, the apprentice and, if there is one, the chat policy sit the exam."""
    if chat is None:
        refuse_unknown(adopted)
    tasks, _ = made_parts(adopted, progress)
    if chat is not None and not adopted.language.practises:
        progress.say(only_python(adopted))
        return [examine(adopted, tasks, chat, "chat", progress)]
    start = default_weights()
    sittings = [*examine_baselines(adopted, tasks, progress)]
    sittings.append(examine_apprentice(adopted, tasks, start, "before", progress))
    weights = practised(adopted, tasks) if after else None
    if weights is not None:
        sittings.append(examine_apprentice(adopted, tasks, weights, "after", progress))
    elif after:
        progress.say("nothing practised on this split of the tasks: no exam after practice")
    if chat is not None:
        sittings.append(examine(adopted, tasks, chat, "chat", progress))
    return sittings
