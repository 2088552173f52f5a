"""The whole line: a repository goes in, an engineer that has practised on it comes out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from journeyman.agent.policy.apprentice.weights import Weights, default_weights
from journeyman.agent.policy.base import Policy
from journeyman.exam.report import write_report
from journeyman.pipeline.adopt import adopt
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.estimate import in_words, minutes
from journeyman.pipeline.examine import (
    Parts,
    examine,
    examine_apprentice,
    examine_baselines,
    only_python,
    parts,
    practise,
)
from journeyman.pipeline.make_tasks import (
    ask_history,
    break_code,
    ledger,
    prove_tasks,
    tasks_of,
)
from journeyman.pipeline.prove_cheats import play_cheats, proof
from journeyman.pipeline.report import Findings, assemble
from journeyman.pipeline.revert import divided
from journeyman.pipeline.taskbook import as_asked
from journeyman.progress import Progress, Silent
from journeyman.records import Record, digest
from journeyman.records.growth import Growth
from journeyman.records.taskset import Taskset
from journeyman.settings import Settings
from journeyman.training.practise import best
from journeyman.workspace import Workspace


@dataclass(frozen=True)
class Grown:
    """What growing left: the report's data, where its page lies, and the practised weights."""

    growth: Growth
    page: Path
    data: Path
    weights: Weights


def grow(
    source: str,
    workspace: Workspace,
    settings: Settings | None = None,
    *,
    progress: Progress | None = None,
    workers: int | None = None,
    chat: Policy | None = None,
) -> Grown:
    """Adopt, break, prove, split, examine, practise, examine again, report.

    Whatever was done before is taken from the workspace, so a run that was interrupted goes on
    where it stopped.

    Args:
        chat: Another policy to sit the same exam, such as a language model.

    Raises:
        UserError: With what to do about it.
    """
    progress = progress or Silent()
    started = time.perf_counter()
    with adopt(source, workspace, settings, progress=progress, workers=workers) as adopted:
        return finish(
            adopted, progress=progress, chat=chat, adopting_s=time.perf_counter() - started
        )


def finish(
    adopted: Adopted,
    *,
    progress: Progress | None = None,
    chat: Policy | None = None,
    adopting_s: float | None = None,
) -> Grown:
    """Do what is still to be done after adopting, and write the report.

    Args:
        chat: As in `grow`.
        adopting_s: Seconds that adopting took; left out where it was done before.
    """
    progress = progress or Silent()
    found = Findings()
    clock = Clock(adopted)
    if adopting_s is not None:
        clock.add("adopt", adopting_s)
    if not clock.resumes and adopted.language.practises:
        needed = minutes(adopted.settings, adopted.workers, adopted.baseline)
        progress.say(f"the rest takes {in_words(needed)}")
    _make(adopted, found, clock, progress)
    weights = _learn(adopted, found, clock, progress, chat)
    found.seconds = clock.spent.seconds
    found.test_runs = len(adopted.store.keys("report"))
    growth = assemble(adopted, found)
    page, data = write_report(growth, adopted.project.root)
    return Grown(growth, page, data, weights)


def _make(adopted: Adopted, found: Findings, clock: Clock, progress: Progress) -> None:
    with clock.stage("break"):
        sites = break_code(adopted, progress)
    with clock.stage("prove"):
        tried = prove_tasks(adopted, sites, progress)
        tasks = tasks_of(adopted, tried)
        found.ledger = ledger(tried)
    with clock.stage("cheats"):
        found.proof = proof(adopted, tasks, play_cheats(adopted, tasks, progress))
    with clock.stage("real fixes"):
        found.history = ask_history(adopted, progress)
    asked = Taskset.of(entry.task for entry in found.history if entry.task is not None)
    with clock.stage("split"):
        tasks = found.tasks = as_asked(adopted, tasks, progress)
        every, found.division = divided(adopted, tasks, asked, progress)
        found.parts = parts(every, found.division)


def _learn(
    adopted: Adopted, found: Findings, clock: Clock, progress: Progress, chat: Policy | None
) -> Weights:
    tasks = found.parts
    assert isinstance(tasks, Parts)
    start = default_weights()
    if not adopted.language.practises:
        progress.say(only_python(adopted))
        if chat is not None:
            with clock.stage("exam: chat"):
                found.sittings = [examine(adopted, tasks, chat, "chat", progress)]
        return start
    with clock.stage("exam: baselines"):
        found.sittings = [*examine_baselines(adopted, tasks, progress)]
        if chat is not None:
            found.sittings.append(examine(adopted, tasks, chat, "chat", progress))
    with clock.stage("exam: before"):
        found.sittings.append(examine_apprentice(adopted, tasks, start, "before", progress))
    with clock.stage("practise"):
        found.rounds = practise(adopted, tasks, start, progress)
    weights = best(found.rounds).weights
    if len(found.rounds) > 1:
        with clock.stage("exam: after"):
            found.sittings.append(examine_apprentice(adopted, tasks, weights, "after", progress))
    return weights


class Spent(Record):
    """Seconds by stage over all runs of one growing, and which stages came to their end."""

    seconds: dict[str, float] = {}
    ended: tuple[str, ...] = ()


class Clock:
    """Measures the stages; kept in the store, so that a resumed growing reports the whole.

    A stage that ended is not counted again when a later run passes through it. What a killed run
    spent in the stage it was in is lost.
    """

    def __init__(self, adopted: Adopted) -> None:
        self._store = adopted.store
        self._key = digest([adopted.settings.model_dump(mode="json"), adopted.tree.commit])
        before = self._store.get_record("spent", self._key, Spent)
        self.resumes = before is not None
        self.spent = before or Spent()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what runs inside, also when it fails or is interrupted."""
        started = time.perf_counter()
        ended = False
        try:
            yield
            ended = True
        finally:
            self.add(name, time.perf_counter() - started, ended=ended)

    def add(self, name: str, seconds: float, *, ended: bool = True) -> None:
        """Count `seconds` of a stage, unless it ended before."""
        if name in self.spent.ended:
            return
        total = self.spent.seconds.get(name, 0.0) + seconds
        self.spent = Spent(
            seconds={**self.spent.seconds, name: total},
            ended=(*self.spent.ended, name) if ended else self.spent.ended,
        )
        self._store.put_record("spent", self._key, self.spent)
