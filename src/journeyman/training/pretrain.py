"""Train the weights that ship: supervised, on other packages' proven tasks, in two passes.

Every task says which moves are right (those that lead back to the code as it was), so the first
pass is maximum likelihood on the state before anything is tried. The second plays attempts with
what the first learnt and adds the states they get into, because a policy that errs meets states
that no expert shows (DAgger: Ross, Gordon and Bagnell, AISTATS 2011). Both are convex and end in
the same place every time.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from journeyman.agent.policy.apprentice.features import NAMES
from journeyman.agent.policy.apprentice.policy import Apprentice, ApprenticePlayer
from journeyman.agent.policy.apprentice.scorer import Example, fit, scale_of
from journeyman.agent.policy.apprentice.weights import Weights, new_weights
from journeyman.engine.local import ordered_map
from journeyman.exam.sitting import broken_lines
from journeyman.progress import Progress, stage
from journeyman.records import Task, Trajectory
from journeyman.rollout.attempt import Arena
from journeyman.syntax import parse
from journeyman.training.practise import deciding

NEAR = 4
"""Moves farther from the broken lines than this are not checked for being right."""

OTHERS = 300
"""Wrong moves kept of each decision."""


def examples(
    arena: Arena,
    tasks: Sequence[Task],
    policy: Apprentice,
    *,
    per_attempt: int,
    workers: int,
    progress: Progress,
) -> list[Example]:
    """Play each task with `policy` and return its decisions with the moves that were right.

    Features come unscaled. Tasks whose repair is not among the moves give nothing; an attempt's
    examples share the weight of one.

    Args:
        per_attempt: At most so many decisions of an attempt, from its first.
    """

    def of(task: Task) -> list[Example]:
        trajectory, _ = arena.play(task, policy, 0)
        progress.advance()
        return list(_of_attempt(arena, task, policy, trajectory, per_attempt))

    with stage(progress, "examples", len(tasks)):
        return [one for found in ordered_map(of, tasks, workers) for one in found]


def learn(found: Sequence[Example], l2: float, made_from: str) -> Weights:
    """Return the weights that make the right moves likeliest; the scale comes from the examples."""
    scale = scale_of(found)
    scaled = [Example(one.features / scale, one.right, one.weight) for one in found]
    return new_weights(fit(scaled, l2), scale, made_from)


def blank() -> Weights:
    """Return weights that prefer nothing."""
    return new_weights(np.zeros(len(NAMES)), np.ones(len(NAMES)), "nothing")


def likelihood(weights: Weights, found: Sequence[Example]) -> tuple[float, float]:
    """Return the share of examples whose likeliest move is right, and the mean log-likelihood."""
    if not found:
        raise ValueError("there are no examples to be likely")
    hits, total = 0, 0.0
    for one in found:
        logits = (one.features / weights.divisor) @ weights.theta
        top = logits.max()
        hits += int(np.argmax(logits)) in one.right
        chances = np.exp(logits - top)
        total += float(np.log(chances[list(one.right)].sum() / chances.sum()))
    return hits / len(found), total / len(found)


def _of_attempt(
    arena: Arena, task: Task, policy: Apprentice, trajectory: Trajectory, most: int
) -> Iterator[Example]:
    positions = deciding(trajectory)[:most]
    player = policy.begin(arena.view(task), trajectory.seed)
    right: set[int] | None = None
    for position in positions:
        turns = trajectory.turns[:position]
        move = int(trajectory.turns[position].choice["move"])
        features, _ = player.decision_features(turns, move)
        if right is None:
            right = right_moves(player, task)
        rows = player.rows_of(turns, right)
        if not rows:
            return
        yield _thinned(features * policy.weights.divisor, rows, 1.0 / len(positions))


def _thinned(features: NDArray[np.float64], right: tuple[int, ...], weight: float) -> Example:
    """Keep the right moves and some of the others, evenly spread: fitting need not see them all."""
    others = np.setdiff1d(np.arange(len(features)), right)
    if len(others) > OTHERS:
        others = others[np.linspace(0, len(others) - 1, OTHERS).astype(np.int64)]
    rows = np.concatenate([np.asarray(right, np.int64), others])
    return Example(features[rows], tuple(range(len(right))), weight)


def right_moves(player: ApprenticePlayer, task: Task) -> set[int]:
    """Return the moves that lead back to the code as it was, by the function's syntax tree."""
    path = task.place.path
    broken, fixed = task.broken.files.get(path) or "", task.fix.files.get(path) or ""
    start, tail = _around(fixed, task.place.first, task.place.last)
    wanted = _shape(fixed[start : len(fixed) - tail])
    if not wanted:
        return (
            set()
        )  # a function that cannot be read by itself, such as one with a line at the left
    lines = broken_lines(task, path)
    found = set()
    for index, move in enumerate(player.moves):
        near = lines.start - NEAR <= move.line <= lines.stop + NEAR
        if move.path != path or not near or not start <= move.start <= len(broken) - tail:
            continue
        after = broken[start : move.start] + move.new + broken[move.end : len(broken) - tail]
        if _shape(after) == wanted:
            found.add(index)
    return found


def _around(text: str, first: int, last: int) -> tuple[int, int]:
    """Return how many characters of `text` lie before line `first` and after line `last`."""
    lines = text.splitlines(keepends=True)
    return sum(map(len, lines[: first - 1])), sum(map(len, lines[last:]))


def _shape(text: str) -> str:
    try:
        return ast.dump(parse(textwrap.dedent(text)))
    except (SyntaxError, ValueError):
        return ""
