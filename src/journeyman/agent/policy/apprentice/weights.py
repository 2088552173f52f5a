"""The apprentice's weights: a small record with its lineage, kept as readable JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from journeyman.agent.policy.apprentice.features import NAMES
from journeyman.errors import SettingsError
from journeyman.records import Record

SHIPPED = Path(__file__).parent / "data" / "weights.json"


class Weights(Record):
    """One number a feature.

    A move's score is the sum of `values` times features divided by `scale`. `parent` is the digest
    of the weights these were made from (empty: from nothing), `made_from` says by what.
    """

    features: tuple[str, ...]
    values: tuple[float, ...]
    scale: tuple[float, ...]
    parent: str = ""
    made_from: str = ""

    @cached_property
    def digest(self) -> str:
        """The weights' identity, lineage included."""
        return self.content_hash()

    @cached_property
    def theta(self) -> NDArray[np.float64]:
        """The values as a vector, shape [features], for features divided by `scale`."""
        return np.asarray(self.values, np.float64)

    @cached_property
    def divisor(self) -> NDArray[np.float64]:
        """The scale as a vector, shape [features]."""
        return np.asarray(self.scale, np.float64)

    def with_values(self, values: Iterable[float], made_from: str) -> Weights:
        """Return weights with other values whose parent these are."""
        return Weights(
            features=self.features,
            values=tuple(float(value) for value in values),
            scale=self.scale,
            parent=self.digest,
            made_from=made_from,
        )

    def check(self, names: Sequence[str] = NAMES) -> Weights:
        """Return these weights if they are for the features `names`.

        Raises:
            SettingsError: They are for others, or are not numbers.
        """
        cure = "Use weights made by this version, or train new ones."
        if self.features != tuple(names):
            odd = sorted(set(self.features) ^ set(names))[:3]
            told = f"for example {', '.join(map(repr, odd))}" if odd else "in another order"
            raise SettingsError(
                f"weights {self.digest} are for other features than the apprentice has ({told})",
                cure,
            )
        if not len(self.values) == len(self.scale) == len(self.features):
            raise SettingsError(f"weights {self.digest} do not have one number a feature", cure)
        finite = all(math.isfinite(value) for value in (*self.values, *self.scale))
        if not finite or any(one <= 0 for one in self.scale):
            raise SettingsError(f"weights {self.digest} hold values that cannot be used", cure)
        return self


def new_weights(values: Iterable[float], scale: Iterable[float], made_from: str) -> Weights:
    """Return weights without a parent for the features of this version."""
    return Weights(
        features=NAMES,
        values=tuple(float(one) for one in values),
        scale=tuple(float(one) for one in scale),
        made_from=made_from,
    ).check()


def save_weights(weights: Weights, path: Path) -> None:
    """Write `weights` as JSON."""
    path.write_text(weights.model_dump_json(indent=1) + "\n", encoding="utf-8")


def load_weights(path: Path) -> Weights:
    """Return the weights in the file at `path`.

    Raises:
        SettingsError: The file cannot be read, is malformed, or is for other features.
    """
    try:
        return Weights.model_validate_json(path.read_text(encoding="utf-8")).check()
    except OSError as error:
        raise SettingsError(
            f"the weights at {path} cannot be read: {error.strerror}", "Give the path of a file."
        ) from error
    except (ValidationError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} is not a weights file: {str(error).splitlines()[0]}",
            "Give a file written by this program.",
        ) from error


@lru_cache(maxsize=1)
def default_weights() -> Weights:
    """Return the weights that ship with the package."""
    return load_weights(SHIPPED)
