"""Make written tasks: try one plan after another until as many are proven as are wanted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from journeyman.engine.local import resumed_map
from journeyman.errors import SettingsError
from journeyman.exam.statistics import rule_of_three
from journeyman.grading.forging import Cheat
from journeyman.grading.goals.cheats import GOAL_CHEATS
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.taskbook import every_task
from journeyman.progress import Progress, Silent, stage
from journeyman.records import Task, digest
from journeyman.records.growth import CheatRow
from journeyman.records.tried import Tried
from journeyman.sandbox.testing.pytest_suite import as_pytest
from journeyman.tasks.prove import Prover
from journeyman.tasks.written import MAKERS, Maker, Plan, Workshop, maker

MOST_REPAIRS = 300
"""Proven repairs that tests are written for, at most: each holds whole files."""

VERSION = 3
"""Counted up when a maker or a judge changes, so that stored tries count no more."""


def write_tasks(
    adopted: Adopted, kind: str, progress: Progress | None = None, *, known: Sequence[Task] = ()
) -> list[Tried]:
    """Return what became of every try to make tasks of one kind (see `MAKERS`).

    Args:
        known: Proven repairs to write tests for; those that the store holds when left out.

    Raises:
        SettingsError: There is no such kind.
    """
    progress = progress or Silent()
    if kind not in MAKERS:
        raise SettingsError(
            f"there is no kind of written tasks called {kind!r}",
            f"The kinds are {', '.join(MAKERS)}.",
        )
    wanted = adopted.settings.written.count
    tried: list[Tried] = []
    proven = 0
    with stage(progress, kind, wanted):
        for result in _tries(adopted, maker(kind, workshop(adopted, known))):
            tried.append(result)
            if result.task is not None:
                proven += 1
                progress.advance(note=f"{proven} of {len(tried)} tries")
            if proven >= wanted:
                break
    return tried


def play_goal_cheats(
    adopted: Adopted, tasks: Sequence[Task], progress: Progress | None = None
) -> tuple[CheatRow, ...]:
    """Play every known cheat against the tasks' goals (see `grading/goals/cheats.py`)."""
    progress = progress or Silent()
    jobs = [(cheat, task) for task in tasks for cheat in GOAL_CHEATS.get(task.goal.kind, ())]
    scored: Counter[str] = Counter()
    tries: dict[str, Cheat] = {}
    times: Counter[str] = Counter()
    with stage(progress, "cheats", len(jobs)):
        for cheat, task in jobs:
            text = adopted.grader.broken_text(task, task.place.path) or ""
            scored[cheat.name] += adopted.grader.grade(task, cheat.patch(task, text)).solved
            times[cheat.name] += 1
            tries[cheat.name] = cheat
            progress.advance()
    return tuple(
        CheatRow(
            cheat=name,
            what=cheat.what,
            scope="task",
            tries=times[name],
            scored=scored[name],
            stopped=None if scored[name] else "detected",
            upper_bound=None if scored[name] else rule_of_three(times[name]),
        )
        for name, cheat in tries.items()
    )


def workshop(adopted: Adopted, known: Sequence[Task] = ()) -> Workshop:
    """Return what makers of written tasks work with."""
    settings = adopted.settings
    prover = Prover(
        repository=adopted.adoption.name,
        base=adopted.tree.commit,
        grader=adopted.grader,
        baseline=adopted.baseline,
        coverage=adopted.coverage,
        runs=settings.tasks.runs,
        read=adopted.tree.read,
    )
    return Workshop(
        prover=prover,
        code_files=adopted.adoption.plan.code_files,
        roots=roots(adopted),
        known=tuple(known) or tuple(known_repairs(adopted)),
        texts=tuple(adopted.tree.files()),
        mutants=settings.written.mutants,
        seed=settings.tasks.seed,
    )


def known_repairs(adopted: Adopted) -> Iterator[Task]:
    """Yield some of the repairs that were proven in this base tree, and undone real fixes."""
    of_use = ("breakage", "reverted")
    heads = [head for head in every_task(adopted).heads if head.source in of_use]
    heads.sort(key=lambda head: digest(["known repair", head.id]))
    yield from every_task(adopted).only(head.id for head in heads[:MOST_REPAIRS])


def roots(adopted: Adopted) -> tuple[str, ...]:
    """Return the folders of the repository that its modules are imported from."""
    places = {
        PurePosixPath(place).relative_to("/repo").as_posix()
        for place in as_pytest(adopted.suite).settings.python_path
    }
    if adopted.adoption.plan.layout == "src":
        places.add("src")
    return tuple(sorted({"" if place == "." else place for place in places} | {""}))


def _tries(adopted: Adopted, one: Maker) -> Iterator[Tried]:
    """Yield what becomes of the plans, in a shuffled order that is the same every time."""
    settings = adopted.settings
    plans = sorted(one.plans(), key=lambda plan: plan.content_hash())
    random.Random(f"written {settings.tasks.seed}").shuffle(plans)
    plans = plans[: settings.written.tries * settings.written.count]
    identity = adopted.suite.settings.identity

    sizes = f"{settings.tasks.runs}-{settings.written.mutants}"

    def key(plan: Plan) -> str:
        return f"{identity}-{VERSION}-{sizes}-{plan.content_hash()}"

    def recall(plan: Plan) -> Tried | None:
        return adopted.store.get_record("written", key(plan), Tried)

    def attempt(plan: Plan) -> Tried:
        made = one.make(plan)
        adopted.store.put_record("written", key(plan), made)
        return made

    # A race times code: nothing else may run beside it.
    workers = 1 if plans and plans[0].kind == "speed" else adopted.workers
    yield from resumed_map(recall, attempt, plans, workers)
