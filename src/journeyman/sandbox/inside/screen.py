"""Serve tries from a process that has collected the tests once: each is a fork of it.

The process imports code under test, which the fork server itself never does; so it is a run of its
own, in namespaces of its own, and what it says is believed only when it speaks *against* a try. A
try changes the bodies of functions (see `bodies`), runs the tests it is told, and ends with its
fork. Tries share what earlier ones left on the disk.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import time
from itertools import zip_longest
from typing import Any

import pytest
from bodies import Bodies
from frames import receive, send, write_all
from server_channel import Channel

_LONGEST_MESSAGE = 16 << 20


class Screen:
    """A pytest plugin object: takes the place of the loop that runs the tests."""

    def __init__(self, fd: int, root: str, reporter: Any) -> None:
        self._channel = Channel(fd, fd)
        self._root = root
        self._reporter = reporter

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool:
        """Say which tests there are, then answer one request after the other."""
        items = {item.nodeid: item for item in session.items}
        bodies = Bodies(self._root)
        gc.collect()
        gc.freeze()
        send(self._channel, {"tests": len(items)})
        while True:
            request = receive(self._channel)
            if request is None:
                return True
            send(self._channel, self._answer(request, items, bodies))

    def _answer(
        self, request: dict[str, Any], items: dict[str, Any], bodies: Bodies
    ) -> dict[str, Any]:
        """Fork, let the child try, and wait for its end or for the end of its time."""
        missing = [test for test in request["tests"] if test not in items]
        if missing:
            return {"ending": "unknown", "why": f"{missing[0]} was not collected"}
        read_fd, write_fd = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(read_fd)
                self._try(request, items, bodies, write_fd)
            finally:
                os._exit(0)
        os.close(write_fd)
        data, in_time = _read_until_end(child, read_fd, request["wall_s"])
        os.close(read_fd)
        if not in_time:
            return {"ending": "timeout", "results": _entries(data)[:-1]}
        found = _entries(data)
        if not found or "end" not in found[-1]:
            return {"ending": "crashed", "results": found}
        return {"ending": found[-1]["end"], "results": found[:-1]}

    def _try(
        self, request: dict[str, Any], items: dict[str, Any], bodies: Bodies, write_fd: int
    ) -> None:
        os.setpgid(0, 0)
        self._channel.close()
        signal.setitimer(signal.ITIMER_PROF, request["cpu_s"])  # SIGPROF ends a process
        ending = "finished"
        if all(bodies.swap(**one) for one in request["swaps"]):
            self._reporter.write_to(write_fd)
            self._run([items[test] for test in request["tests"]], request["stop"])
        else:
            ending = "unknown"
        write_all(write_fd, (json.dumps({"end": ending}) + "\n").encode())

    def _run(self, items: list[Any], stop: bool) -> None:
        for item, following in zip_longest(items, items[1:]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if stop and self._reporter.bad:
                return


def _read_until_end(child: int, fd: int, wall_s: float) -> tuple[bytes, bool]:
    """Return what the child wrote, and whether it ended in time; nothing is left of it."""
    deadline = time.monotonic() + wall_s
    ended = os.pidfd_open(child)
    data = bytearray()
    while len(data) < _LONGEST_MESSAGE:
        left = deadline - time.monotonic()
        ready, _, _ = select.select([fd, ended], [], [], max(0.0, left))
        if fd in ready:
            more = os.read(fd, 1 << 16)
            data += more
            if more:
                continue
        if ready or left <= 0:
            break
    in_time = bool(select.select([ended], [], [], 0.0 if time.monotonic() > deadline else 0.2)[0])
    try:
        os.killpg(child, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        if not in_time:
            os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(ended)
    out_of_time = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
    return bytes(data), in_time and not out_of_time


def _entries(data: bytes) -> list[dict[str, Any]]:
    found = []
    for line in data.decode("utf-8", "replace").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return found
