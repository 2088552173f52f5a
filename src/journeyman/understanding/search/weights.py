"""How much each signal counts: learnt on other repositories, and then on this one's own commits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from journeyman.understanding.search.signals import NAMES
from journeyman.understanding.terms.postings import Floats

STEPS, RATE = 400, 0.1
RIDGE = 0.1
"""How strongly weights are held to those they begin from, in the loss of one question."""


@dataclass(frozen=True)
class Weights:
    """A weight for each of `signals.NAMES`; `learnt_on` says how many questions they come from."""

    values: tuple[float, ...]
    learnt_on: int = 0

    def of_files(self, table: Floats) -> Floats:
        """Return the score of each row of a table of signals."""
        scores: Floats = table @ np.array(self.values, np.float32)
        return scores

    def to_json(self) -> str:
        """Return the weights as text, by name."""
        named = dict(zip(NAMES, (round(value, 4) for value in self.values), strict=True))
        return json.dumps({"weights": named, "learnt_on": self.learnt_on}, indent=1)


def from_json(text: str) -> Weights:
    """Read weights by name; a signal that they do not know counts nothing."""
    read = json.loads(text)
    return Weights(tuple(read["weights"].get(name, 0.0) for name in NAMES), read["learnt_on"])


def shipped() -> Weights:
    """Return the weights that come with Journeyman."""
    return from_json(files(__package__).joinpath("weights.json").read_text("utf-8"))


class Example(NamedTuple):
    """A past question: signals of files that could be the answer, and which of them were."""

    table: Floats
    right: NDArray[np.bool_]


def learn(examples: Sequence[Example], begin: Weights | None, ridge: float = RIDGE) -> Weights:
    """Return the weights under which the right files are likeliest to be chosen among all.

    The loss is the cross entropy between the softmax of the scores and the right files, each of a
    question's alike, plus `ridge` times the squared distance from `begin` (from zero without it).
    Steps are Adam's (Kingma and Ba, 2015) on the exact gradient; nothing is random.
    """
    if not examples:
        return begin or Weights((0.0,) * len(NAMES))
    table = np.concatenate([one.table for one in examples]).astype(np.float64)
    right = np.concatenate([one.right for one in examples]).astype(np.float64)
    sizes = [len(one.table) for one in examples]
    starts = np.cumsum([0, *sizes])[:-1]
    question = np.repeat(np.arange(len(examples)), sizes)
    wanted = right / np.add.reduceat(right, starts)[question]
    first = np.array(begin.values if begin else (0.0,) * len(NAMES))
    weights, mean, square = first.copy(), np.zeros_like(first), np.zeros_like(first)
    for step in range(1, STEPS + 1):
        scores = table @ weights
        likely = np.exp(scores - np.maximum.reduceat(scores, starts)[question])
        likely /= np.add.reduceat(likely, starts)[question]
        slope = table.T @ (likely - wanted) / len(examples) + ridge * (weights - first)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope * slope
        tall = np.sqrt(square / (1 - 0.999**step)) + 1e-8
        weights -= RATE * mean / (1 - 0.9**step) / tall
    return Weights(tuple(map(float, weights)), len(examples))
