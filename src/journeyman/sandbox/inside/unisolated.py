"""A run's processes where there is no namespace for them, whose end would end every one.

The supervisor adopts orphans, so everything a run starts descends from it however it detaches, and
what descends from it is killed again and again until nothing does.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time

_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE_S = 5.0


def adopt_orphans() -> None:
    """Become the parent of whatever a descendant detaches."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants() -> list[int]:
    """Return the ids of all processes that descend from this one."""
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
        return _descendants_by_parent()
    found: list[int] = []
    pending = [os.getpid()]
    while pending:
        below = _children(pending.pop())
        found += below
        pending += below
    return found


def end_descendants() -> bool:
    """Kill all descendants, again and again while they fork, and reap them; say if none is left."""
    deadline = time.monotonic() + _PATIENCE_S
    while _reap():
        if time.monotonic() > deadline:
            return False
        for pid in descendants():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
    return True


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as children:
                found += map(int, children.read().split())
    except OSError:
        return found  # it ended meanwhile
    return found


def _descendants_by_parent() -> list[int]:
    """Return the same where the kernel does not list children."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as stat:
                    parent = int(stat.read().rpartition(b")")[2].split()[1])
            except (OSError, IndexError):
                continue  # it ended between the listing and the reading
            children.setdefault(parent, []).append(int(name))
    found: list[int] = []
    pending = [os.getpid()]
    while pending:
        below = children.get(pending.pop(), [])
        found += below
        pending += below
    return found


def _reap() -> bool:
    """Take leave of children that have ended; return whether there are others."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            time.sleep(0.001)
            return True
