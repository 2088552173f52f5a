"""Practice: reinforcement learning from code execution, with per-turn discounted credit.

A round plays a few tasks several times each with the policy as it is, turns what running code said
into advantages, takes one step along the exact natural gradient, pulled back towards the start, and
asks the validation tasks whether that was good. The round that did best on validation is kept, and
the start is a candidate like any other: practice that taught nothing changes nothing.

Attempts sample without repeating a move they have tried, so the gradient is that of exactly this
policy: the softmax over the moves not tried yet, not over all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from journeyman.agent.policy.apprentice.policy import Apprentice
from journeyman.agent.policy.apprentice.scorer import (
    fisher_information,
    kl_divergence,
    log_gradient,
)
from journeyman.agent.policy.apprentice.weights import Weights
from journeyman.engine.local import ordered_map
from journeyman.exam.results import runs_of
from journeyman.exam.sitting import mark
from journeyman.progress import Progress, stage
from journeyman.records import Record, Task, Trajectory, Verdict, digest
from journeyman.records.store import Store
from journeyman.records.taskset import Taskset
from journeyman.reward.credit import Credit, advantages, returns
from journeyman.reward.execution import Ladder, scores
from journeyman.rollout.attempt import Arena
from journeyman.settings import PracticeSettings
from journeyman.training.step import Momentum, natural_step

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


class RoundResult(Record):
    """One round: the weights it ended with and what they did on validation."""

    round: int
    weights: Weights
    practice_return: float | None = None
    validation_test_runs: float
    pull: float = 0.0
    decisions: int = 0
    solved: float | None = None
    momentum: Momentum = Momentum()


@dataclass(frozen=True)
class Practice:
    """Everything one practice needs: where it plays, on what, and how it learns.

    Args:
        arena: Plays practice attempts (its budget may be smaller than the exam's).
        exam: Plays validation attempts, under the exam's budget.
        identity: Names this practice in the store, so that it resumes.
    """

    arena: Arena
    exam: Arena
    tasks: Taskset
    validation: Taskset
    settings: PracticeSettings
    store: Store
    identity: str
    workers: int

    def run(self, start: Weights, progress: Progress) -> list[RoundResult]:
        """Play and learn round by round; round 0 is the start itself.

        Stops after `rounds`, or when `patience` rounds brought no gain on validation.
        """
        results = [self._remembered(0, lambda: self._start(start, progress))]
        for number in range(1, self.settings.rounds + 1):
            if not self.tasks or number - best(results).round > self.settings.patience:
                break
            make = partial(self._round, number, start, results[-1], progress)
            results.append(self._remembered(number, make))
        return results

    def _remembered(self, number: int, make: Callable[[], RoundResult]) -> RoundResult:
        key = f"{self.identity}-{number:03}"
        known = self.store.get_record("round", key, RoundResult)
        if known is None:
            known = make()
            self.store.put_record("round", key, known)
        return known

    def _start(self, start: Weights, progress: Progress) -> RoundResult:
        runs = self.validate(start, "validation: start", progress)
        return RoundResult(round=0, weights=start, validation_test_runs=runs)

    def _round(
        self, number: int, start: Weights, before: RoundResult, progress: Progress
    ) -> RoundResult:
        current = before.weights
        policy = Apprentice(current)
        chosen = tasks_of_round(self.tasks, self.settings.seed, self.settings.tasks, number)
        jobs = [(task, n) for task in chosen for n in range(self.settings.attempts)]

        def play(job: tuple[Task, int]) -> tuple[Trajectory, Verdict]:
            task, n = job
            played = self.arena.play(task, policy, round_seed(self.settings.seed, number, n))
            progress.advance()
            return played

        with stage(progress, f"practise: round {number}", len(jobs)):
            played = list(ordered_map(play, jobs, self.workers))
        learned = Lesson(len(start.values))
        size = self.settings.attempts
        with stage(progress, f"learn: round {number}", len(chosen)):
            for index, task in enumerate(chosen):
                learned.add(
                    self.arena, task, policy, played[index * size : (index + 1) * size],
                    Credit(gamma=self.settings.discount), start,
                )  # fmt: skip
                progress.advance()
        slope = learned.gradient(len(jobs)) - self.settings.pull * learned.pull_gradient()
        momentum = before.momentum.with_slope(slope)
        step = natural_step(np.asarray(momentum.slope), learned.fisher(), self.settings.step)
        values = np.asarray(current.values) + step
        weights = current.with_values(values, f"practice round {number}")
        return RoundResult(
            round=number,
            weights=weights,
            practice_return=learned.mean_return(),
            solved=sum(verdict.solved for _, verdict in played) / len(played),
            validation_test_runs=self.validate(weights, f"validation: round {number}", progress),
            pull=learned.divergence(),
            decisions=learned.decisions,
            momentum=momentum,
        )

    def validate(self, weights: Weights, name: str, progress: Progress) -> float:
        """Return the mean test runs to a fix of the greedy policy on the validation tasks."""
        policy = Apprentice(weights, greedy=True)

        def runs(task: Task) -> float:
            answer = mark(task, *self.exam.play(task, policy, 0))
            progress.advance()
            return runs_of(answer, self.exam.budget)

        with stage(progress, name, len(self.validation)):
            found = list(ordered_map(runs, self.validation, self.workers))
        return sum(found) / len(found) if found else float(self.exam.budget)


def tasks_of_round(tasks: Taskset, seed: int, most: int, number: int) -> list[Task]:
    """Return the tasks of a round (from 1): all are played once before any is played again."""
    ordered = tasks.ordered(lambda head: digest([seed, head.id]))
    count = min(most, len(ordered))
    first = (number - 1) * count
    return [ordered[(first + offset) % len(ordered)] for offset in range(count)]


def round_seed(seed: int, number: int, attempt: int) -> int:
    """Return the seed of one attempt of one round."""
    return int(digest([seed, number, attempt]), 16) % (1 << 31)


def best(results: Sequence[RoundResult]) -> RoundResult:
    """Return the round that did best on validation; the earliest of equals."""
    return min(results, key=lambda result: (result.validation_test_runs, result.round))


class Lesson:
    """What a round's attempts add up to: a gradient, a divergence from the start, a mean return."""

    def __init__(self, size: int) -> None:
        self._gradient: Vector = np.zeros(size)
        self._pull: Vector = np.zeros(size)
        self._fisher: Matrix = np.zeros((size, size))
        self._divergence = 0.0
        self._returns: list[float] = []
        self.decisions = 0

    def add(
        self,
        arena: Arena,
        task: Task,
        policy: Apprentice,
        group: Sequence[tuple[Trajectory, Verdict]],
        credit: Credit,
        start: Weights,
    ) -> None:
        """Add the attempts at one task."""
        rewards = [turn_rewards(task, trajectory, verdict) for trajectory, verdict in group]
        weighed = advantages(rewards, credit)
        for (trajectory, _), values in zip(group, weighed, strict=True):
            player = policy.begin(arena.view(task), trajectory.seed)
            for position, advantage in zip(deciding(trajectory), values, strict=True):
                turns, move = trajectory.turns[:position], trajectory.turns[position].choice["move"]
                features, chosen = player.decision_features(turns, move)
                theta = np.asarray(policy.weights.values)
                self._gradient += advantage * log_gradient(features, theta, chosen)
                self._fisher += fisher_information(features, theta)
                distance, pull = kl_divergence(features, theta, np.asarray(start.values))
                self._divergence += distance
                self._pull += pull
                self.decisions += 1
        self._returns += [
            sum(returns(attempt, credit.gamma, credit.aggregate)[:1]) for attempt in rewards
        ]

    def gradient(self, attempts: int) -> Vector:
        """Return the policy gradient: a sum over turns divided by the number of attempts."""
        return self._gradient / max(1, attempts)

    def fisher(self) -> Matrix:
        """Return the Fisher information of a decision, in the mean."""
        return self._fisher / max(1, self.decisions)

    def pull_gradient(self) -> Vector:
        """Return the gradient of the mean divergence from the start, per decision."""
        return self._pull / max(1, self.decisions)

    def divergence(self) -> float:
        """Return the mean divergence from the start, in nats per decision."""
        return self._divergence / max(1, self.decisions)

    def mean_return(self) -> float | None:
        """Return the mean return of the first deciding turn of each attempt."""
        return sum(self._returns) / len(self._returns) if self._returns else None


def deciding(trajectory: Trajectory) -> list[int]:
    """Return the positions of the turns in which the policy chose something."""
    return [position for position, turn in enumerate(trajectory.turns) if turn.choice]


def turn_rewards(task: Task, trajectory: Trajectory, verdict: Verdict) -> list[float]:
    """Return the score of each deciding turn, before any discounting."""
    turns = [trajectory.turns[position] for position in deciding(trajectory)]
    reports = [
        next((seen.report for seen in reversed(turn.observations) if seen.report), None)
        for turn in turns
    ]
    return scores(reports, verdict, task, Ladder())
