"""How a task is played, whoever scores the moves: trace, open, then try moves one by one.

Turn 0 runs the tests on the untouched tree with tracing; turn 1 opens the most suspicious files;
every later turn undoes the last try, makes another move and runs the tests. A decision is one move
drawn from the softmax over the moves not tried yet. All of it follows from the view, the seed and
the turns so far: a fresh player given the same turns decides alike.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from journeyman.agent.policy.apprentice.case import Case, remembered_case, suspicious_files
from journeyman.agent.policy.apprentice.clues import failing_tests
from journeyman.agent.policy.apprentice.features import Try, effect_of
from journeyman.agent.policy.apprentice.move import edit_action, undo_action
from journeyman.agent.policy.apprentice.scorer import log_probabilities
from journeyman.agent.policy.base import Decision, View
from journeyman.records import Action, TestReport, Turn

OPENING_TURNS = 2


class Scorer(Protocol):
    """Says how good each move of one case looks."""

    def __call__(self, tries: Sequence[Try]) -> NDArray[np.float64]:
        """Return the logits of all moves, shape [moves], given what was tried."""
        ...


class MakeScorer(Protocol):
    """Makes the scorer of a case."""

    def __call__(self, case: Case) -> Scorer:
        """Return a scorer for `case`; called once a player."""
        ...


class Flow:
    """A player of moves: `make_scorer` decides which.

    Args:
        view: The task.
        seed: Draws the moves, together with the task's name and the turn's number.
        make_scorer: Scores them.
        greedy: Take the likeliest instead of drawing (the first of equals); the log-probability
            reported is the same either way.
    """

    def __init__(self, view: View, seed: int, make_scorer: MakeScorer, greedy: bool) -> None:
        self._view, self._seed = view, seed
        self._make_scorer, self._greedy = make_scorer, greedy
        self._case: Case | None = None
        self._scorer: Scorer | None = None
        self._effects: dict[int, tuple[TestReport, str]] = {}

    def act(self, turns: Sequence[Turn]) -> Decision:
        """Return the next decision, given every turn so far."""
        if not turns:
            return _say("run the tests as the code stands", _run(trace=True))
        report = _last_report(turns)
        if report is None:
            return Decision(actions=(), thought="the tests cannot be run")
        if not failing_tests(report, self._view.tests) and report.ending == "finished":
            return _say("all tests pass", Action(tool="submit"))
        if len(turns) == 1:
            paths = suspicious_files(self._view, report)
            opens = tuple(Action(tool="open", arguments={"path": path}) for path in paths)
            return Decision(actions=opens, thought="open the most suspicious files")
        case, scorer = self.begin(turns)
        tries = self.tries(turns)
        untried = self.untried(tries)
        if not len(untried):
            return Decision(actions=(), thought="no moves are left")
        logs = log_probabilities(scorer(tries)[untried])
        chosen = self.choose(logs, len(turns))
        return self._decision(case, turns, int(untried[chosen]), float(logs[chosen]), len(untried))

    def begin(self, turns: Sequence[Turn]) -> tuple[Case, Scorer]:
        """Return the case that the first two turns make, and its scorer; made once."""
        if self._case is None or self._scorer is None:
            report = _last_report(turns[:1])
            assert report is not None, "the first turn ran the tests"
            opened = turns[1]
            paths = [
                str(action.arguments["path"])
                for action, seen in zip(opened.actions, opened.observations, strict=True)
                if action.tool == "open" and not seen.error
            ]
            self._case = remembered_case(self._view, report, paths)
            self._scorer = self._make_scorer(self._case)
        return self._case, self._scorer

    def tries(self, turns: Sequence[Turn]) -> list[Try]:
        """Return the moves tried so far, with what each changed."""
        before = _last_report(turns[:1])
        found = []
        for position in range(OPENING_TURNS, len(turns)):
            after = _last_report(turns[position : position + 1])
            effect = "idle"
            if before is not None and after is not None:
                effect = self._effect(position, before, after)
            found.append(Try(int(turns[position].choice["move"]), effect))
        return found

    def _effect(self, position: int, before: TestReport, after: TestReport) -> str:
        """Return what the try of turn `position` changed; compared once for each report."""
        known = self._effects.get(position)
        if known is None or known[0] is not after:
            known = (after, effect_of(before, after, self._view.tests))
            self._effects[position] = known
        return known[1]

    def untried(self, tries: Sequence[Try]) -> NDArray[np.int64]:
        """Return the indices of the moves not tried yet."""
        assert self._case is not None
        left = np.ones(len(self._case.moves), bool)
        left[[one.move for one in tries]] = False
        return np.flatnonzero(left)

    def choose(self, logs: NDArray[np.float64], position: int) -> int:
        """Return the index into `logs` of the move that turn `position` makes."""
        if self._greedy:
            return int(np.argmax(logs))
        key = (self._seed % (1 << 32), zlib.crc32(self._view.task.encode()), position)
        drawn = np.random.default_rng(key).random()
        total = np.cumsum(np.exp(logs))
        return min(int(np.searchsorted(total, drawn * total[-1], side="right")), len(logs) - 1)

    def _decision(
        self, case: Case, turns: Sequence[Turn], index: int, log_probability: float, left: int
    ) -> Decision:
        move = case.moves[index]
        actions = []
        if len(turns) > OPENING_TURNS and _edited(turns[-1]):
            last = int(turns[-1].choice["move"])
            actions.append(undo_action(case.moves[last].path, case.edit(last)))
        actions += [edit_action(move.path, case.edit(index)), _run()]
        return Decision(
            actions=tuple(actions),
            thought=f"{move.kind} at {move.path}:{move.line}",
            log_probability=log_probability,
            choice={
                "move": index,
                "kind": move.kind,
                "path": move.path,
                "function": move.function,
                "line": move.line,
                "moves": left,
                "probability": float(np.exp(log_probability)),
            },
        )


def _edited(turn: Turn) -> bool:
    """Whether the turn's own edit, its last, was done."""
    edits = [
        not seen.error
        for action, seen in zip(turn.actions, turn.observations, strict=True)
        if action.tool == "edit"
    ]
    return bool(edits) and edits[-1]


def _last_report(turns: Sequence[Turn]) -> TestReport | None:
    """Return the report of the last turn, if it ran tests; for the second turn, the first's."""
    for turn in reversed(turns):
        for seen in reversed(turn.observations):
            if seen.report is not None:
                return seen.report
    return None


def _run(trace: bool = False) -> Action:
    return Action(tool="run_tests", arguments={"trace": True} if trace else {})


def _say(thought: str, *actions: Action) -> Decision:
    return Decision(actions=actions, thought=thought)
