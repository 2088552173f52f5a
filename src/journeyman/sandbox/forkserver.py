"""The host's side of the fork server: start it in a sandbox, ask it for isolated runs.

One server answers one request at a time; `Pool` keeps several and hands them to threads. A server
that misbehaves is killed with everything in it and replaced: an `InfrastructureError`, never a
result.
"""

from __future__ import annotations

import os
import queue
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from journeyman.errors import InfrastructureError
from journeyman.sandbox.launch import Server as Server
from journeyman.sandbox.line import receive, send
from journeyman.sandbox.tiers import tier

_GRACE_S = 20.0
_START_S = 120.0
_STARTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journeyman-starter")
"""Starts every server. A server is tied to the *thread* that started it (so that nothing outlives
us, however we die), and the threads that ask for one come and go."""


class ForkServer:
    """A running server. Use as a context manager, or `close()` it."""

    def __init__(self, server: Server) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the server
        started = _STARTER.submit(tier(server.tier).start, server, self._log).result()
        self._process, self._channel = started.process, started.channel
        self._remove = started.remove
        hello = {"modules": server.modules, "plugins": server.plugins, **started.setup}
        try:
            self.hello = self.ask(hello, _START_S)
        except InfrastructureError:
            self.close()
            raise
        if not self.hello["ready"]:
            self.close()
            raise InfrastructureError(
                f"the test server imported code under test: {self.hello['inside'][:3]}"
            )

    def ask(self, message: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        """Send one request and return the answer.

        Raises:
            InfrastructureError: The server died, did not answer in time, or could not isolate.
        """
        self._channel.settimeout(timeout_s)
        try:
            send(self._channel, message)
            answer = receive(self._channel)
        except (OSError, EOFError, ValueError) as error:
            raise InfrastructureError(
                f"the test server did not answer ({type(error).__name__}): {self._last_words()}"
            ) from error
        if "fault" in answer:
            raise InfrastructureError(f"the sandbox failed: {answer['fault']}")
        return answer

    def hand_over(self, message: dict[str, Any], channel: socket.socket) -> None:
        """Begin a run that speaks over `channel` for as long as it lives; nothing is waited for.

        The server answers nothing else until that run has ended.
        """
        self._channel.settimeout(_GRACE_S)
        send(self._channel, message)
        socket.send_fds(self._channel, [b"F"], [channel.fileno()])

    def close(self) -> None:
        """Kill the server and everything inside its sandbox, and wait until it is gone."""
        self._channel.close()
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()
        self._remove()

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _last_words(self) -> str:
        if self._log.closed:
            return "it was closed"
        self._log.seek(max(0, self._log.seek(0, os.SEEK_END) - 2000))
        return self._log.read().decode("utf-8", "replace").strip() or "it said nothing"


class Pool:
    """Up to `size` servers, started when first needed, lent to one thread at a time."""

    def __init__(self, server: Server, size: int) -> None:
        self.server = server
        self.size = size
        self.faults: list[str] = []
        """What went wrong and was tried again, for the report's count."""
        self._idle: queue.SimpleQueue[ForkServer | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._all: set[ForkServer] = set()
        for _ in range(size):
            self._idle.put(None)

    def ask(self, message: dict[str, Any], timeout_s: float, tries: int = 3) -> dict[str, Any]:
        """Ask any idle server; a fault is counted and the request is tried again elsewhere.

        Raises:
            InfrastructureError: It failed `tries` times.
        """
        for left in reversed(range(tries)):
            try:
                with self._lend() as server:
                    return server.ask(message, timeout_s + _GRACE_S)
            except InfrastructureError as error:
                with self._lock:
                    self.faults.append(str(error))
                if not left:
                    raise
        raise AssertionError("unreachable")

    @contextmanager
    def _lend(self) -> Iterator[ForkServer]:
        server = self._idle.get()
        try:
            if server is None:
                server = ForkServer(self.server)
                with self._lock:
                    self._all.add(server)
            yield server
        except BaseException:
            # Interrupted or failed half-way through an answer: its next one could be this one's.
            if server is not None:
                server.close()
                with self._lock:
                    self._all.discard(server)
            self._idle.put(None)
            raise
        self._idle.put(server)

    def close(self) -> None:
        """Kill every server."""
        with self._lock:
            servers, self._all = self._all, set()
        for server in servers:
            server.close()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
