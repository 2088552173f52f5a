"""The system call filter, run here instruction by instruction, for both processors."""

from __future__ import annotations

import errno
import os
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.sandbox.inside import call_filter
from journeyman.sandbox.inside.call_filter import build

MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
ALLOWED, KILLED = "allowed", "killed"
EVERYDAY = {
    "read": (0, 63), "write": (1, 64), "openat": (257, 56), "execve": (59, 221),
    "wait4": (61, 260), "mmap": (9, 222), "futex": (202, 98), "pipe2": (293, 59),
    "kill": (62, 129), "prctl": (157, 167), "getrandom": (318, 278), "fchmodat": (268, 53),
    "truncate": (76, 45), "pidfd_open": (434, 434), "close_range": (436, 436), "ioctl": (16, 29),
}  # fmt: skip


def outcome(
    program: list[call_filter.Instruction], machine: str, number: int, *arguments: int
) -> int | str:
    """Return what the filter makes of a call: allowed, killed, or an error's number."""
    given = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<IIQ6Q", number, MACHINES[machine][1], 0, *given)
    return evaluate(program, data)


def evaluate(program: list[call_filter.Instruction], data: bytes) -> int | str:
    at, held = 0, 0
    while True:
        code, yes, no, constant = program[at]
        at += 1
        if code == 0x06:
            action = constant & 0xFFFF0000
            if action == 0x00050000:
                return constant & 0xFFFF
            return {0x7FFF0000: ALLOWED, 0x80000000: KILLED}[action]
        if code == 0x20:
            held = struct.unpack_from("<I", data, constant)[0]
        elif code == 0x54:
            held &= constant
        else:
            hit = {
                0x15: held == constant,
                0x25: held > constant,
                0x45: bool(held & constant),
            }[code]
            at += yes if hit else no


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("sockets", ["all", "internet", "none"])
def test_everyday_calls_pass_and_dangerous_ones_do_not(machine: str, sockets: str) -> None:
    column = MACHINES[machine][0]
    program = build(sockets=sockets, ipc=sockets == "all", machine=machine)
    for name, numbers in EVERYDAY.items():
        assert outcome(program, machine, numbers[column]) == ALLOWED, name
    for name, numbers in call_filter._NUMBERS.items():
        if numbers[column] is not None:
            assert outcome(program, machine, numbers[column]) == errno.EPERM, name
    assert outcome(program, machine, 435) == errno.ENOSYS
    assert outcome(program, machine, 5000) == errno.ENOSYS


@pytest.mark.parametrize("machine", MACHINES)
def test_another_architecture_ends_the_process(machine: str) -> None:
    program = build(machine=machine)
    for foreign in (0x40000003, 0x40000028, 0x80000016):
        assert evaluate(program, struct.pack("<IIQ6Q", 1, foreign, 0, *[0] * 6)) == KILLED
    if machine == "x86_64":
        assert outcome(program, machine, 0x40000000 | 1) == KILLED


@pytest.mark.parametrize("machine", MACHINES)
def test_sockets_are_as_told(machine: str) -> None:
    column = MACHINES[machine][0]
    new, pair, connect = (41, 198)[column], (53, 199)[column], (42, 203)[column]
    none, some = build(sockets="none", machine=machine), build(sockets="internet", machine=machine)
    for family in range(46):
        assert outcome(none, machine, new, family, 1) == errno.EACCES
        for protocol in (0, 9):
            wanted = family in (2, 10) or (family == 16 and protocol == 0)
            assert (outcome(some, machine, new, family, 3, protocol) == ALLOWED) == wanted
    assert outcome(none, machine, connect) == errno.EACCES
    assert outcome(some, machine, connect) == ALLOWED
    for program in (none, some):
        for kind, passes in ((1, True), (5, True), (2, False), (3, False), (1 | 0o2004000, True)):
            assert (outcome(program, machine, pair, 1, kind) == ALLOWED) == passes
        assert outcome(program, machine, pair, 30, 1) == errno.EACCES


@given(st.integers(0, 2**32 - 1), st.sampled_from(sorted(MACHINES)))
def test_new_processes_are_allowed_and_new_namespaces_are_not(flags: int, machine: str) -> None:
    number = (56, 220)[MACHINES[machine][0]]
    spaces = 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000
    wanted = errno.EPERM if flags & spaces else ALLOWED
    assert outcome(build(machine=machine), machine, number, flags) == wanted


@given(st.integers(0, 2**24 - 1), st.sampled_from(sorted(MACHINES)))
def test_where_landlock_does_not_keep_lengths_the_filter_does(flags: int, machine: str) -> None:
    column = MACHINES[machine][0]
    program = build(truncate=False, machine=machine)
    only_reading = flags & os.O_ACCMODE == os.O_RDONLY and flags & os.O_TRUNC
    wanted = errno.EACCES if only_reading else ALLOWED
    assert outcome(program, machine, (257, 56)[column], 3, 0, flags) == wanted
    assert outcome(program, machine, (76, 45)[column]) == errno.EACCES
    assert outcome(program, machine, 437) == errno.ENOSYS


def test_everybody_is_not_killed_where_landlock_holds_no_signals() -> None:
    program = build(kill_all=False, machine="x86_64")
    assert outcome(program, "x86_64", 62, 0xFFFFFFFF, 9) == errno.EPERM
    assert outcome(program, "x86_64", 62, 4711, 9) == ALLOWED
    assert outcome(build(machine="x86_64"), "x86_64", 62, 0xFFFFFFFF, 9) == ALLOWED


def test_typing_into_a_terminal_is_refused_and_other_requests_are_not() -> None:
    program = build(machine="x86_64")
    for request, wanted in ((0x5412, errno.EPERM), (0x541C, errno.EPERM), (0x5413, ALLOWED)):
        assert outcome(program, "x86_64", 16, 0, request) == wanted


def test_the_numbers_are_this_system_s() -> None:
    """AF_UNIX, SOCK_STREAM and SOCK_SEQPACKET as the filter spells them."""
    assert (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK) == (1, 2, 10, 16)
    assert (socket.SOCK_STREAM, socket.SOCK_SEQPACKET) == (1, 5)
