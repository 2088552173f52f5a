"""A seccomp filter: which system calls code under test may make (classic BPF, built by hand).

It refuses by name what a test suite has no use for and a kernel exploit or an escape has: tracing
and reading other processes, mounting, new namespaces, eBPF, keys, performance counters,
userfaultfd, io_uring (whose requests no filter sees), modules, clocks, handles. Calls newer than
this list do not exist (ENOSYS), so that a kernel may grow without the filter growing holes; another
architecture's calls (32 bit, x32) end the process. Without sockets, the only one to be had is a
connected pair of stream sockets, which can reach nobody else.

Numbers: Linux 6.18, `asm/unistd_64.h` for x86-64 and `asm-generic/unistd.h` for aarch64.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

_LIBC = ctypes.CDLL(None, use_errno=True)

_NUMBERS = {
    # name: (x86-64, aarch64); None where the architecture has no such call
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "kcmp": (312, 272), "pidfd_getfd": (438, 438),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "move_mount": (429, 429), "open_tree": (428, 428), "open_tree_attr": (467, 467),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "acct": (163, 89), "swapon": (167, 224),
    "swapoff": (168, 225), "reboot": (169, 142), "sethostname": (170, 161),
    "setdomainname": (171, 162), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "clock_adjtime": (305, 266), "adjtimex": (159, 171), "iopl": (172, None),
    "ioperm": (173, None), "modify_ldt": (154, None), "quotactl": (179, 60),
    "quotactl_fd": (443, 443), "lookup_dcookie": (212, 18), "syslog": (103, 116),
    "vhangup": (153, 58), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262), "fanotify_mark": (301, 263), "move_pages": (279, 239),
    "migrate_pages": (256, 238), "memfd_secret": (447, 447), "uselib": (134, None),
    "ustat": (136, None), "sysfs": (139, None),
}  # fmt: skip
_IPC = {
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "semget": (64, 190),
    "semop": (65, 193), "semctl": (66, 191), "semtimedop": (220, 192), "msgget": (68, 186),
    "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187), "mq_open": (240, 180),
    "mq_unlink": (241, 181),
}  # fmt: skip
"""Memory, semaphores and queues with names that all of a user's processes share."""

_SOCKETS = {
    "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202),
    "accept4": (288, 242),
}  # fmt: skip
_CLONE, _CLONE3, _IOCTL, _PERSONALITY = (56, 220), (435, 435), (16, 29), (135, 92)
_SOCKET, _SOCKETPAIR, _KILL, _TRUNCATE = (41, 198), (53, 199), (62, 129), (76, 45)
_OPEN, _OPENAT, _OPENAT2 = (2, None), (257, 56), (437, 437)
_NEWEST = 469

_ARCHITECTURES = {"x86_64": (0, 0xC000003E, 317), "aarch64": (1, 0xC00000B7, 277)}
"""Machine to column of the numbers above, AUDIT_ARCH, and the number of `seccomp` itself."""

_LOAD, _EQUAL, _ABOVE, _ANY, _RETURN, _AND = 0x20, 0x15, 0x25, 0x45, 0x06, 0x54
_KILL_ALL, _ALLOW, _REFUSE = 0x80000000, 0x7FFF0000, 0x00050000
_NEW_NAMESPACES = 0x7E020000
_X32 = 0x40000000

Instruction = tuple[int, int, int, int]


def supported() -> bool:
    """Whether there is a filter for this machine's processor."""
    return os.uname().machine in _ARCHITECTURES


class Filter:
    """A filter, made once and put over many processes.

    Args:
        sockets: ``all``; ``internet`` for IPv4, IPv6 and asking for routes (no Unix sockets, which
            lead to the user's own services); ``none`` but connected pairs.
        ipc: Whether System V and POSIX message objects are allowed: they are shared with all of the
            user's processes unless there is a namespace for them.
        truncate: Whether Landlock, or a mount, keeps files elsewhere from being cut short.
        kill_all: Whether something keeps ``kill(-1)`` to the run's own processes.
    """

    def __init__(
        self, *, sockets: str, ipc: bool, truncate: bool = True, kill_all: bool = True
    ) -> None:
        program = build(sockets=sockets, ipc=ipc, truncate=truncate, kill_all=kill_all)
        code = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
        self._code = ctypes.create_string_buffer(code, len(code))
        self._header = struct.pack("@HxxxxxxP", len(program), ctypes.addressof(self._code))

    def install(self) -> None:
        """Put it over this process and all it starts, for good.

        Raises:
            OSError: The kernel has no filters, or refuses (new privileges must be given up before).
        """
        # Flag 4: no switch to slow, speculation-free memory, which old kernels tie to any filter.
        if _LIBC.syscall(_ARCHITECTURES[os.uname().machine][2], 1, 4, self._header) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"seccomp: {os.strerror(number)}")


