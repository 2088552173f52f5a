"""What the apprentice must beat: the same moves, chosen by chance or by suspiciousness alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from journeyman.agent.policy.apprentice.case import Case
from journeyman.agent.policy.apprentice.features import Try
from journeyman.agent.policy.apprentice.flow import Flow, Scorer
from journeyman.agent.policy.apprentice.version import version
from journeyman.agent.policy.base import Player, View

_CERTAIN = 1e6


class Uniform:
    """Draws any of the moves not tried yet, all alike."""

    @property
    def name(self) -> str:
        """Its name, and what the moves are made by."""
        return f"uniform-{version()}"

    def begin(self, view: View, seed: int) -> Player:
        """Return a player for one attempt."""
        return Flow(view, seed, _uniform, greedy=False)


class Ochiai:
    """Takes moves by the suspiciousness of their line; among equals it draws.

    Ochiai's coefficient; see `journeyman.understanding.spectrum`.
    """

    @property
    def name(self) -> str:
        """Its name, and what the moves are made by."""
        return f"ochiai-{version()}"

    def begin(self, view: View, seed: int) -> Player:
        """Return a player for one attempt."""
        return Flow(view, seed, _ochiai, greedy=False)


class _Fixed:
    """Scores that do not depend on what was tried."""

    def __init__(self, logits: NDArray[np.float64]) -> None:
        self._logits = logits

    def __call__(self, tries: Sequence[Try]) -> NDArray[np.float64]:
        return self._logits


def _uniform(case: Case) -> Scorer:
    return _Fixed(np.zeros(len(case.moves)))


def _ochiai(case: Case) -> Scorer:
    """Rank scores far apart: a less suspicious line is only taken when the others are done."""
    scores = [
        max(
            (
                case.lines[move.path][line].score
                for line in range(move.line, move.last + 1)
                if line in case.lines[move.path]
            ),
            default=0.0,
        )
        for move in case.moves
    ]
    ranks = np.unique(scores, return_inverse=True)[1]
    return _Fixed(ranks.reshape(-1).astype(np.float64) * _CERTAIN)
