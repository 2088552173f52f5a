"""Run a test command of any language in the sandbox and relay what its reporter says.

The command is a process of its own, so code under test never shares one with this relay, which
cannot be traced or read. What the reporter writes comes over a socket, not a pipe or a file: a
socket that another process holds cannot be opened through ``/proc``. The run's nonce goes to the
reporter over the same socket, so that no environment variable or argument shows it.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import socket
import subprocess
from typing import Any

import isolate

CHANNEL = "JOURNEYMAN_CHANNEL"
"""The environment variable with the number of the reporter's end of the socket."""

_NEAR = 0.75
"""The kernel counts by ticks where it limits and exactly where it reports: they differ."""


def preload(plugins: list[str]) -> None:
    """Do nothing: what a command needs it loads itself."""


def run(request: dict[str, Any], report_fd: int) -> int:
    """Run ``request["run"]`` and return its exit status.

    Keys of `request`: `run` (the command), `environment`, `tell` (what the reporter is told, the
    nonce added), `nonce`, `limits`, and `output` (whether what the command prints *is* the report,
    for runners without a reporter of ours).
    """
    isolate.hide_from_children()
    os.set_inheritable(report_fd, False)
    os.environ.update(request.get("environment", {}))
    if request.get("output"):
        return _ended(_relay_output(request, report_fd), request["limits"])
    ours, theirs = socket.socketpair()
    os.environ[CHANNEL] = str(theirs.fileno())
    told = {"nonce": request["nonce"], **request.get("tell", {})}
    ours.sendall(len(body := json.dumps(told).encode()).to_bytes(4, "big") + body)
    process = subprocess.Popen(
        request["run"], cwd=isolate.REPOSITORY, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
    )
    theirs.close()
    ours.setblocking(False)
    ended = os.pidfd_open(process.pid)
    watched: list[Any] = [ours, ended]
    while True:
        ready, _, _ = select.select(watched, [], [])
        if ours in ready and not _pass_on(ours, report_fd):
            break
        if ended in ready:
            _pass_on(ours, report_fd)
            break
    return _ended(process.wait(), request["limits"])


def _pass_on(channel: socket.socket, report_fd: int) -> bool:
    """Copy what can be read at once; return whether more may come."""
    while True:
        try:
            data = channel.recv(1 << 16)
        except BlockingIOError:
            return True
        if not data:
            return False
        _write(report_fd, data)


def _relay_output(request: dict[str, Any], report_fd: int) -> int:
    """Run the command with its output going to the report as well as to where output goes."""
    process = subprocess.Popen(
        request["run"],
        cwd=isolate.REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    while data := os.read(process.stdout.fileno(), 1 << 16):
        _write(report_fd, data)
        _write(1, data)
    return process.wait()


def _ended(status: int, limits: dict[str, int]) -> int:
    """Return the exit status; end like a process out of time where one of its children ran out.

    The kernel ends the process that ran out, which may be a test runner's child: the runner would
    go on and call the tests that are missing failed.
    """
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    out_of_time = used.ru_utime + used.ru_stime >= limits["cpu_s"] * _NEAR
    if out_of_time or status == -signal.SIGXCPU:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.kill(os.getpid(), signal.SIGXCPU)
    return status if status >= 0 else 128 - status


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
