"""Make calls of code under test in the sandbox and see what comes of them.

A probe module holds one function for each call; each is called twice in a run, and what it returns
is recorded as a literal. A call that touches files, processes or the network is told from the
others by an audit hook (PEP 578): nobody wants a test that leaves something behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from journeyman.grading.goals.workloads import literal
from journeyman.grading.grader import Grader
from journeyman.records import Coverage, Patch
from journeyman.sandbox.testing.pytest_suite import PytestSuite, as_pytest

PROBE = "test_journeyman_probe.py"
USUAL_S = 1.0
TRIES = 4
_ABOUT_HERE = ("/repo", "/tmp", "/journeyman", "/base", " at 0x")

_HEAD = '''"""Calls that are tried out."""

import itertools
import os
import sys

{imports}

_seen = []
_reading = ("os.listdir", "os.scandir", "os.walk", "os.fwalk")
_acting = ("os.", "shutil.", "subprocess.", "socket.", "ctypes.", "signal.", "tempfile.", "fcntl.")


def _watch(event, arguments):
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT
        if (mode and set(mode) & set("wax+")) or (flags and flags & writes):
            _seen.append(event)
    elif event.startswith(_acting) and event not in _reading:
        _seen.append(event)


sys.addaudithook(_watch)


def _of(call):
    del _seen[:]
    try:
        result = call()
        shown = ["returned", result]
        if hasattr(type(result), "__next__"):
            shown = ["listed", list(itertools.islice(result, 500))]
    except Exception as error:
        shown = ["raised", type(error).__module__, type(error).__qualname__]
    return ["acted"] if _seen else shown
'''
_ONE = """

def probe_{number}():
    return _of(lambda: {call})


def test_{number}():
    probe_{number}()
    probe_{number}()
"""


@dataclass(frozen=True)
class Seen:
    """What a call came to: ``returned`` or ``listed`` with a literal, or ``raised`` with a class.

    `what` is the literal's code, or the exception's ``module:name``.
    """

    how: str
    what: str


@dataclass(frozen=True)
class Observer:
    """Makes calls of one module; `imports` are the lines that bring in the names they use."""

    grader: Grader
    imports: tuple[str, ...]

    def observe(self, calls: Sequence[str], tree: Patch | None = None) -> dict[str, Seen]:
        """Return what each call came to, leaving out what is not steady, plain and harmless.

        A call that hangs, or ends the process, is dropped and the others are made again.
        """
        left = list(calls)
        for _ in range(TRIES):
            probes = self._probes(left)
            watch = [(PROBE, f"probe_{number}") for number in range(len(left))]
            patch = probes.over(tree or Patch())
            report, recorded = self._suite().values(patch, [PROBE], watch)
            if report.ending == "finished":
                found = {}
                for number, call in enumerate(left):
                    seen = _seen(recorded.get(f"{PROBE}::probe_{number}", []))
                    if seen is not None:
                        found[call] = seen
                return found
            stuck = report.stuck.rpartition("_")[2]
            if not stuck.isdecimal():
                break
            del left[int(stuck)]
        return {}

    def lines(self, calls: Sequence[str]) -> dict[str, set[tuple[str, int]]]:
        """Return the (path, line) that each call goes through."""
        report = self._suite().run(self._probes(calls), [PROBE], coverage=True)
        coverage = report.coverage or Coverage()
        found: dict[str, set[tuple[str, int]]] = {call: set() for call in calls}
        numbers = {f"{PROBE}::test_{number}": call for number, call in enumerate(calls)}
        for path, lines in coverage.files.items():
            for line, hits in lines.items():
                for index in hits:
                    call = numbers.get(coverage.tests[index])
                    if call is not None:
                        found[call].add((path, line))
        return found

    def _probes(self, calls: Sequence[str]) -> Patch:
        parts = [_ONE.format(number=number, call=call) for number, call in enumerate(calls)]
        return Patch(files={PROBE: _HEAD.format(imports="\n".join(self.imports)) + "".join(parts)})

    def _suite(self) -> PytestSuite:
        whole = as_pytest(self.grader.suite)
        return PytestSuite(whole.pool, whole.settings, whole.memory, {PROBE: USUAL_S})


def _seen(pairs: list[list[str]]) -> Seen | None:
    """Return what both calls of a probe agree on; `None` where they do not, or it is of no use."""
    told = {text for _, text, _ in pairs}
    if len(pairs) != 2 or len(told) != 1:
        return None
    (text,) = told
    if not text or text == "raised" or any(part in text for part in _ABOUT_HERE):
        return None
    how, *rest = literal(text)
    if how == "acted":
        return None
    return Seen(how, ":".join(rest) if how == "raised" else repr(rest[0]))
