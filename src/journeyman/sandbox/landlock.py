"""The tier called ``landlock``: Landlock and seccomp, for machines that close user namespaces.

Nothing is mounted, so everything lies where it really does: the tree in a scratch folder, the
environment in a `view`. The server itself is confined (to the system, the environment, the base
tree and its scratch folder, without sockets) before the environment's interpreter starts; each of
its runs takes the base tree and the server out of its own sight as well, and, where the server is
root, becomes a user of its own. See `inside/confine.py`, `inside/run_tier.py`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from journeyman.errors import IsolationError
from journeyman.sandbox import bubblewrap, view
from journeyman.sandbox.bubblewrap import Completed, Layout
from journeyman.sandbox.inside import call_filter
from journeyman.sandbox.inside import landlock_rules as kernel
from journeyman.sandbox.launch import INSIDE, Server, Started, plain_environment, spawn
from journeyman.sandbox.limits import Limits
from journeyman.sandbox.unisolated import Scratch

TIER = "landlock"
CURE = (
    "use Linux 5.13 or newer with Landlock switched on (`landlock` in the list `lsm=` of the "
    "kernel's command line), in a container whose profile allows its system calls."
)

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = (
    *("passwd", "group", "hosts", "host.conf", "nsswitch.conf", "ld.so.cache", "ld.so.conf"),
    *("ld.so.conf.d", "localtime", "timezone", "mime.types", "alternatives", "os-release"),
    *("ssl/openssl.cnf", "ssl/certs", "pki/tls/openssl.cnf", "pki/tls/certs"),
)
_ETC_NETWORK = ("resolv.conf", "gai.conf", "ca-certificates", "pki/ca-trust", "services")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_PATH = "/usr/local/bin:/usr/bin:/bin"
_SCRATCH_BYTES = 2 << 30
"""Runs happen in shared memory where it has at least this much room."""

_TERM_S = 10.0


class Landlock:
    """See `journeyman.sandbox.launch.Tier`.

    Args:
        at_most: Behave like an older version of Landlock, to try what that still holds.
    """

    name = TIER

    def __init__(self, at_most: int = 99) -> None:
        self._at_most = at_most

    def why_not(self) -> str:
        """Return what is missing; checked by confining a command that tries to look out."""
        return _why_not(self._at_most)

    def start(self, server: Server, log: IO[bytes]) -> Started:
        """Start a confined server on a scratch folder of its own."""
        refuse_without(self)
        scratch = Scratch(scratch_directory())
        try:
            return self._started(server, scratch, log)
        except BaseException:
            scratch.remove()
            raise

    def _started(self, server: Server, scratch: Scratch, log: IO[bytes]) -> Started:
        layout = Layout(binds=server.binds, environment=dict(server.environment))
        places = {"/repo": str(scratch.repository)}
        shown = _placed(layout, scratch.root, places)
        readable = [*_readable(False), *((str(path), kernel.READING) for path in shown)]
        ours = (str(INSIDE), kernel.READING)
        allowed = [
            *readable,
            ours,
            (str(server.base), kernel.LOOKING),
            (str(scratch.root), kernel.WRITING),
        ]
        python = view.translate(server.python, places)
        path = f"{places['/env']}/bin:{_PATH}" if "/env" in places else _PATH
        environment = plain_environment(str(scratch.home), path, str(scratch.tmp))
        command = [python, "-B", str(INSIDE / server.program), ""]
        process, channel = spawn(
            self._confined(allowed, command, sockets="none", wait=False),
            log,
            environment={**environment, **dict(server.environment)},
        )
        setup = scratch.setup(server.base)
        if "/env" in places:
            setup["moved"][places["/env"]] = "/env"
        setup["tier"] |= {
            "confined": True,
            "allowed": [*readable, ours],
            "inside": [python, *map(str, shown)],
            "filtered": True,
            "network": False,
            "landlock": self._at_most,
        }
        return Started(process, channel, setup, scratch.remove)

    def run(
        self,
        layout: Layout,
        command: Sequence[str],
        *,
        timeout_s: float,
        cwd: str = "/",
        limits: Limits | None = None,
    ) -> Completed:
        """Run a command with the paths of `layout` replaced by those they are shown from."""
        refuse_without(self)
        with ExitStack() as held:
            scratch = Scratch()
            held.callback(scratch.remove)
            for folder in (scratch.tmp, scratch.home):
                folder.mkdir()
            if layout.overlay is not None:
                layout = without_overlay(layout)
            places = {"/tmp/home": str(scratch.home)}
            shown = _placed(layout, scratch.root, places)
            allowed = [
                *_readable(layout.network),
                *((str(path), kernel.READING) for path in shown),
                *((str(bind.host), kernel.WRITING) for bind in layout.binds if bind.writable),
                (str(scratch.tmp), kernel.WRITING),
                (str(scratch.home), kernel.WRITING),
            ]
            path = f"{places['/env']}/bin:{_PATH}" if "/env" in places else _PATH
            environment = plain_environment(str(scratch.home), path, str(scratch.tmp))
            for name, value in layout.environment.items():
                environment[name] = view.translate(value, places)
            sockets = "internet" if layout.network else "none"
            completed = _completed(
                self._confined(
                    allowed,
                    [view.translate(word, places) for word in command],
                    sockets=sockets,
                    wait=True,
                ),
                environment,
                view.translate(cwd, places),
                timeout_s,
                limits,
            )
            for bind in layout.binds:
                if bind.writable and (bind.host / "pyvenv.cfg").is_file():
                    view.settle(bind.host, {host: inside for inside, host in places.items()})
            return completed

    def _confined(
        self,
        allowed: Sequence[tuple[str, int]],
        command: Sequence[str],
        *,
        sockets: str,
        wait: bool,
    ) -> list[str]:
        specification = {
            "allowed": list(allowed),
            "sockets": sockets,
            "wait": wait,
            "landlock": self._at_most,
        }
        program = [sys.executable, "-I", "-B", str(INSIDE / "confine.py")]
        return [*program, json.dumps(specification), "--", *command]


def refuse_without(tier: Landlock) -> None:
    """Raise `IsolationError` where the tier does not work."""
    why = tier.why_not()
    if why:
        raise IsolationError(
            f"no sandbox: Landlock cannot isolate here ({why})",
            CURE[0].upper() + CURE[1:],
        )


@lru_cache(maxsize=4)
def _why_not(at_most: int) -> str:
    if not sys.platform.startswith("linux"):
        return "this is not Linux"
    if not call_filter.supported():
        return f"there is no system call filter for {os.uname().machine}"
    if not min(kernel.version(), at_most):
        return "the kernel has no Landlock, or it is switched off"
    tier = Landlock(at_most)
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder, "secret")
        secret.write_text("seen")
        # What it allows has to work, and what it does not has to fail.
        argv = ["/bin/sh", "-c", 'echo works; cat "$1" 2>/dev/null || :', "sh", str(secret)]
        tried = tier._confined([*_readable(False)], argv, sockets="none", wait=True)
        done = subprocess.run(tried, capture_output=True, text=True, timeout=20, check=False)
    if done.stdout.split() != ["works"]:
        said = (done.stderr or done.stdout).strip().splitlines()
        return said[-1] if said else f"a confined command ended with {done.returncode}"
    return ""


def scratch_directory() -> str | None:
    """Return where scratch folders belong: shared memory that is large enough, or the usual."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK | os.X_OK):
        room = os.statvfs(memory)
        if room.f_bavail * room.f_frsize >= _SCRATCH_BYTES:
            return str(memory)
    return None


