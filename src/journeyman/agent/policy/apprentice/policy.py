"""The apprentice: the embedded default policy, a log-linear choice among moves."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from journeyman.agent.policy.apprentice.case import Case
from journeyman.agent.policy.apprentice.features import (
    Try,
    Trying,
    changing_columns,
    static_features,
)
from journeyman.agent.policy.apprentice.flow import OPENING_TURNS, Flow
from journeyman.agent.policy.apprentice.move import Move
from journeyman.agent.policy.apprentice.scorer import log_probabilities
from journeyman.agent.policy.apprentice.version import version
from journeyman.agent.policy.apprentice.weights import Weights, default_weights
from journeyman.agent.policy.base import Decision, View
from journeyman.errors import SettingsError
from journeyman.records import Turn


class Apprentice:
    """Chooses by weighed features among edits that a grammar of repairs proposes.

    Args:
        weights: Those that ship with the package by default.
        greedy: Always take the likeliest move (exams) instead of drawing one (practice).
        temperature: Above one draws more evenly, below one more greedily.

    Raises:
        SettingsError: The weights are for other features, or the temperature is not above zero.
    """

    def __init__(
        self, weights: Weights | None = None, greedy: bool = False, temperature: float = 1.0
    ) -> None:
        if not temperature > 0:
            raise SettingsError(
                f"the temperature must be above zero, not {temperature}", "Use 1.0 for as trained."
            )
        self.weights = (weights or default_weights()).check()
        self.greedy, self.temperature = greedy, temperature

    @property
    def name(self) -> str:
        """The weights' digest, what the moves are made by, and the way of choosing."""
        mode = "greedy" if self.greedy else "sampled"
        warmth = "" if self.temperature == 1.0 else f"-t{self.temperature:g}"
        return f"apprentice-{self.weights.digest}-{version()}-{mode}{warmth}"

    def begin(self, view: View, seed: int) -> ApprenticePlayer:
        """Return a player for one attempt."""
        return ApprenticePlayer(self, view, seed)


class ApprenticePlayer:
    """The apprentice at work on one attempt."""

    def __init__(self, policy: Apprentice, view: View, seed: int) -> None:
        self._policy = policy
        self._flow = Flow(view, seed, self._scorer, policy.greedy)
        self._features: MoveFeatures | None = None
        self._case: Case | None = None

    def act(self, turns: Sequence[Turn]) -> Decision:
        """Return the next decision, given every turn so far."""
        return self._flow.act(turns)

    def decision_features(
        self, turns: Sequence[Turn], move: int | None = None
    ) -> tuple[NDArray[np.float64], int]:
        """Return what the decision after `turns` was made on, for training.

        The features of the moves not tried yet, [moves, features], scaled so that their product
        with the weights' values is the logits; and the row of the move chosen: `move` as recorded
        in the turn's choice, or the one this player chooses when it is not given.

        Raises:
            ValueError: `turns` are fewer than the two before the first decision, or `move` is not
                among the moves left.
        """
        if len(turns) < OPENING_TURNS:
            raise ValueError("no move is chosen in the first two turns")
        self._flow.begin(turns)
        assert self._features is not None
        tries = self._flow.tries(turns)
        untried = self._flow.untried(tries)
        matrix = self._features.scaled(tries)[untried]
        if move is not None:
            row = int(np.searchsorted(untried, move))
            if row >= len(untried) or untried[row] != move:
                raise ValueError(f"move {move} is not among those left")
            return matrix, row
        logs = log_probabilities(matrix @ self._policy.weights.theta)
        return matrix, self._flow.choose(logs, len(turns))

    @property
    def moves(self) -> list[Move]:
        """The moves of this attempt's case; empty before the first decision."""
        return self._case.moves if self._case is not None else []

    def rows_of(self, turns: Sequence[Turn], moves: Collection[int]) -> tuple[int, ...]:
        """Return the rows that `decision_features` after `turns` has for those of `moves` left."""
        untried = self._flow.untried(self._flow.tries(turns))
        return tuple(int(row) for row in np.flatnonzero(np.isin(untried, list(moves))))

    def _scorer(self, case: Case) -> MoveFeatures:
        self._case = case
        self._features = MoveFeatures(case, self._policy.weights, self._policy.temperature)
        return self._features


class MoveFeatures:
    """The features of a case's moves, turn by turn, and the logits the weights make of them."""

    def __init__(self, case: Case, weights: Weights, temperature: float = 1.0) -> None:
        if case.features is None:
            case.features = static_features(case).astype(np.float32)
        self._static = case.features / (weights.divisor * temperature)
        self._divisor = weights.divisor * temperature
        self._trying = Trying(case)
        self._theta = weights.theta
        self._base = self._static @ self._theta

    def __call__(self, tries: Sequence[Try]) -> NDArray[np.float64]:
        """Return the logits of all moves, shape [moves]."""
        logits = self._base.copy()
        for index, column in changing_columns(self._trying, tries, self._divisor):
            logits += column * self._theta[index]
        return logits

    def scaled(self, tries: Sequence[Try]) -> NDArray[np.float64]:
        """Return the features divided by scale and temperature, shape [moves, features]."""
        matrix = self._static.copy()
        for index, column in changing_columns(self._trying, tries, self._divisor):
            matrix[:, index] = column
        return matrix
