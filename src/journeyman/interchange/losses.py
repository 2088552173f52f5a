"""What a form cannot say, and what could not be taken over: said, never left out in silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from journeyman.records import Record


class Loss(Record):
    """Something that a form does not carry.

    `round trip`: what comes back differs from what went out. `other tools`: it comes back to us,
    but whoever reads the form with another tool does without it. `of` names what is concerned
    (ids of tasks or instances); empty for all of them.
    """

    what: str
    why: str
    scope: Literal["round trip", "other tools"] = "other tools"
    of: tuple[str, ...] = ()


class Refusal(Record):
    """Something that was read and could not be taken over: a row, a folder, a prediction."""

    name: str
    why: str


class Refused(Exception):  # noqa: N818 (an outcome that is collected, not an error that is shown)
    """Raised where one row cannot be taken over; collected as a `Refusal`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def in_words(losses: Sequence[Loss], total: int) -> list[str]:
    """Return a line for each loss, with the names of what is concerned shortened."""
    lines = []
    for loss in losses:
        some = f" ({len(loss.of)} of {total}: {_few(loss.of)})" if loss.of else ""
        lines.append(f"{loss.scope}: {loss.what}{some}: {loss.why}")
    return lines


def _few(names: Iterable[str], most: int = 3) -> str:
    names = list(names)
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
