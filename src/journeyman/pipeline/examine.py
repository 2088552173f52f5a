"""Stages 5, exam and practice: before, in between, and after, on files nobody practised on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from journeyman.agent.policy.apprentice.policy import Apprentice
from journeyman.agent.policy.apprentice.weights import Weights, default_weights
from journeyman.agent.policy.base import Policy
from journeyman.agent.policy.baselines import Ochiai, Uniform
from journeyman.errors import UserError
from journeyman.exam.sitting import Sitting, draw, sit
from journeyman.pipeline.adopted import Adopted
from journeyman.progress import Progress, Silent
from journeyman.records import digest
from journeyman.records.score import Role
from journeyman.records.taskset import Taskset
from journeyman.rollout.attempt import Arena, Circuit
from journeyman.tasks.split import Split
from journeyman.training.practise import Practice, RoundResult, best
from journeyman.training.step import DAMPING, MOMENTUM

ABOUT: dict[Role, str] = {
    "uniform": "picks any repair on any line that failing tests run, all alike",
    "ochiai": "takes lines by suspiciousness (Ochiai), and on each any repair, all alike",
    "before": "the apprentice as it is shipped",
    "after": "the apprentice after practising on this repository",
    "chat": "a language model behind a chat endpoint, with the same tools",
    "other": "another policy",
}


@dataclass(frozen=True)
class Parts:
    """The tasks by what they are for."""

    practice: Taskset
    validation: Taskset
    held_out: Taskset
    history: Taskset


def parts(tasks: Taskset, division: Split) -> Parts:
    """Return the tasks on each side of the split."""
    return Parts(
        tasks.only(division.practice),
        tasks.only(division.validation),
        tasks.only(division.held_out),
        tasks.only(division.history),
    )


def arena(adopted: Adopted, budget: int, *, quick: bool = False) -> Arena:
    """Return where attempts on this repository are played, with `budget` test runs each.

    Practice is `quick`: a test run that fails is made in a fork. Exams are isolated throughout.
    """
    return Arena(adopted.tree, adopted.grader, adopted.store, budget, quick=quick)


def circuit(adopted: Adopted, budget: int) -> Circuit:
    """Return where attempts are played on this repository's tasks, whichever commit they are of."""

    @contextmanager
    def elsewhere(commit: str) -> Iterator[Arena]:
        with adopted.courts.lend(commit) as court:
            yield Arena(court.tree, court.grader, adopted.store, budget)

    return Circuit(arena(adopted, budget), adopted.tree.commit, elsewhere)


def only_python(adopted: Adopted) -> str:
    """Say what is left out for a language that the apprentice does not know."""
    return (
        f"the apprentice and the baselines know Python only, not {adopted.language.name}: no "
        "practice, and no exam but that of a chat model"
    )


def refuse_unknown(adopted: Adopted) -> None:
    """Refuse what needs the apprentice where it does not know the language.

    Raises:
        UserError: It does not, with what can be done instead.
    """
    if not adopted.language.practises:
        raise UserError(
            only_python(adopted),
            "Its tasks are made and judged all the same: see `journeyman prove`, and `journeyman "
            "exam --chat-url URL --chat-model NAME` for a model that knows the language.",
        )


def examine(
    adopted: Adopted,
    tasks: Parts,
    policy: Policy,
    role: Role,
    progress: Progress | None = None,
) -> Sitting:
    """Let a policy sit the exam: held-out tasks, and the repository's own later fixes."""
    questions = [*draw(tasks.held_out, adopted.settings.exam.tasks), *tasks.history]
    return sit(
        circuit(adopted, adopted.settings.exam.budget),
        questions,
        policy,
        role=role,
        about=ABOUT[role],
        seed=adopted.settings.tasks.seed,
        workers=adopted.workers,
        progress=progress or Silent(),
    )


def examine_baselines(
    adopted: Adopted, tasks: Parts, progress: Progress | None = None
) -> tuple[Sitting, Sitting]:
    """Let the two baselines sit the exam."""
    return (
        examine(adopted, tasks, Uniform(), "uniform", progress),
        examine(adopted, tasks, Ochiai(), "ochiai", progress),
    )


def examine_apprentice(
    adopted: Adopted, tasks: Parts, weights: Weights, role: Role, progress: Progress | None = None
) -> Sitting:
    """Let the apprentice sit the exam with `weights`, always taking its likeliest move."""
    return examine(adopted, tasks, Apprentice(weights, greedy=True), role, progress)


def practise(
    adopted: Adopted,
    tasks: Parts,
    start: Weights | None = None,
    progress: Progress | None = None,
) -> list[RoundResult]:
    """Practise on the practice tasks from `start` (the shipped weights by default).

    Raises:
        UserError: The apprentice does not know the repository's language.
    """
    refuse_unknown(adopted)
    start = start or default_weights()
    settings = adopted.settings
    identity = digest(
        [
            settings.practice.model_dump(),
            settings.exam.budget,
            Apprentice(start).name,
            (MOMENTUM, DAMPING),
            [head.id for head in tasks.practice.heads],
            [head.id for head in tasks.validation.heads],
        ]
    )
    practice = Practice(
        arena=arena(adopted, settings.practice.budget, quick=True),
        exam=arena(adopted, settings.exam.budget),
        tasks=tasks.practice,
        validation=tasks.validation,
        settings=settings.practice,
        store=adopted.store,
        identity=identity,
        workers=adopted.workers,
    )
    results = practice.run(start, progress or Silent())
    adopted.store.put_record("weights", _sides(tasks), best(results).weights)
    return results


def practised(adopted: Adopted, tasks: Parts) -> Weights | None:
    """Return the weights that practice on exactly this split gave last, if there was any.

    Weights that practised on another split may have seen what this one holds out.
    """
    return adopted.store.get_record("weights", _sides(tasks), Weights)


def _sides(tasks: Parts) -> str:
    sides = (tasks.practice, tasks.validation)
    return digest([sorted(head.id for head in side.heads) for side in sides])
