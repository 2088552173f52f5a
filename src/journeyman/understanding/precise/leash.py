"""Run a command that must not outlive whoever started it, nor may anything it starts.

    python -I -S leash.py DESCRIPTOR HOME PROGRAM [ARGUMENT ...]

A program of its own: `Client` starts it, and it starts the server on its own standard streams. It
ends when the server does or when the pipe DESCRIPTOR closes, which the kernel sees to when the
parent dies, however it dies. Then it kills all that is left below it, processes that made
themselves independent included, because orphans become its children (Linux only), and deletes the
folder HOME.
"""

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_CANNOT_START = 127


def main() -> int:
    """Return the exit status of the command; 128 and the signal's number when it was killed."""
    leash = int(sys.argv[1])
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        server = subprocess.Popen(sys.argv[3:])  # closes all descriptors but its standard streams
    except OSError as error:
        print(f"{sys.argv[3]}: {error.strerror}", file=sys.stderr)
        return _CANNOT_START
    os.closerange(0, 2)  # so that the parent sees the end of the server's output
    ended = os.pidfd_open(server.pid)
    poll = select.poll()
    poll.register(leash, select.POLLHUP)
    poll.register(ended, select.POLLIN)
    poll.poll()
    status = server.poll()
    _kill_all_below()
    shutil.rmtree(sys.argv[2], ignore_errors=True)
    if status is None:
        return 128 + signal.SIGKILL
    return status if status >= 0 else 128 - status


def _kill_all_below() -> None:
    """Kill children until none is left; their orphans become our children and are next."""
    while True:
        for child in _children():
            with suppress(PermissionError):
                os.kill(child, signal.SIGKILL)  # one not waited for keeps its number: no mix-up
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    own = os.getpid()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status = (entry / "stat").read_bytes()
            except OSError:
                continue
            if int(status.rpartition(b")")[2].split()[1]) == own:
                found.append(int(entry.name))
    return found


if __name__ == "__main__":
    sys.exit(main())
