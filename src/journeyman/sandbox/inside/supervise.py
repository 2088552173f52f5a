"""Process 1 of a run's own pid namespace: starts the run, watches it, says what became of it.

It never runs code under test. When the run has ended it kills everything left in the namespace,
however often that forked or detached itself, and when it exits itself the kernel does so again.
Where there are no namespaces it does the same to its own descendants (see `run_tier`).
"""

from __future__ import annotations

import os
import select
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from isolate import hide_from_children, set_limits
from run_tier import Copies, Namespaces

_POLL_S = 0.02
_PAGE = os.sysconf("SC_PAGE_SIZE")
_OUTPUT_TAIL = 32_000
_REPORT_LIMIT = 256 << 20


@dataclass
class Outcome:
    """What became of a run: how it ended, its exit status, the bytes it reported and printed."""

    ending: str = "finished"
    status: int = 0
    report: bytearray = field(default_factory=bytearray)
    output: bytearray = field(default_factory=bytearray)
    printed: int = 0
    clean: bool = True
    """Whether nothing is left of it."""


def supervise(
    run: Callable[[int], int],
    limits: dict[str, int],
    tier: Namespaces | Copies,
    handed: int | None = None,
) -> Outcome:
    """Fork, let the child call `run(report_fd)` without any powers, and watch it to its end.

    Args:
        run: Called in the child; its return value is the exit status.
        limits: `wall_s`, `cpu_s`, `memory_mb`, `processes`, `file_mb`, `tmp_mb`, `output_mb`.
        tier: How the run is confined, counted and ended.
        handed: A descriptor that is the run's alone and closed here.
    """
    report_read, report_write = os.pipe()
    output_read, output_write = os.pipe()
    if tier.has_namespaces:
        hide_from_children()
    # The kernel keeps process 1 from any signal of its children that it has no handler for, and
    # this is the only one that Python handles.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        os.close(report_read)
        os.close(output_read)
        _become(run, report_write, output_write, limits, tier)
    os.close(report_write)
    os.close(output_write)
    if handed is not None:
        os.close(handed)
    outcome = Outcome()
    _watch(child, report_read, output_read, limits, outcome, tier)
    return outcome


def _become(
    run: Callable[[int], int],
    report_fd: int,
    output_fd: int,
    limits: dict[str, int],
    tier: Namespaces | Copies,
) -> None:
    status = 70
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(output_fd, 1)
        os.dup2(output_fd, 2)
        os.closerange(max(report_fd, output_fd) + 1, 256)
        set_limits(limits)
        tier.confine(limits)
        status = run(report_fd)
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(status)


def _watch(
    child: int,
    report_fd: int,
    output_fd: int,
    limits: dict[str, int],
    outcome: Outcome,
    tier: Namespaces | Copies,
) -> None:
    deadline = time.monotonic() + limits["wall_s"]
    ended = os.pidfd_open(child)
    open_fds = {report_fd, output_fd}
    next_look = 0.0
    while True:
        ready, _, _ = select.select([ended, *open_fds], [], [], _POLL_S)
        for fd in open_fds & set(ready):
            if not _drain(fd, fd == report_fd, outcome):
                open_fds.discard(fd)
        if ended in ready:
            break
        trouble = _too_much(limits, outcome)
        # Each test that reports wakes us, and a look goes through all processes.
        if not trouble and time.monotonic() >= next_look:
            trouble = _trouble(deadline, limits, tier)
            next_look = time.monotonic() + _POLL_S
        if trouble:
            outcome.ending = trouble
            os.kill(child, signal.SIGKILL)
            break
    _, status = os.waitpid(child, 0)
    outcome.status = os.waitstatus_to_exitcode(status)
    outcome.clean = tier.end_everything()
    _take_rest(open_fds, report_fd, outcome)
    if outcome.ending == "finished":
        outcome.ending = _too_much(limits, outcome) or _ending_of(outcome.status, limits)


def _take_rest(open_fds: set[int], report_fd: int, outcome: Outcome) -> None:
    """Read what is already in the pipes; a surviving grandchild may hold them open for ever."""
    while open_fds:
        ready, _, _ = select.select(list(open_fds), [], [], 0)
        if not ready:
            return
        for fd in ready:
            if not _drain(fd, fd == report_fd, outcome):
                open_fds.discard(fd)


def _drain(fd: int, is_report: bool, outcome: Outcome) -> bool:
    data = os.read(fd, 1 << 16)
    if is_report:
        outcome.report += data
    else:
        outcome.printed += len(data)
        outcome.output += data
        if len(outcome.output) > 2 * _OUTPUT_TAIL:
            del outcome.output[:-_OUTPUT_TAIL]
    return bool(data)


def _too_much(limits: dict[str, int], outcome: Outcome) -> str:
    """Say whether more was printed or reported than may be."""
    much = outcome.printed > limits["output_mb"] << 20 or len(outcome.report) > _REPORT_LIMIT
    return "output" if much else ""


def _trouble(deadline: float, limits: dict[str, int], tier: Namespaces | Copies) -> str:
    if time.monotonic() > deadline:
        return "timeout"
    pids = tier.processes()
    if len(pids) > limits["processes"]:
        return "processes"
    memory = limits["memory_mb"] << 20
    # Resident pages are quick to sum up, but count what forks share once for each of them.
    if sum(map(_resident, pids)) > memory and sum(map(_proportional, pids)) > memory:
        return "memory"
    return "disk" if tier.fills_the_disk(limits) else ""


def _resident(pid: int) -> int:
    """Return a process's resident bytes, shared ones included; 0 when it has just ended."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as statm:
            return int(statm.read().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _proportional(pid: int) -> int:
    """Return a process's resident bytes, what it shares divided among the sharers."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as rollup:
            lines = rollup.read().splitlines()
    except PermissionError:
        # Another user's, and we have not the power to look: what it has beyond what we share.
        return max(0, _anonymous(pid) - _anonymous(os.getpid()))
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(b"Pss:"))


def _anonymous(pid: int) -> int:
    """Return the bytes of a process's resident pages that are no file's."""
    try:
        with open(f"/proc/{pid}/status", "rb") as status:
            lines = status.read().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(b"RssAnon:"))


def _ending_of(status: int, limits: dict[str, int]) -> str:
    if status == -signal.SIGXCPU or (status == -signal.SIGKILL and _cpu_used() >= limits["cpu_s"]):
        return "cpu"
    if status == -signal.SIGXFSZ:
        return "disk"
    return "finished" if status >= 0 else "crashed"


def _cpu_used() -> float:
    used = os.times()
    return used.children_user + used.children_system
