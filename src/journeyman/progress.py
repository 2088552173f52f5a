"""How long work tells a person how far it is; the command line draws it, libraries stay silent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Progress(Protocol):
    """Where a stage reports to."""

    def start(self, stage: str, total: int) -> None:
        """Begin a stage of `total` items (0: unknown)."""
        ...

    def advance(self, count: int = 1, note: str = "") -> None:
        """Say that `count` more items are done; `note` is shown beside the bar."""
        ...

    def finish(self) -> None:
        """End the stage."""
        ...

    def say(self, line: str) -> None:
        """Print one line above the bar."""
        ...


class Silent:
    """Reports nothing."""

    def start(self, stage: str, total: int) -> None:
        """See `Progress.start`."""

    def advance(self, count: int = 1, note: str = "") -> None:
        """See `Progress.advance`."""

    def finish(self) -> None:
        """See `Progress.finish`."""

    def say(self, line: str) -> None:
        """See `Progress.say`."""


@contextmanager
def stage(progress: Progress, name: str, total: int) -> Iterator[Progress]:
    """Run a stage between `start` and `finish`, whatever happens in it."""
    progress.start(name, total)
    try:
        yield progress
    finally:
        progress.finish()
