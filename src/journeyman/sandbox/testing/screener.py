"""The fast way: a try is a fork of a process that has collected the tests, not a run of its own.

Rule: the fast way may only *reject*. What it calls good is run in isolation before it counts, and
what it cannot do (another place than a function's body, a function that import did not make) comes
back as ``unknown`` and goes the isolated way too. Tries are isolated from this machine like any
other run, but not from each other: they share a process that imported the tree once.

Source: mutation testers have long forked after collection (mutmut 3, MuTAP); the rule is ours.
"""

from __future__ import annotations

import queue
import secrets
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from journeyman.errors import InfrastructureError
from journeyman.records import Patch, TestResult
from journeyman.sandbox.forkserver import ForkServer, Server
from journeyman.sandbox.line import receive, send
from journeyman.sandbox.testing.pytest_suite import SuiteSettings, run_message
from journeyman.sandbox.testing.reading import test_result

_FOR_EVER_S = 7 * 24 * 3600
_GRACE_S = 10.0
_PATIENCE = 5
"""Wall-clock seconds that a try gets for each of its processor's: machines are shared."""
_STARTS = 3
"""After so many failed starts in a row everything is left to isolation."""


@dataclass(frozen=True)
class Swap:
    """One function with another body: `source` from the beginning of the line of its ``def``.

    `function` carries the names of the classes around it, `first` is the line of its ``def`` in
    the tree.
    """

    path: str
    function: str
    first: int
    source: str


@dataclass(frozen=True)
class Screened:
    """What a try came to; `results` are of the tests that ran before it stopped.

    ``unknown`` says nothing about the try: it has to be made in isolation.
    """

    ending: Literal["finished", "timeout", "crashed", "unknown"]
    results: tuple[TestResult, ...] = ()
    why: str = ""

    @property
    def bad(self) -> tuple[str, ...]:
        """The tests that did not pass."""
        return tuple(one.id for one in self.results if one.outcome != "passed")


class Screener:
    """One process that has collected the tests of a tree, and is asked from one thread at a time.

    Args:
        start: The tree the process imports: a patch of the base tree.
    """

    def __init__(self, server: Server, settings: SuiteSettings, start: Patch | None = None) -> None:
        self._server = ForkServer(server)
        ours, theirs = socket.socketpair()
        self._channel = ours
        limits = replace(settings.limits, wall_s=_FOR_EVER_S, cpu_s=_FOR_EVER_S)
        message = run_message(settings, start or Patch(), (), limits, secrets.token_hex(16))
        try:
            self._server.hand_over({**message, "screen": True}, theirs)
            theirs.close()
            hello = self._read(settings.limits.wall_s + _GRACE_S)
            self.tests = int(hello["tests"])
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            self.close()
            raise InfrastructureError(
                f"the tests could not be collected for screening ({type(error).__name__})"
            ) from error

    def screen(
        self, swaps: Sequence[Swap], tests: Sequence[str], cpu_s: float, *, stop: bool = True
    ) -> Screened:
        """Try `swaps` for at most `cpu_s` seconds; with `stop` the first failing test ends it.

        Raises:
            InfrastructureError: The process died, or said what it could not have said.
        """
        message = {
            "swaps": [asdict(swap) for swap in swaps],
            "tests": list(tests),
            "cpu_s": cpu_s,
            "wall_s": _PATIENCE * cpu_s,
            "stop": stop,
        }
        try:
            send(self._channel, message)
            return _screened(self._read(_PATIENCE * cpu_s + _GRACE_S))
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InfrastructureError(f"screening failed ({type(error).__name__})") from error

    def close(self) -> None:
        """Kill the process and everything in its sandbox."""
        self._channel.close()
        self._server.close()

    def _read(self, timeout_s: float) -> dict[str, Any]:
        self._channel.settimeout(timeout_s)
        return receive(self._channel)


class Screeners:
    """Up to `size` screeners of one tree, started when first needed, lent to threads.

    A process that died is replaced once for a try; a try it dies of again is ``unknown``.
    """

    def __init__(self, server: Server, settings: SuiteSettings, size: int) -> None:
        self._server = server
        self._settings = settings
        self._idle: queue.SimpleQueue[Screener | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._all: set[Screener] = set()
        self.faults: list[str] = []
        """Why processes had to be replaced."""
        self._failed_starts = 0
        for _ in range(size):
            self._idle.put(None)

    def screen(
        self, swaps: Sequence[Swap], tests: Sequence[str], cpu_s: float, *, stop: bool = True
    ) -> Screened:
        """See `Screener.screen`; never raises for what code under test can do."""
        for _ in range(2):
            if self._failed_starts >= _STARTS:
                return Screened("unknown", why="the tests cannot be collected once and for all")
            screener = self._idle.get()
            try:
                screener = screener or self._started()
                answer = screener.screen(swaps, tests, cpu_s, stop=stop)
            except BaseException as error:
                self._drop(screener)
                if not isinstance(error, InfrastructureError):
                    raise
                with self._lock:
                    self.faults.append(str(error))
                continue
            self._idle.put(screener)
            return answer
        return Screened("unknown", why="the process died twice")

    def close(self) -> None:
        """Kill every process."""
        with self._lock:
            screeners, self._all = self._all, set()
        for screener in screeners:
            screener.close()

    def _started(self) -> Screener:
        try:
            made = Screener(self._server, self._settings)
        except InfrastructureError:
            with self._lock:
                self._failed_starts += 1
            raise
        with self._lock:
            self._failed_starts = 0
            self._all.add(made)
        return made

    def _drop(self, screener: Screener | None) -> None:
        if screener is not None:
            with suppress(OSError):
                screener.close()
            with self._lock:
                self._all.discard(screener)
        self._idle.put(None)


def _screened(answer: dict[str, Any]) -> Screened:
    ending = answer["ending"]
    if ending not in ("finished", "timeout", "crashed", "unknown"):
        raise ValueError("no such ending")
    told = [entry for entry in answer.get("results", []) if "id" in entry]
    results = tuple(test_result(entry) for entry in told)
    return Screened(ending, results, str(answer.get("why", "")))
