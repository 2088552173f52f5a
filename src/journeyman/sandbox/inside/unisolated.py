"""One run *without* isolation: a fresh copy of the tree, limits, and its processes ended with it.

Only for code that is trusted with the user's own rights: it sees this machine's files and network,
and may leave things behind anywhere but in the tree. The kernel gives no namespace whose end would
end every process, so the supervisor adopts orphans and kills what descends from it.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import time

_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE_S = 5.0


def fresh_tree(base: str, repository: str) -> None:
    """Lay a copy of `base` at `repository`, with an empty home and tmp beside it."""
    scratch = os.path.dirname(repository)
    clear(repository)
    shutil.copytree(base, repository, symlinks=True)
    for name, variable in (("tmp", "TMPDIR"), ("home", "HOME")):
        os.mkdir(os.path.join(scratch, name))
        os.environ[variable] = os.path.join(scratch, name)


def clear(repository: str) -> None:
    """Remove what a run left in its tree, its home and its tmp."""
    scratch = os.path.dirname(repository)
    for path in (repository, os.path.join(scratch, "tmp"), os.path.join(scratch, "home")):
        shutil.rmtree(path, ignore_errors=True)


def adopt_orphans() -> None:
    """Become the parent of whatever a descendant detaches."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants() -> list[int]:
    """Return the ids of all processes that descend from this one."""
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


def end_descendants() -> None:
    """Kill all descendants, again and again while they fork, and reap them."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        alive = descendants()
        if not alive:
            return
        for pid in alive:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        _reap()


def _reap() -> None:
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            time.sleep(0.001)
            return
