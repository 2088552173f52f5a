"""The tiers ``podman`` and ``docker``: a container, by the engine's command line.

No image is downloaded. The container stands on an empty one, made here, and is shown the same
folders of this machine as bubblewrap shows: the system's own, the interpreter, the environment,
all read-only. So the interpreter always fits, and nothing but the engine is needed. One container
holds one server, and its standard input and output are the line to it; inside, every run is a user
of its own on a copy of the tree, under Landlock where the kernel has it (`inside/run_tier.py`).
"""

from __future__ import annotations

import io
import os
import resource
import secrets
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import lru_cache, partial
from pathlib import Path
from typing import IO

from journeyman.errors import InfrastructureError, IsolationError
from journeyman.sandbox import bubblewrap
from journeyman.sandbox.bubblewrap import Bind, Completed, Layout
from journeyman.sandbox.inside import landlock_rules as kernel
from journeyman.sandbox.landlock import without_overlay
from journeyman.sandbox.launch import INSIDE, Server, Started, spawn
from journeyman.sandbox.limits import Limits

BASE = "/closed/base"
"""The base tree, in a folder that only the server's user may enter: a run is another one."""

_TOPS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_RUN_USER = 1000
_SERVER_POWERS = (
    *("CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETPCAP", "SETUID", "SYS_PTRACE"),
)
_SERVER_MB, _SERVER_PROCESSES = 512, 64
_PROCESSES = 1 << 15
_ENGINE_S = 60.0
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


class Container:
    """See `journeyman.sandbox.launch.Tier`; `name` is the engine's program."""

    def __init__(self, name: str) -> None:
        self.name = name

    def why_not(self) -> str:
        """Return what is missing; checked by starting a container and looking through its eyes."""
        return _why_not(self.name)

    def start(self, server: Server, log: IO[bytes]) -> Started:
        """Start a container that holds a server."""
        name = f"journeyman-{secrets.token_hex(6)}"
        argv = server_line(self.name, server, name, bounded(self.name))
        process, channel = spawn(argv, log, stdio=True)
        seen = [bind.inside for bind in server.binds]
        allowed = [(f"/{top}", kernel.READING) for top in ("usr", *_TOPS)]
        allowed += [(place, kernel.READING) for place in (*seen, "/journeyman")]
        allowed += [(place, kernel.LOOKING) for place in ("/etc", "/proc")]
        allowed += [(f"/dev/{device}", kernel.DEVICE) for device in _DEVICES]
        tier = {
            "confined": True,
            "base": BASE,
            "closed": str(Path(BASE).parent),
            "tmp": "/tmp",
            "home": "/tmp/home",
            "shared": ["/dev/shm"],
            "kept": seen,
            "allowed": allowed,
            "inside": [server.python, *seen],
            "filtered": False,
            "network": True,
            "user": _RUN_USER,
        }
        return Started(process, channel, {"tier": tier}, partial(_kill, self.name, name))

    def run(
        self,
        layout: Layout,
        command: Sequence[str],
        *,
        timeout_s: float,
        cwd: str = "/",
        limits: Limits | None = None,
    ) -> Completed:
        """Run one command in a container of its own."""
        name = f"journeyman-{secrets.token_hex(6)}"
        if layout.overlay is not None:
            layout = without_overlay(layout)
        argv = command_line(
            self.name, layout, command, name, cwd, _owner(self.name), limits, image(self.name)
        )
        with ExitStack() as held:
            captured = held.enter_context(tempfile.TemporaryFile())
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=captured,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            timed_out = False
            try:
                code = process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                timed_out, code = True, -9
            finally:
                if process.poll() is None:
                    _kill(self.name, name)
                    process.kill()
                process.wait()
            captured.seek(max(0, captured.seek(0, os.SEEK_END) - (1 << 20)))
            return Completed(code, captured.read().decode("utf-8", "replace"), timed_out)


def server_line(engine: str, server: Server, name: str, bound: bool) -> list[str]:
    """Return the argument vector of a container that holds a fork server.

    Args:
        bound: Whether the engine can hold memory and processes (it needs cgroups for that).
    """
    limits = server.limits or Limits()
    layout = Layout(
        binds=(*server.binds, Bind(server.base, BASE), Bind(INSIDE, "/journeyman")),
        environment=dict(server.environment),
    )
    size = f"size={limits.tmp_mb}m"
    arguments = _common(engine, name, "none", "0:0")
    arguments += [f"--cap-add={power}" for power in _SERVER_POWERS]
    arguments += ["--interactive", f"--shm-size={limits.tmp_mb}m"]
    arguments += ["--tmpfs=/closed:rw,mode=0700,size=4k"]
    for place, mode in (("/repo", "0755"), ("/tmp", "1777")):
        arguments += [f"--tmpfs={place}:rw,exec,nosuid,nodev,{size},mode={mode}"]
    if bound:
        memory = limits.memory_mb + 3 * limits.tmp_mb + _SERVER_MB
        arguments += [f"--memory={memory}m", f"--pids-limit={limits.processes + _SERVER_PROCESSES}"]
    command = [server.python, "-B", f"/journeyman/{server.program}", "stdio"]
    return [*arguments, *_shown(layout), image(engine), *command]


