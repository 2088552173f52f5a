"""The fast way in front of the proof: throws out breaks that no test notices, and those that hang.

It may only *reject*. What it lets pass is proven in isolation, and so is what it cannot try. A
fixed sample of what it would throw out is proven all the same, so that the rate of wrong rejections
is known; breaks found that way count like any others.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Literal

from journeyman.grading.quick import Quick
from journeyman.records import Patch, digest

Word = Literal["noticed", "survived", "unfinished", "unknown"]

SAMPLED = 1 / 40
"""The share of rejections that are looked into."""


class Sieve:
    """Tries breaks the fast way."""

    def __init__(self, quick: Quick) -> None:
        self._quick = quick
        self._lock = threading.Lock()
        self._noticing: dict[str, dict[str, int]] = {}

    def word(self, broken: Patch, tests: Sequence[str], place: str) -> Word:
        """Say what the fast way makes of `broken`; ``unknown`` where it cannot try it.

        Args:
            tests: Those that judge it, the most specific first; the first that fails ends the try.
            place: What breaks are of one kind: a test that noticed one is tried first on others.
        """
        swaps = self._quick.bodies.swaps(broken)
        if not swaps:
            return "unknown"
        allowed = self._quick.allowance_s(tests)
        screened = self._quick.screeners.screen(swaps, self._order(tests, place), allowed)
        if screened.ending == "timeout":
            return "unfinished"
        if screened.ending != "finished":
            return "unknown"
        if not screened.bad:
            return "survived"
        with self._lock:
            noticed = self._noticing.setdefault(place, {})
            noticed[screened.bad[0]] = noticed.get(screened.bad[0], 0) + 1
        return "noticed"

    def _order(self, tests: Sequence[str], place: str) -> list[str]:
        with self._lock:
            noticed = dict(self._noticing.get(place, {}))
        return sorted(tests, key=lambda test: -noticed.get(test, 0))


def sampled(name: str) -> bool:
    """Whether a rejection is one of those that are looked into; follows from its name alone."""
    return int(digest(["sampled", name])[:8], 16) < SAMPLED * 2**32
