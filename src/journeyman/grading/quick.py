"""Test runs for an agent at practice, the fast way: what fails is told at once.

The rule of the fast way holds here too: a run in which all tests pass is not believed but made
again in isolation, and so is what cannot be tried in a fork. Verdicts never come this way.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from journeyman.grading.swaps import Bodies
from journeyman.records import Patch, TestReport, digest
from journeyman.sandbox.testing.screener import Screeners
from journeyman.sandbox.testing.suite import Memory

FEWEST_S, TIMES = 0.5, 8
"""A try may take so many times what its tests usually take, and half a second (of a processor)."""


class Quick:
    """Runs tests of one base tree in forks.

    Args:
        identity: Of the suite; reports are remembered under it.
        usual_s: What each test usually takes, in seconds.
    """

    def __init__(
        self,
        screeners: Screeners,
        bodies: Bodies,
        identity: str,
        usual_s: Mapping[str, float],
        memory: Memory,
    ) -> None:
        self.screeners = screeners
        self.bodies = bodies
        self._identity = identity
        self._usual_s = usual_s
        self._memory = memory

    def allowance_s(self, tests: Sequence[str]) -> float:
        """Return the processor seconds that a try of `tests` may take."""
        return FEWEST_S + TIMES * sum(self._usual_s.get(test, 0.0) for test in tests)

    def failure(self, whole: Patch, tests: Sequence[str]) -> TestReport | None:
        """Return the report of a run in which a test failed or time ran out.

        `None` says nothing: neither that the tests pass, nor that they do not.
        """
        key = digest(["quick", self._identity, whole.files, sorted(tests)])
        known = self._memory.recall(key)
        if known is not None:
            return known
        swaps = self.bodies.swaps(whole)
        if not swaps:
            return None
        started = time.perf_counter()
        screened = self.screeners.screen(swaps, tests, self.allowance_s(tests), stop=False)
        late = screened.ending == "timeout"
        if not late and not (screened.ending == "finished" and screened.bad):
            return None
        report = TestReport(
            results=screened.results,
            ending="timeout" if late else "finished",
            exit_code=1,
            seconds=time.perf_counter() - started,
        )
        self._memory.remember(key, report)
        return report
