"""Giving up a process's powers: another user, capabilities, new privileges."""

from __future__ import annotations

import ctypes
import os

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_DUMPABLE, _PR_SET_KEEPCAPS, _PR_CAPBSET_DROP = 4, 8, 24
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 38, 47
_LAST = 40

CHOWN, DAC_OVERRIDE, READ_SEARCH, FOWNER, KILL, SETGID, SETUID, SETPCAP = 0, 1, 2, 3, 5, 6, 7, 8
SYS_PTRACE = 19
OF_A_SERVER = (CHOWN, DAC_OVERRIDE, READ_SEARCH, FOWNER, KILL, SETGID, SETUID, SETPCAP, SYS_PTRACE)
"""What a server that is root keeps: to read the tree, give runs a user of their own, end them."""


def no_new_privileges() -> None:
    """Gain nothing by executing anything, for good."""
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def keep_only(capabilities: tuple[int, ...]) -> None:
    """Drop all other capabilities, also those that executing a program as root would bring."""
    for capability in range(_LAST + 1):
        if capability not in capabilities:
            _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    _set(_held() & _mask(capabilities), 0)


def drop_all() -> None:
    """Drop every capability, for good."""
    _LIBC.prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)
    keep_only(())


def become(user: int) -> None:
    """Become another user and group, with no power but to read what Landlock leaves in sight.

    Without that one the run could not read an interpreter that lies in root's own home.
    """
    reading = _held() & _mask((READ_SEARCH,))
    for capability in range(_LAST + 1):
        if capability != READ_SEARCH:
            _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    os.setgroups([])
    os.setresgid(user, user, user)
    _LIBC.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setresuid(user, user, user)
    _set(reading, reading)
    if reading:
        _LIBC.prctl(_PR_CAP_AMBIENT, 2, READ_SEARCH, 0, 0)
    # Another user's process is closed to itself: /proc/self would be root's.
    _LIBC.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)


def spare_user() -> int | None:
    """Return the number of a user that nobody is, for this process's runs; `None` without one.

    Only root can become somebody else; in a container only few numbers may mean anything.
    """
    if os.getuid() != 0 or _held() & _mask((SETUID, SETGID)) != _mask((SETUID, SETGID)):
        return None
    with open("/proc/self/uid_map") as lines:
        ranges = [tuple(map(int, line.split())) for line in lines]
    for candidate in (2_000_000_000 + os.getpid() % 100_000_000, 20_000 + os.getpid() % 40_000):
        if any(start <= candidate < start + count for start, _, count in ranges):
            return candidate
    return None


def can_read_as(user: int, places: list[str]) -> bool:
    """Whether that user could read all of `places`."""
    child = os.fork()
    if child == 0:
        try:
            become(user)
            for place in places:
                os.close(os.open(place, os.O_RDONLY))
            os._exit(0)
        except OSError:
            os._exit(1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _held() -> int:
    with open("/proc/self/status") as lines:
        for line in lines:
            if line.startswith("CapPrm:"):
                return int(line.split()[1], 16)
    return 0


def _mask(capabilities: tuple[int, ...]) -> int:
    return sum(1 << capability for capability in capabilities)


def _set(held: int, inheritable: int) -> None:
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    low, high = held & 0xFFFFFFFF, held >> 32
    data = (ctypes.c_uint32 * 6)(
        low, low, inheritable & 0xFFFFFFFF, high, high, inheritable >> 32
    )  # fmt: skip
    if _LIBC.capset(header, data) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"capset: {os.strerror(number)}")
