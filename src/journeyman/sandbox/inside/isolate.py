"""Give one run its own namespaces, copy-on-write tree and limits, and take its powers away.

Order matters and is the whole point: namespaces first, then mounts (which need the capabilities
that a new user namespace grants), then the patch, then the process that runs code under test loses
every capability for good. See `docs/design/sandbox.md` for what each step stops.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import resource
import socket
import struct
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)

_NEWNS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = (
    0x00020000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_MS_REMOUNT = 32
_PROC_FLAGS = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
_MNT_DETACH = 2
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 4, 24, 38, 47
_PR_SET_PDEATHSIG = 1

BASE = "/base"
REPOSITORY = "/repo"
"""Where the tree lies during a run; elsewhere only without isolation (see `lie_at`)."""
_LAYERS = "/layers"


class PatchError(Exception):
    """The patch cannot be written into the tree: the patch's fault, not the sandbox's."""


_MOVED: dict[str, str] = {}


def lie_at(repository: str, moved: dict[str, str]) -> None:
    """Say that the tree lies at `repository` instead, and other places as `moved` maps them."""
    global REPOSITORY
    REPOSITORY = repository
    _MOVED.update({place: usual for place, usual in moved.items() if place != usual})


def as_usual(text: str) -> str:
    """Return `text` with places as they are called in a mount namespace.

    What a run says must not depend on which server's scratch folder it had.
    """
    for place, usual in _MOVED.items():
        text = text.replace(place, usual)
    return text


def new_namespaces() -> None:
    """Leave the server's user, mount, pid, network and IPC namespaces (the caller forks next)."""
    user, group = os.getuid(), os.getgid()
    _check(
        _LIBC.unshare(_NEWUSER | _NEWNS | _NEWPID | _NEWNET | _NEWIPC),
        "unshare",
    )
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def mount_tree(tmp_mb: int, kept: list[str]) -> None:
    """Mount the fresh, private parts: the tree as an overlay, tmp, shared memory, proc.

    `kept` are folders of the environment that happen to lie below ``/tmp``; they stay in sight.
    The base tree holds the answer of every task made by breaking it, so it is covered as soon as
    the overlay stands on it; the overlay's own layers are detached.
    """
    closed = _close_user_namespaces()
    size = f"size={tmp_mb}m,mode=0755"
    _mount("none", "/", "", _MS_REC | _MS_PRIVATE)
    _mount("tmpfs", _LAYERS, "tmpfs", _MS_NOSUID | _MS_NODEV, size)
    for layer in ("upper", "work"):
        os.mkdir(f"{_LAYERS}/{layer}")
    layers = f"lowerdir={BASE},upperdir={_LAYERS}/upper,workdir={_LAYERS}/work,userxattr"
    _mount("overlay", REPOSITORY, "overlay", _MS_NOSUID | _MS_NODEV, layers)
    _mount("tmpfs", BASE, "tmpfs", _MS_RDONLY, "size=4k")
    _check(_LIBC.umount2(_LAYERS.encode(), _MNT_DETACH), f"detach {_LAYERS}")
    held = [(path, os.open(path, os.O_PATH)) for path in kept]
    _mount("tmpfs", "/tmp", "tmpfs", _MS_NOSUID | _MS_NODEV, f"size={tmp_mb}m,mode=1777")
    for path, descriptor in held:
        os.makedirs(path, exist_ok=True)
        _mount(f"/proc/self/fd/{descriptor}", path, "", _MS_BIND | _MS_REC)
        os.close(descriptor)
    _mount("tmpfs", "/dev/shm", "tmpfs", _MS_NOSUID | _MS_NODEV, f"size={tmp_mb}m,mode=1777")
    _mount_proc()
    if not closed and not _close_user_namespaces():
        raise OSError(errno.EROFS, "new user namespaces cannot be forbidden: /proc is read-only")
    _mount("", "/proc", "", _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _PROC_FLAGS)
    _loopback_up()
    os.makedirs("/tmp/home", exist_ok=True)


def _close_user_namespaces() -> bool:
    """Forbid new user namespaces below this one; return whether `/proc` could be written."""
    try:
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
    except OSError as error:
        if error.errno in (errno.EROFS, errno.ENOENT):
            return False
        raise
    return True


def _mount_proc() -> None:
    for more in (0, _MS_RDONLY):
        if _LIBC.mount(b"proc", b"/proc", b"proc", _PROC_FLAGS | more, None) == 0:
            return
    # A container that masks parts of /proc forbids new ones; an empty one shows no neighbours.
    _mount("tmpfs", "/proc", "tmpfs", _PROC_FLAGS, "size=4k")


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        request = struct.pack("16sh22x", b"lo", 0x1 | 0x40)  # IFF_UP | IFF_RUNNING
        fcntl.ioctl(link.fileno(), 0x8914, request)  # SIOCSIFFLAGS


def write_files(files: dict[str, str | None]) -> None:
    """Write a patch into the tree and drop every byte-code cache of the files it touches.

    A stale or planted cache would run other code than the patch says; it would also hold the
    answer, since the base tree's caches are compiled from it.

    Raises:
        PatchError: A path leaves the tree or runs through a file, a text is not UTF-8, or there
            is no room.
    """
    for name, text in files.items():
        try:
            _write_file(name, text)
        except (OSError, ValueError) as error:
            raise PatchError(f"{name!r} cannot be written: {error}") from error


def _write_file(name: str, text: str | None) -> None:
    path = Path(REPOSITORY, name)
    folder = os.path.realpath(path.parent)
    if folder != os.path.realpath(REPOSITORY) and not folder.startswith(
        os.path.realpath(REPOSITORY) + "/"
    ):
        raise ValueError("it leads out of the tree")
    cache = path.parent / "__pycache__"
    if path.suffix == ".py" and cache.is_dir():
        for stale in cache.glob(f"{path.stem}.*.pyc"):
            stale.unlink()
    if text is None or path.is_symlink():
        path.unlink(missing_ok=True)
    if text is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def hide_from_children() -> None:
    """Keep the supervising process from being traced or written by the code it supervises."""
    _LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def set_limits(limits: dict[str, int]) -> None:
    """Set the resource limits of this process and of all it starts, for good."""
    mega = 1 << 20
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_DATA, limits["memory_mb"] * mega)
    _limit(resource.RLIMIT_CPU, limits["cpu_s"], grace=1)  # SIGXCPU, and a second later SIGKILL
    _limit(resource.RLIMIT_FSIZE, limits["file_mb"] * mega)
    _limit(resource.RLIMIT_NOFILE, 1024)


def give_up_powers(limits: dict[str, int]) -> None:
    """Drop all capabilities of this process, for good, and limit how many it may become.

    The count of processes is kept per user, so it means something only in a user namespace.
    """
    _limit(resource.RLIMIT_NPROC, limits["processes"])
    _LIBC.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _LIBC.prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)
    for capability in range(64):
        _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _check(_LIBC.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def die_with_parent() -> None:
    """Ask the kernel to kill this process when the one that made it dies."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0)


def _limit(what: int, value: int, grace: int = 0) -> None:
    _, hard = resource.getrlimit(what)
    ceiling = value + grace if hard == resource.RLIM_INFINITY else min(value + grace, hard)
    resource.setrlimit(what, (min(value, ceiling), ceiling))


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    result = _LIBC.mount(
        source.encode(), target.encode(), kind.encode(), flags, options.encode() or None
    )
    _check(result, f"mount {kind or source} at {target}")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
