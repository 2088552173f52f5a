"""The tier called ``none``: no isolation at all, for code that is trusted with the user's rights.

Limits, copy-on-write (by copying) and the end of a run's processes are kept; namespaces are not:
such code sees the user's files and the network, can signal the user's processes, and can leave
files behind outside the tree. It is used only when it is asked for by name.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from journeyman.errors import IsolationError
from journeyman.sandbox.bubblewrap import Completed, Layout
from journeyman.sandbox.launch import INSIDE, Server, Started, plain_environment, spawn, users_path
from journeyman.sandbox.limits import Limits

TIER = "none"
_PREFIX, _LOCK = "journeyman-", "lock"

WARNING = (
    "WARNING: running WITHOUT ISOLATION. The repository's code and its tests run with your own "
    "rights: they can read and change your files and use the network. Grading is weaker too: the "
    "answer can be read from the disk. Do this only with code you trust."
)


class Scratch:
    """The folder in which one server's runs happen, one after the other.

    It is locked for as long as this process lives, so that a later one can tell and remove what
    was left by one that was killed.
    """

    def __init__(self, directory: str | None = None) -> None:
        remove_abandoned(Path(directory or tempfile.gettempdir()))
        self._folder = tempfile.TemporaryDirectory(
            prefix=_PREFIX, dir=directory, ignore_cleanup_errors=True
        )
        self._lock = os.open(Path(self._folder.name, _LOCK), os.O_CREAT | os.O_WRONLY, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.root = Path(self._folder.name).resolve()
        self.root.chmod(0o711)  # a run may be another user's
        self.repository = self.root / "repo"
        """Where the copy of the tree lies during a run; there is none in between."""
        self.tmp, self.home = self.root / "tmp", self.root / "home"

    def setup(self, base: Path) -> dict[str, Any]:
        """Return what a server has to be told of the places."""
        return {
            "repository": str(self.repository),
            "moved": {
                str(self.repository): "/repo",
                str(self.tmp): "/tmp",
                str(self.home): "/tmp/home",
            },
            "tier": {
                "confined": False,
                "base": str(base),
                "tmp": str(self.tmp),
                "home": str(self.home),
            },
        }

    def remove(self) -> None:
        """Remove the folder and everything in it."""
        self._folder.cleanup()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def remove_abandoned(directory: Path, older_than_s: float = 60) -> None:
    """Remove the scratch folders in `directory` whose process is gone."""
    for lock in directory.glob(f"{_PREFIX}*/{_LOCK}"):
        try:
            state = lock.lstat()
            # A young one may be about to be locked.
            if state.st_uid != os.getuid() or time.time() - state.st_mtime < older_than_s:
                continue
            held = os.open(lock, os.O_WRONLY | os.O_NOFOLLOW)
        except OSError:
            continue  # somebody else's, or gone meanwhile
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)
        except BlockingIOError:
            continue  # in use
        finally:
            os.close(held)


class Unisolated:
    """See `journeyman.sandbox.launch.Tier`."""

    name = TIER

    def why_not(self) -> str:
        """It works everywhere; whether it may be used is for the user to say."""
        return ""

    def start(self, server: Server, log: IO[bytes]) -> Started:
        """Start a plain process; what is to be shown elsewhere than where it lies cannot be."""
        scratch = Scratch()
        environment = plain_environment(str(scratch.home), users_path(), str(scratch.tmp))
        command = [server.python, "-B", str(INSIDE / server.program), ""]
        process, channel = spawn(
            command, log, environment={**environment, **dict(server.environment)}
        )
        return Started(process, channel, scratch.setup(server.base), scratch.remove)

    def run(
        self,
        layout: Layout,
        command: Sequence[str],
        *,
        timeout_s: float,
        cwd: str = "/",
        limits: Limits | None = None,
    ) -> Completed:
        """Refuse: commands that are to be held to a layout are not run without isolation."""
        raise IsolationError(
            f"{Path(command[0]).name} is not run without isolation",
            "Choose another tier (sandbox.isolation).",
        )
