"""What the apprentice looks at: an ordered list of named features of each move.

Most depend on the task alone and are computed once (`static_features`); those of what has been
tried change turn by turn (`changing_columns`). The names are stored with the weights, and their
meanings explain the weights in a report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from journeyman.agent.policy.apprentice.case import Case
from journeyman.agent.policy.apprentice.features import (
    language,
    message,
    naming,
    oddness,
    place,
    trying,
)
from journeyman.agent.policy.apprentice.features.trying import Try, Trying, effect_of
from journeyman.agent.policy.apprentice.kinds import KINDS

__all__ = ["MEANINGS", "NAMES", "Try", "Trying", "changing_columns", "effect_of", "static_features"]

Matrix = NDArray[np.float64]

MEANINGS: dict[str, str] = {
    **place.MEANINGS,
    **message.MEANINGS,
    **naming.MEANINGS,
    **language.MEANINGS,
    **oddness.MEANINGS,
    **{f"kind: {kind}": f"the move is of kind {kind}" for kind in KINDS},
    **trying.MEANINGS,
}
"""Feature name to its meaning, in the order of the columns."""

NAMES: tuple[str, ...] = tuple(MEANINGS)
_COLUMN = {name: index for index, name in enumerate(NAMES)}


def static_features(case: Case) -> Matrix:
    """Return the features of every move before anything is tried: shape [moves, features]."""
    readers = (place.Place(case), message.Message(case), naming.Naming(case), oddness.Oddness(case))
    matrix = np.zeros((len(case.moves), len(NAMES)))
    rows, columns, values = [], [], []
    for row, move in enumerate(case.moves):
        for reader in readers:
            for name, value in reader.of(move):
                rows.append(row)
                columns.append(_COLUMN[name])
                values.append(value)
        rows.append(row)
        columns.append(_COLUMN[f"kind: {move.kind}"])
        values.append(1.0)
    matrix[rows, columns] = values
    for name, column in language.Language(case).columns().items():
        matrix[:, _COLUMN[name]] = column
    return matrix


def changing_columns(
    relations: Trying, tries: Sequence[Try], divisor: NDArray[np.float64]
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Yield index and values, shape [moves], of each column that depends on what was tried.

    `divisor`, shape [features], is what features are divided by. In `static_features` these columns
    are zero.
    """
    for name, column in relations.columns(tries).items():
        index = _COLUMN[name]
        yield index, column / divisor[index]
