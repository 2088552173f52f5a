"""How commands that may run the repository's own code are started: in a sandbox.

Building a package executes its setup code, so even installing is not done with the user's rights.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from journeyman.sandbox import bubblewrap


@dataclass(frozen=True)
class Completed:
    """How a command ended; `output` is what it printed, errors included."""

    code: int
    output: str


class Launcher(Protocol):
    """Runs one command with only the given parts of this machine in sight."""

    def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        binds: Sequence[tuple[Path, str, bool]],
        network: bool,
        timeout_s: float,
        cwd: str,
    ) -> Completed:
        """Run `argv` to its end; `binds` are (host path, path inside, writable)."""
        ...


class BubblewrapLauncher:
    """The launcher that isolates; raises `IsolationError` where that cannot be had."""

    def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        binds: Sequence[tuple[Path, str, bool]],
        network: bool,
        timeout_s: float,
        cwd: str,
    ) -> Completed:
        """Run `argv` under bubblewrap; a time-out ends it with a negative code and says so."""
        layout = bubblewrap.Layout(
            binds=tuple(bubblewrap.Bind(host, inside, write) for host, inside, write in binds),
            network=network,
            environment=env,
        )
        done = bubblewrap.run(layout, argv, timeout_s=timeout_s, cwd=cwd)
        late = f"\nIt did not end within {timeout_s:g} seconds." if done.timed_out else ""
        return Completed(done.code, done.output + late)


class DirectLauncher:
    """The launcher that does not isolate, for those who asked for that by name."""

    def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        binds: Sequence[tuple[Path, str, bool]],
        network: bool,
        timeout_s: float,
        cwd: str,
    ) -> Completed:
        """Run `argv` as it is; what it may see (`binds`, `network`) cannot be narrowed here."""
        try:
            done = subprocess.run(
                list(argv),
                env={**os.environ, **env},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=timeout_s,
                cwd=cwd,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            said = (late.stdout or b"").decode("utf-8", "replace")
            return Completed(-9, f"{said}\nIt did not end within {timeout_s:g} seconds.")
        return Completed(done.returncode, done.stdout.decode("utf-8", "replace"))
