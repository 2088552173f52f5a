"""Play one task with one policy: the loop that every trajectory comes out of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from journeyman.agent.policy.base import Decision, Policy, View
from journeyman.agent.tools import Toolbox
from journeyman.errors import UserError
from journeyman.grading.grader import Grader
from journeyman.records import (
    Observation,
    Patch,
    Task,
    TestReport,
    Trajectory,
    Turn,
    Verdict,
    attempt_id,
)
from journeyman.records.store import Store
from journeyman.sandbox.session import BaseTree, Session
from journeyman.tasks.steady import steady

TURNS_PER_RUN = 4
"""Turns allowed for each test run of the budget, so that a policy may look around."""


class Arena:
    """Where attempts are played: a tree, a grader, a store, and the budget of test runs.

    Args:
        budget: Candidate patches that may be tested in one attempt; a run on the untouched tree is
            free.
        quick: Whether failing test runs may be made without isolation, for practice.
    """

    def __init__(
        self, tree: BaseTree, grader: Grader, store: Store, budget: int, *, quick: bool = False
    ) -> None:
        self.tree = tree
        self.grader = grader
        self.store = store
        self.budget = budget
        self.quick = quick

    def view(self, task: Task) -> View:
        """Return what a policy is told of `task`."""
        session = Session(self.tree, task.broken)
        return View(
            task=task.id,
            statement=task.statement,
            tests=task.visible,
            files=tuple(session.files()),
            read=session.read,
        )

    def name(self, task: Task, policy: Policy, seed: int) -> str:
        """Return what an attempt is stored under: it names all that decides how it goes."""
        suite = self.grader.suite.settings.identity
        way = "/quick" if self.quick else ""
        return attempt_id(task.id, f"{policy.name}/{self.budget}/{suite}{way}", seed)

    def play(self, task: Task, policy: Policy, seed: int) -> tuple[Trajectory, Verdict]:
        """Return the attempt and its verdict: stored ones if finished before, else played now.

        Every turn is written as it happens; an attempt that was interrupted starts over, since
        equal seeds play alike and test runs are remembered.
        """
        name = self.name(task, policy, seed)
        done = self.store.get_record("attempt", name, Trajectory)
        verdict = self.store.get_record("verdict", name, Verdict)
        if done is None or verdict is None:
            done = self._play(task, policy, seed, name)
            verdict = self.grader.grade(task, done.patch)
            self.store.put_record("verdict", name, verdict)
            self.store.put_record("attempt", name, done)
        turns = self.store.turns(name)
        return done.model_copy(update={"turns": turns}), verdict

    def _play(self, task: Task, policy: Policy, seed: int, name: str) -> Trajectory:
        self.store.clear_turns(name)
        session = Session(self.tree, task.broken)
        attempt = _Attempt(self.grader, task, session, self.budget, quick=self.quick)
        player = policy.begin(self.view(task), seed)
        turns: list[Turn] = []
        ended = "budget"
        while len(turns) < TURNS_PER_RUN * (self.budget + 1):
            decision = player.act(turns)
            if attempt.runs >= self.budget and not _only_submits(decision):
                break
            if not decision.actions:
                ended = "gave up"
                break
            turn = attempt.take(decision)
            self.store.append_turn(name, len(turns), turn)
            turns.append(turn)
            if attempt.submitted:
                ended = "submitted"
                break
        return Trajectory(
            task=task.id,
            policy=policy.name,
            seed=seed,
            patch=session.patch(),
            submitted=attempt.submitted,
            ended=ended,
            test_runs=attempt.runs,
        )


class Stage(Protocol):
    """Where a policy can be let at tasks, with `budget` test runs for each."""

    @property
    def budget(self) -> int:
        """Candidate patches that may be tested in one attempt."""
        ...

    def play(self, task: Task, policy: Policy, seed: int) -> tuple[Trajectory, Verdict]:
        """Return the attempt and its verdict."""
        ...


class Circuit:
    """An arena for the tasks of one base tree, and for those of other trees one that is lent.

    Args:
        elsewhere: Lends the arena for tasks that stand on another commit.
    """

    def __init__(
        self, home: Arena, base: str, elsewhere: Callable[[str], AbstractContextManager[Arena]]
    ) -> None:
        self.home = home
        self.base = base
        self.elsewhere = elsewhere

    @property
    def budget(self) -> int:
        """Candidate patches that may be tested in one attempt."""
        return self.home.budget

    def play(self, task: Task, policy: Policy, seed: int) -> tuple[Trajectory, Verdict]:
        """Return the attempt and its verdict, as the arena of the task's own tree has it."""
        if task.base == self.base:
            return self.home.play(task, policy, seed)
        with self.elsewhere(task.base) as arena:
            return arena.play(task, policy, seed)


def _only_submits(decision: Decision) -> bool:
    """The budget is spent, but handing in what the last run showed to be good costs no run."""
    return [action.tool for action in decision.actions] == ["submit"]


class _Attempt:
    """One attempt's tools, counted."""

    def __init__(
        self, grader: Grader, task: Task, session: Session, budget: int, *, quick: bool
    ) -> None:
        self._grader = grader
        self._quick = quick
        self._budget = budget
        self._task = task
        self._session = session
        self._tools = Toolbox(session, self._run_tests, task.visible)
        self.runs = 0
        self.submitted = False

    def take(self, decision: Decision) -> Turn:
        """Do a decision's actions in order and return the turn."""
        observations: list[Observation] = []
        for action in decision.actions:
            observation = self._tools.use(action)
            observations.append(observation)
            self.submitted |= action.tool == "submit" and not observation.error
        return Turn(
            actions=decision.actions,
            observations=tuple(observations),
            thought=decision.thought,
            log_probability=decision.log_probability,
            choice=decision.choice,
        )

    def _run_tests(self, tests: Sequence[str], trace: bool) -> TestReport:
        patch: Patch = self._session.patch()
        if patch.files and self.runs >= self._budget:
            raise UserError(f"the budget of {self._budget} test runs is spent", "Submit, or stop.")
        seen = self._grader.visible(self._task, patch, coverage=trace, quick=self._quick)
        report = steady(seen)
        if patch.files:
            self.runs += 1
        return report
