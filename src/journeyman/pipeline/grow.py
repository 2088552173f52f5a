"""The whole line: a repository goes in, an engineer that has practised on it comes out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    parts,
    practise,
)
from journeyman.pipeline.make_tasks import (
    ask_history,
    break_code,
    ledger,
    prove_tasks,
    split_tasks,
    tasks_of,
)
from journeyman.pipeline.prove_cheats import play_cheats, proof
from journeyman.pipeline.report import Findings, assemble
from journeyman.progress import Progress, Silent
from journeyman.records import Record
from journeyman.records.growth import Growth
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
    settings = settings or Settings()
    progress = progress or Silent()
    clock = Clock()
    with clock.stage("adopt"):
        adopted = adopt(source, workspace, settings, progress=progress, workers=workers)
    with adopted:
        if not clock.resume(adopted):
            time_needed = minutes(settings, adopted.workers, adopted.baseline)
            progress.say(f"the rest takes {in_words(time_needed)}")
        found = Findings()
        _make(adopted, found, clock, progress)
        weights = _learn(adopted, found, clock, progress, chat)
        found.seconds = clock.seconds
        found.test_runs = len(adopted.store.keys("report"))
        growth = assemble(adopted, found)
        page, data = write_report(growth, adopted.project.root)
    return Grown(growth, page, data, weights)


def _make(adopted: Adopted, found: Findings, clock: Clock, progress: Progress) -> None:
    with clock.stage("break"):
        sites = break_code(adopted, progress)
    with clock.stage("prove"):
        tried = prove_tasks(adopted, sites, progress)
        tasks = tasks_of(tried)
        found.ledger = ledger(tried)
    with clock.stage("cheats"):
        found.proof = proof(adopted, tasks, play_cheats(adopted, tasks, progress))
    with clock.stage("real fixes"):
        found.history = ask_history(adopted, progress)
    asked = [entry.task for entry in found.history if entry.task is not None]
    with clock.stage("split"):
        found.tasks = tasks
        found.division = split_tasks(adopted, [*tasks, *asked])
        found.parts = parts([*tasks, *asked], found.division)


def _learn(
    adopted: Adopted, found: Findings, clock: Clock, progress: Progress, chat: Policy | None
) -> Weights:
    tasks = found.parts
    assert isinstance(tasks, Parts)
    start = default_weights()
    with clock.stage("exam: baselines"):
        found.sittings = [*examine_baselines(adopted, tasks, progress)]
        if chat is not None:
            found.sittings.append(examine(adopted, tasks, chat, "chat", progress))
    with clock.stage("exam: before"):
        found.sittings.append(examine_apprentice(adopted, tasks, start, "before", progress))
    with clock.stage("practise"):
        found.rounds = practise(adopted, tasks, start, progress)
    weights = best(found.rounds).weights
    with clock.stage("exam: after"):
        found.sittings.append(examine_apprentice(adopted, tasks, weights, "after", progress))
    return weights


class Spent(Record):
    """Seconds by stage, kept in the store so that a resumed run reports the whole."""

    seconds: dict[str, float] = {}


@dataclass
class Clock:
    """Measures the stages.

    A run that was interrupted leaves what it spent in the store; a resumed one, whose finished
    stages cost next to nothing, reports the longer time of each.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    _adopted: Adopted | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what runs inside, also when it fails or is interrupted."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            self.seconds[name] = max(spent, self.seconds.get(name, 0.0))
            self._keep()

    def resume(self, adopted: Adopted) -> bool:
        """Take over what earlier runs of this repository spent; return whether there were any."""
        self._adopted = adopted
        before = adopted.store.get_record("spent", "grow", Spent) or Spent()
        for name, seconds in before.seconds.items():
            self.seconds[name] = max(seconds, self.seconds.get(name, 0.0))
        return bool(before.seconds)

    def _keep(self) -> None:
        if self._adopted is not None:
            self._adopted.store.put_record("spent", "grow", Spent(seconds=self.seconds))
