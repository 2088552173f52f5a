"""Landlock: a process gives up, for good, every file that it does not name (Linux 5.13 and newer).

Rules hang on folders and files as they are when named, not on their paths, and hold for this
process and all it starts; a further set of rules can only take more away. What the kernel cannot
hold back at its version of Landlock is in `docs/isolation.md`: among that, at any version, looking
at a file's size or times and changing the mode of one that one owns.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

_LIBC = ctypes.CDLL(None, use_errno=True)
_CREATE, _ADD, _RESTRICT = 444, 445, 446

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
REMOVE_DIR, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK = 1 << 6, 1 << 7, 1 << 8, 1 << 9
MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = 1 << 10, 1 << 11, 1 << 12
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

READING = EXECUTE | READ_FILE | READ_DIR
LOOKING = READ_FILE | READ_DIR
WRITING = (
    READING
    | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO
    | MAKE_SYM | REFER | TRUNCATE
)  # fmt: skip
DEVICE = READ_FILE | WRITE_FILE | TRUNCATE | IOCTL_DEV

SIGNALS_SINCE, TRUNCATE_SINCE, NETWORK_SINCE = 6, 3, 4


def version() -> int:
    """Return the kernel's version of Landlock (its ABI); 0 where there is none."""
    found = _LIBC.syscall(_CREATE, None, ctypes.c_size_t(0), 1)
    return max(0, int(found))


class Rules:
    """A set of rules that a process can put over itself.

    Args:
        allowed: (path, rights) pairs; what is not there is passed over.
        network: Whether TCP is left alone; it is closed otherwise, from version 4.
        at_most: Behave like an older version of Landlock, to try what that holds.

    Raises:
        OSError: The kernel has no Landlock, or it is switched off.
    """

    def __init__(
        self, allowed: Iterable[tuple[str, int]], *, network: bool = False, at_most: int = 99
    ) -> None:
        self.version = min(version(), at_most)
        self._handled = _all_rights(self.version)
        # TCP: bind, connect. Scopes: abstract Unix sockets, signals; both end at this process.
        tcp = 0 if network else 3
        attributes = struct.pack("=Q", self._handled)
        if self.version >= NETWORK_SINCE:
            attributes += struct.pack("=Q", tcp)
        if self.version >= SIGNALS_SINCE:
            attributes += struct.pack("=Q", 3)
        self.fd = _called(_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
        for path, rights in allowed:
            self.allow(path, rights)

    def allow(self, path: str, rights: int) -> None:
        """Allow `rights` on a file, or on a folder and all below it."""
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return
        try:
            self.allow_open(place, rights)
        finally:
            os.close(place)

    def allow_open(self, place: int, rights: int) -> None:
        """Do so for a place that is open already."""
        granted = rights & self._handled
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            granted &= _OF_FILES
        _called(_ADD, self.fd, 1, struct.pack("=Qi", granted, place), 0)

    def enforce(self) -> None:
        """Put them over this process (whose new privileges must be given up) and its children."""
        _called(_RESTRICT, self.fd, 0)

    def close(self) -> None:
        """Let go of the rules; processes under them stay so."""
        os.close(self.fd)


def scope_signals() -> None:
    """Keep the signals of this process and its children among themselves, and nothing else.

    From version 6. What `kill(-1)` then reaches is just what this process starts from now on.
    """
    attributes = struct.pack("=QQQ", 0, 0, 2)
    fd = _called(_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    try:
        _called(_RESTRICT, fd, 0)
    finally:
        os.close(fd)


def _all_rights(at: int) -> int:
    """Return all rights on files that version `at` knows."""
    known = (1 << 13) - 1
    for since, right in ((2, REFER), (TRUNCATE_SINCE, TRUNCATE), (5, IOCTL_DEV)):
        known |= right if at >= since else 0
    return known


def _called(number: int, *arguments: object) -> int:
    result = int(_LIBC.syscall(number, *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"landlock: {os.strerror(code)}")
    return result
