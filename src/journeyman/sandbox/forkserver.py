"""The host's side of the fork server: start it in a sandbox, ask it for isolated runs.

One server answers one request at a time; `Pool` keeps several and hands them to threads. A server
that misbehaves is killed with everything in it and replaced: an `InfrastructureError`, never a
result.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journeyman.errors import InfrastructureError
from journeyman.sandbox import unisolated
from journeyman.sandbox.bubblewrap import Bind, Layout, check, command_line

INSIDE = Path(__file__).parent / "inside"
"""What runs inside the sandbox, under another interpreter, and knows nothing of us."""

_GRACE_S = 20.0
_START_S = 120.0
_STARTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journeyman-starter")
"""Starts every server. A server is tied to the *thread* that started it (so that nothing outlives
us, however we die), and the threads that ask for one come and go."""


@dataclass(frozen=True)
class Server:
    """How a fork server is started.

    `python` is the interpreter's path *inside* the sandbox; `base` the host folder of the base
    tree; `binds` show the environment; `modules` are the third-party modules to import beforehand.
    With `isolated` false every run is a plain process on a copy of the tree, with the user's own
    rights (see `journeyman.sandbox.unisolated`).
    """

    python: str
    base: Path
    binds: tuple[Bind, ...]
    modules: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    isolated: bool = True
    program: str = "server.py"
    """Which program of `sandbox/inside` serves: ``commands.py`` for suites that are no pytest."""

    def layout(self) -> Layout:
        """Return what the sandbox shows: environment, base tree, our own code, nothing else."""
        return Layout(
            binds=(*self.binds, Bind(self.base, "/base"), Bind(INSIDE, "/journeyman")),
            folders=("/repo", "/layers"),
            environment=dict(self.environment),
            mounts_proc=True,
        )


class ForkServer:
    """A running server. Use as a context manager, or `close()` it."""

    def __init__(self, server: Server) -> None:
        if server.isolated:
            check()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the server
        self._scratch = None if server.isolated else unisolated.Scratch()
        ours, theirs = socket.socketpair()
        self._process = _STARTER.submit(self._start, server, theirs.fileno()).result()
        theirs.close()
        self._channel = ours
        # Every run gets a /tmp of its own, which must not hide an environment that lies there.
        kept = [bind.inside for bind in server.binds if bind.inside.startswith("/tmp/")]
        hello: dict[str, Any] = {
            "modules": server.modules,
            "plugins": server.plugins,
            "kept": kept,
        }
        if self._scratch is not None:
            hello |= {"repository": str(self._scratch.repository), "base": str(server.base)}
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

    def _start(self, server: Server, fd: int) -> subprocess.Popen[bytes]:
        program = (
            f"/journeyman/{server.program}" if server.isolated else str(INSIDE / server.program)
        )
        command = [server.python, "-B", program, str(fd)]
        environment = None
        if self._scratch is None:
            command = command_line(server.layout(), command)
        else:
            environment = self._scratch.environment(dict(server.environment))
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            pass_fds=(fd,),
            start_new_session=True,
            env=environment,
        )

    def ask(self, message: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        """Send one request and return the answer.

        Raises:
            InfrastructureError: The server died, did not answer in time, or could not isolate.
        """
        body = json.dumps(message).encode()
        self._channel.settimeout(timeout_s)
        try:
            self._channel.sendall(len(body).to_bytes(8, "big") + body)
            answer = self._receive()
        except (OSError, EOFError) as error:
            raise InfrastructureError(
                f"the test server did not answer ({type(error).__name__}): {self._last_words()}"
            ) from error
        if "fault" in answer:
            raise InfrastructureError(f"the sandbox failed: {answer['fault']}")
        return answer

    def close(self) -> None:
        """Kill the server and everything inside its sandbox, and wait until it is gone."""
        self._channel.close()
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()
        if self._scratch is not None:
            self._scratch.remove()

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _receive(self) -> dict[str, Any]:
        size = int.from_bytes(self._exactly(8), "big")
        answer: dict[str, Any] = json.loads(self._exactly(size))
        return answer

    def _exactly(self, count: int) -> bytes:
        chunks = bytearray()
        while len(chunks) < count:
            data = self._channel.recv(min(count - len(chunks), 1 << 20))
            if not data:
                raise EOFError
            chunks += data
        return bytes(chunks)

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
