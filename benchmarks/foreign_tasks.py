"""Make tasks of foreign bugs: prove each drawn mutation, and keep what became of every try."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from journeyman.engine.local import ordered_map
from journeyman.pipeline.adopted import Adopted
from journeyman.progress import Progress, stage
from journeyman.records import Record, Task, digest
from journeyman.tasks.breaking import Break
from journeyman.tasks.prove import Prover
from mutations import Mutation, draw, realise


class Try(Record):
    """What became of one mutation; kept in the store."""

    outcome: str
    """As in `journeyman.tasks.prove`, or ``does not compile``."""
    task: Task | None = None


@dataclass(frozen=True)
class Made:
    """The proven bugs in the order they were drawn, and the outcomes of all tries by name."""

    tasks: tuple[Task, ...]
    outcomes: Counter[str]


def make(adopted: Adopted, wanted: int, seed: int, progress: Progress) -> Made:
    """Prove drawn mutations in order until `wanted` are tasks; what was tried before is known."""
    prover = Prover(
        repository=adopted.adoption.name,
        base=adopted.tree.commit,
        grader=adopted.grader,
        baseline=adopted.baseline,
        coverage=adopted.coverage,
        runs=adopted.settings.tasks.runs,
        read=adopted.tree.read,
    )

    def attempt(mutation: Mutation) -> Try:
        named = [mutation.operator, mutation.occurrence, mutation.path, mutation.line]
        key = f"{adopted.tree.commit[:12]}-{prover.runs}-{digest(named)}"
        known = adopted.store.get_record("foreign try", key, Try)
        if known is None:
            known = _try(adopted, prover, mutation)
            adopted.store.put_record("foreign try", key, known)
        return known

    tasks: dict[str, Task] = {}
    outcomes: Counter[str] = Counter()
    progress.say("looking for places to mutate")
    mutations = draw(adopted, wanted, seed)
    with stage(progress, "prove foreign bugs", wanted):
        for result in ordered_map(attempt, mutations, adopted.workers):
            same = result.task is not None and result.task.broken.content_hash() in tasks
            outcomes["duplicate" if same else result.outcome] += 1
            if result.task is not None and not same:
                tasks[result.task.broken.content_hash()] = result.task
                progress.advance(note=f"{len(tasks)} of {outcomes.total()} tries")
            if len(tasks) == wanted:
                break
    return Made(tuple(tasks.values()), outcomes)


def _try(adopted: Adopted, prover: Prover, mutation: Mutation) -> Try:
    site = realise(mutation, adopted.tree.read(mutation.path))
    if site is None:
        return Try(outcome="does not compile")
    entry = prover.prove(Break((site,)))
    if entry.task is None:
        return Try(outcome=entry.outcome)
    told = {name: getattr(entry.task, name) for name in Task.model_fields}
    return Try(outcome="valid", task=Task(**{**told, "quiet": is_quiet(adopted, entry.task)}))


def is_quiet(adopted: Adopted, task: Task) -> bool:
    """Whether all failing tests that the agent sees fail by assertions, and by nothing else."""
    report = adopted.suite.run(task.broken, task.tests)  # made for the proof, so only recalled
    failing = set(task.fail_to_pass) - set(task.hidden)
    results = [report.by_id.get(test) for test in failing]
    return all(one is not None and _asserted(one.message) for one in results)


def _asserted(message: str) -> bool:
    return message.startswith(("AssertionError", "assert ", "Failed: "))
