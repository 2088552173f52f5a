"""What a tier of isolation has to offer: start a fork server, run one command, say why it cannot.

The tiers: `journeyman.sandbox.tiers` names them and chooses.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from journeyman.sandbox.bubblewrap import Bind, Completed, Layout
from journeyman.sandbox.limits import Limits

INSIDE = Path(__file__).parent / "inside"


@dataclass(frozen=True)
class Server:
    """How a fork server is started.

    `python` is the interpreter's path *inside* the sandbox; `base` the host folder of the base
    tree; `binds` show the environment; `modules` are the third-party modules to import beforehand;
    `tier` says how it is isolated (see `journeyman.sandbox.tiers`).
    """

    python: str
    base: Path
    binds: tuple[Bind, ...]
    modules: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    tier: str = "bubblewrap"
    limits: Limits | None = None
    """The most a run of it may use, for a tier that has to know when it starts."""
    program: str = "server.py"
    """Which program of `sandbox/inside` serves: ``commands.py`` for suites that are no pytest."""

    def layout(self) -> Layout:
        """Return what the sandbox shows: environment, base tree, our own code, nothing else."""
        return Layout(
            binds=(*self.binds, Bind(self.base, "/base"), Bind(INSIDE, "/journeyman")),
            folders=("/repo", "/layers"),
            environment=dict(self.environment),
            mounts_proc=True,
        )


def _nothing() -> None:
    pass


@dataclass
class Started:
    """A fork server's process, our end of the line to it, and what it is to be told first."""

    process: subprocess.Popen[bytes]
    channel: socket.socket
    setup: dict[str, Any] = field(default_factory=dict)
    remove: Callable[[], None] = _nothing
    """Takes away what it leaves on this machine, once it is gone."""


class Tier(Protocol):
    """One way to isolate; `name` is what the settings call it."""

    name: str

    def why_not(self) -> str:
        """Return what keeps it from working on this machine; empty where it works."""
        ...

    def start(self, server: Server, log: IO[bytes]) -> Started:
        """Start a fork server, called in the thread that lives as long as the program.

        Raises:
            IsolationError: It cannot be had here.
        """
        ...

    def run(
        self,
        layout: Layout,
        command: Sequence[str],
        *,
        timeout_s: float,
        cwd: str = "/",
        limits: Limits | None = None,
    ) -> Completed:
        """Run one command with what `layout` shows and wait until nothing of it is left.

        Raises:
            IsolationError: It cannot be had here.
        """
        ...


def spawn(
    command: Sequence[str],
    log: IO[bytes],
    *,
    environment: dict[str, str] | None = None,
    stdio: bool = False,
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start a server's process in a session of its own; return it and our end of its line.

    Args:
        command: Its last word is replaced by the number of its end of the line, unless `stdio`
            makes that its standard input and output.
    """
    ours, theirs = socket.socketpair()
    argv = list(command) if stdio else [*command[:-1], str(theirs.fileno())]
    try:
        process = subprocess.Popen(
            argv,
            stdin=theirs.fileno() if stdio else subprocess.DEVNULL,
            stdout=theirs.fileno() if stdio else log,
            stderr=log,
            pass_fds=() if stdio else (theirs.fileno(),),
            start_new_session=True,
            env=environment,
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return process, ours


def plain_environment(home: str, path: str, temporary: str) -> dict[str, str]:
    """Return the environment variables of what does not run in a mount namespace of its own."""
    return {
        "PATH": path,
        "HOME": home,
        "TMPDIR": temporary,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }


def users_path() -> str:
    """Return the user's own search path for programs."""
    return os.environ.get("PATH", os.defpath)