def build(
    *,
    sockets: str = "none",
    ipc: bool = False,
    truncate: bool = True,
    kill_all: bool = True,
    machine: str = "",
) -> list[Instruction]:
    """Return the filter's instructions as (code, jump if true, jump if false, constant)."""
    column, architecture, _ = _ARCHITECTURES[machine or os.uname().machine]
    filtered = _Filter(column)
    filtered.begin(architecture)
    filtered.when(_CLONE, [*_argument(0), (_ANY, 0, 1, _NEW_NAMESPACES), _error(errno.EPERM)])
    filtered.when(_CLONE3, [_error(errno.ENOSYS)])  # its flags lie in memory, out of sight
    for request in (0x5412, 0x541C):  # TIOCSTI, TIOCLINUX: typing into somebody's terminal
        filtered.when(
            _IOCTL, [*_argument(1), (_EQUAL, 0, 1, request), _error(errno.EPERM)], last=False
        )
    own, query = (_EQUAL, 2, 0, 0), (_EQUAL, 1, 0, 0xFFFFFFFF)
    filtered.when(_PERSONALITY, [*_argument(0), own, query, _error(errno.EPERM)])
    _limit_sockets(filtered, sockets)
    if not truncate:
        _keep_length(filtered)
    if not kill_all:
        everybody = (_EQUAL, 0, 1, 0xFFFFFFFF)
        filtered.when(_KILL, [*_argument(0), everybody, _error(errno.EPERM)])
    for numbers in (*_NUMBERS.values(), *(() if ipc else _IPC.values())):
        filtered.when(numbers, [_error(errno.EPERM)])
    return [*filtered.program, (_RETURN, 0, 0, _ALLOW)]


class _Filter:
    """A program that grows call by call; the call's number stays loaded between them."""

    def __init__(self, column: int) -> None:
        self.program: list[Instruction] = []
        self._column = column

    def begin(self, architecture: int) -> None:
        kill = (_RETURN, 0, 0, _KILL_ALL)
        self.program += [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, architecture), kill, (_LOAD, 0, 0, 0)]
        if self._column == 0:
            self.program += [(_ANY, 0, 1, _X32), kill]
        self.program += [(_ABOVE, 0, 1, _NEWEST), _error(errno.ENOSYS)]

    def when(
        self, numbers: tuple[int, int | None], then: list[Instruction], *, last: bool = True
    ) -> None:
        """For that call run `then`; what falls through it is allowed, or looked at further."""
        number = numbers[self._column]
        if number is None:
            return
        end = (_RETURN, 0, 0, _ALLOW) if last else (_LOAD, 0, 0, 0)
        self.program += [(_EQUAL, 0, len(then) + 1, number), *then, end]


def _limit_sockets(filtered: _Filter, sockets: str) -> None:
    refuse = _error(errno.EACCES)
    if sockets == "all":
        return
    if sockets == "internet":
        families = [(_EQUAL, 3, 0, 2), (_EQUAL, 2, 0, 10), (_EQUAL, 1, 0, 16)]
        filtered.when(_SOCKET, [*_argument(0), *families, refuse], last=False)
        netlink = [*_argument(0), (_EQUAL, 0, 3, 16), *_argument(2), (_EQUAL, 1, 0, 0), refuse]
        filtered.when(_SOCKET, netlink)
    else:
        filtered.when(_SOCKET, [refuse])
        for numbers in _SOCKETS.values():
            filtered.when(numbers, [refuse])
    # A pair of datagram sockets could still be pointed at somebody else; one of streams cannot.
    kinds = [(_AND, 0, 0, 0xF), (_EQUAL, 2, 0, 1), (_EQUAL, 1, 0, 5), refuse]
    family = [*_argument(0), (_EQUAL, 1, 0, 1), refuse]
    filtered.when(_SOCKETPAIR, [*family, *_argument(1), *kinds])


def _keep_length(filtered: _Filter) -> None:
    """Refuse to cut files short that are not opened for writing: Landlock before version 3."""
    refuse = _error(errno.EACCES)
    filtered.when(_TRUNCATE, [refuse])
    filtered.when(_OPENAT2, [_error(errno.ENOSYS)])
    for numbers, place in ((_OPEN, 1), (_OPENAT, 2)):
        reading = [(_AND, 0, 0, os.O_ACCMODE | os.O_TRUNC), (_EQUAL, 0, 1, os.O_TRUNC), refuse]
        filtered.when(numbers, [*_argument(place), *reading])


def _argument(index: int) -> list[Instruction]:
    """Load the lower half of an argument (both processors are little-endian)."""
    return [(_LOAD, 0, 0, 16 + 8 * index)]


def _error(number: int) -> Instruction:
    return (_RETURN, 0, 0, _REFUSE | number)