def without_overlay(layout: Layout) -> Layout:
    """Return the layout with its overlay replaced by a copy in the overlay's upper folder."""
    over = layout.overlay
    assert over is not None
    shutil.copytree(over.base, over.upper, symlinks=True, dirs_exist_ok=True)
    return Layout(
        binds=(*layout.binds, bubblewrap.Bind(over.upper, over.inside, writable=True)),
        network=layout.network,
        folders=layout.folders,
        environment=layout.environment,
    )


def _placed(layout: Layout, scratch: Path, places: dict[str, str]) -> list[Path]:
    """Add to `places` where each bind really lies; return the folders that are to be readable.

    Environments that were built before get a view: theirs is another path at every server.
    """
    readable = [bind.host for bind in layout.binds]
    viewed: dict[str, Path] = {}
    for bind in layout.binds:
        if bind.inside == str(bind.host):
            continue
        places[bind.inside] = str(bind.host)
        if not bind.writable and (bind.host / "pyvenv.cfg").is_file():
            viewed[bind.inside] = bind.host
            places[bind.inside] = str(scratch / f"view{len(viewed)}")
    for inside, host in viewed.items():
        target = Path(places[inside])
        view.show(host, target, places)
        readable.append(target)
    return readable


def _readable(network: bool) -> Iterator[tuple[str, int]]:
    for name in _SYSTEM:
        yield name, kernel.READING
    for name in (*_ETC, *(_ETC_NETWORK if network else ())):
        yield f"/etc/{name}", kernel.LOOKING
    if network:
        # Where /etc/resolv.conf leads to on systems that keep it up to date.
        yield str(Path("/etc/resolv.conf").resolve()), kernel.LOOKING
    yield "/proc", kernel.LOOKING
    for name in _DEVICES:
        yield f"/dev/{name}", kernel.DEVICE


def _completed(
    argv: list[str],
    environment: Mapping[str, str],
    cwd: str,
    timeout_s: float,
    limits: Limits | None,
) -> Completed:
    with tempfile.TemporaryFile() as captured:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=captured,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=dict(environment),
            cwd=cwd,
        )
        if limits is not None:
            bubblewrap.limit(process.pid, limits)
        timed_out = False
        try:
            code = process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            timed_out, code = True, -signal.SIGKILL
        finally:
            end(process)
        captured.seek(max(0, captured.seek(0, os.SEEK_END) - (1 << 20)))
        return Completed(code, captured.read().decode("utf-8", "replace"), timed_out)


def end(process: subprocess.Popen[Any]) -> None:
    """Let `confine.py` end what it watches, and then itself; kill it if it does not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_TERM_S)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