def command_line(
    engine: str,
    layout: Layout,
    command: Sequence[str],
    name: str,
    cwd: str,
    user: str,
    limits: Limits | None,
    on: str,
) -> list[str]:
    """Return the argument vector of a container that runs one command on the image `on`."""
    arguments = _common(engine, name, "host" if layout.network else "none", user)
    arguments += ["--tmpfs=/tmp:rw,exec,nosuid,nodev,mode=1777", f"--workdir={cwd}"]
    arguments += ["--tmpfs=/tmp/home:rw,exec,nosuid,nodev,mode=1777"]
    if limits is not None:
        mega = 1 << 20
        for what, value in (
            ("fsize", limits.file_mb * mega),
            ("data", limits.memory_mb * mega),
            ("cpu", limits.cpu_s),
        ):
            arguments += [f"--ulimit={what}={value}:{value}"]
    return [*arguments, *_shown(layout), on, *command]


def _common(engine: str, name: str, network: str, user: str) -> list[str]:
    return [
        engine, "run", "--rm", f"--name={name}", "--pull=never", f"--network={network}",
        "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--ipc=private",
        *_ceilings(), f"--user={user}", *(["--hostname=sandbox"] if network == "none" else []),
    ]  # fmt: skip


def _ceilings() -> list[str]:
    """Return limits that the engine can set: its own defaults may be above what it is allowed."""
    _, most = resource.getrlimit(resource.RLIMIT_NPROC)
    processes = _PROCESSES if most == resource.RLIM_INFINITY else min(most, _PROCESSES)
    return [
        "--ulimit=core=0:0",
        "--ulimit=nofile=1024:1024",
        f"--ulimit=nproc={processes}:{processes}",
    ]


def _shown(layout: Layout) -> list[str]:
    """Return the options that show folders and set variables."""
    arguments: list[str] = []
    for bind in (*_system(layout.network), *layout.binds):
        arguments += [f"--volume={bind.host}:{bind.inside}:{'rw' if bind.writable else 'ro'}"]
    for variable, value in {**bubblewrap.environment(), **layout.environment}.items():
        arguments += [f"--env={variable}={value}"]
    return arguments


def _system(network: bool) -> Iterator[Bind]:
    yield Bind(Path("/usr"), "/usr")
    for top in _TOPS:
        if Path("/", top).is_dir() and not Path("/", top).is_symlink():
            yield Bind(Path("/", top), f"/{top}")
    for host, inside in bubblewrap.etc_files(network):
        if inside not in ("/etc/hosts", "/etc/resolv.conf"):  # those are the engine's own
            yield Bind(host, inside)


@lru_cache(maxsize=2)
def image(engine: str) -> str:
    """Return the name of the empty image, which is made where it is missing.

    Raises:
        IsolationError: The engine will not make it.
    """
    packed = _empty_image()
    tag = "localhost/journeyman-empty:1"
    if _engine(engine, "image", "inspect", tag).returncode != 0:
        made = _engine(engine, "import", "-", tag, given=packed)
        if made.returncode != 0:
            raise IsolationError(f"{engine} cannot make an image: {_last(made)}")
    return tag


def _empty_image() -> bytes:
    """Return a tar of the folders that others are shown on, and of the system's own links."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        folders = ["usr", "etc", "tmp", "repo", "closed", "journeyman", "env", "run", "cache"]
        for top in _TOPS:
            path = Path("/", top)
            if path.is_symlink():
                link = tarfile.TarInfo(top)
                link.type, link.linkname, link.mode = tarfile.SYMTYPE, str(path.readlink()), 0o777
                archive.addfile(link)
            elif path.is_dir():
                folders.append(top)
        for name in folders:
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(folder)
    return packed.getvalue()


@lru_cache(maxsize=2)
def _why_not(engine: str) -> str:
    if shutil.which(engine) is None:
        return f"{engine} is not installed"
    try:
        answered = _engine(engine, "info")
        if answered.returncode != 0:
            return _last(answered)
        made = image(engine)
    except (IsolationError, InfrastructureError) as error:
        return error.message
    with tempfile.TemporaryDirectory() as folder:
        # An engine on another machine would show that one's folders.
        word = secrets.token_hex(8)
        Path(folder, "word").write_text(word)
        layout = Layout(binds=(Bind(Path(folder), "/cache"),))
        name = f"journeyman-{secrets.token_hex(6)}"
        line = command_line(
            engine, layout, ["/bin/cat", "/cache/word"], name, "/", "0:0", None, made
        )
        try:
            done = _engine(line[0], *line[1:])
        except InfrastructureError as error:
            return error.message
    if done.returncode != 0:
        return _last(done)
    return "" if done.stdout.decode().strip() == word else "it does not see this machine's files"


@lru_cache(maxsize=2)
def bounded(engine: str) -> bool:
    """Whether the engine can hold a container's memory and processes."""
    options = ["--rm", "--pull=never", "--network=none", "--memory=64m", "--pids-limit=32"]
    tried = [*options, *_ceilings(), *_shown(Layout()), image(engine), "/bin/true"]
    return _engine(engine, "run", *tried).returncode == 0


def _kill(engine: str, name: str) -> None:
    """Kill a container; one that has ended already is as good."""
    _engine(engine, "kill", name)


def _owner(engine: str) -> str:
    """Return who owns what a container writes: this user, by the number it has in there."""
    if engine == "docker":
        told = _engine(engine, "info", "--format", "{{.SecurityOptions}}")
        if b"rootless" not in told.stdout:
            return f"{os.getuid()}:{os.getgid()}"
    return "0:0"


def _engine(
    engine: str, *arguments: str, given: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            [engine, *arguments],
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            timeout=_ENGINE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InfrastructureError(f"{engine} {arguments[0]} did not answer") from None


def _last(done: subprocess.CompletedProcess[bytes]) -> str:
    said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
    return said[-1] if said else f"it ended with {done.returncode}"
