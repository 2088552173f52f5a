"""Progress on a terminal: a bar with an estimate; plain lines where there is no terminal."""

from __future__ import annotations

import sys
import time
from typing import Any


class Terminal:
    """Satisfies `journeyman.progress.Progress`; use as a context manager."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._plain = not sys.stderr.isatty()
        self._name, self._done, self._total, self._started, self._said = "", 0, 0, 0.0, 0.0
        self._first, self._ready = 0.0, 0

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def start(self, stage: str, total: int) -> None:
        """Begin a stage of `total` items (0: unknown)."""
        self.finish()
        self._name, self._done, self._total = stage, 0, total
        self._started = self._said = time.monotonic()
        self._first, self._ready = 0.0, 0
        if self._plain:
            return
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )
        from rich.progress import Progress as Bar

        self._bar = Bar(
            TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"), console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._bar.start()
        self._task = self._bar.add_task(stage, total=total or None, note="")

    def advance(self, count: int = 1, note: str = "") -> None:
        """Say that `count` more items are done."""
        self._done += count
        if self._bar is not None:
            self._bar.update(self._task, advance=count, **({"note": note} if note else {}))
        elif self._plain and time.monotonic() - self._said > 15:
            self._said = time.monotonic()
            left = self._left()
            print(
                f"  {self._name}: {self._done} of {self._total or '?'}"
                + (f", about {left:.0f} s left" if left is not None else ""),
                file=sys.stderr, flush=True,
            )  # fmt: skip
        if not self._ready:
            self._first, self._ready = time.monotonic(), self._done

    def finish(self) -> None:
        """End the stage and say how long it took."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        if self._name:
            spent = time.monotonic() - self._started
            count = f"{self._done:,}" if self._done else "done"
            print(f"  {self._name:<26} {count:>7}  {spent:6.1f} s", file=sys.stderr, flush=True)
            self._name = ""

    def _left(self) -> float | None:
        """Return the seconds left at the pace since the first items came, or `None`.

        What a stage does before its first item (starting servers, say) is not its pace.
        """
        since = self._done - self._ready
        if not self._ready or not since or not self._total:
            return None
        return (time.monotonic() - self._first) / since * (self._total - self._done)

    def say(self, line: str) -> None:
        """Print one line above the bar."""
        print(f"  {line}", file=sys.stderr, flush=True)
