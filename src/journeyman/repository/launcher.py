"""How commands that may run the repository's own code are started: in a sandbox.

Building a package executes its setup code, so even installing is not done with the user's rights.
It has the network, though, and with it whatever listens on this machine (`docs/isolation.md`).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from journeyman.sandbox import tiers
from journeyman.sandbox.bubblewrap import Bind, Layout


@dataclass(frozen=True)
class Command:
    """What to run: `binds` are (host path, path inside, writable), and nothing else is in sight."""

    argv: Sequence[str]
    binds: Sequence[tuple[Path, str, bool]]
    env: Mapping[str, str] = field(default_factory=dict)
    network: bool = False
    timeout_s: float = 120
    cwd: str = "/"


@dataclass(frozen=True)
class Completed:
    """How a command ended; `output` is what it printed, errors included."""

    code: int
    output: str


class Launcher(Protocol):
    """Runs one command with only the given parts of this machine in sight."""

    def run(self, command: Command) -> Completed:
        """Run a command to its end."""
        ...


@dataclass(frozen=True)
class IsolatedLauncher:
    """The launcher that isolates, as `tier` does; raises `IsolationError` where it cannot."""

    tier: str = "bubblewrap"

    def run(self, command: Command) -> Completed:
        """Run it in a sandbox; a time-out ends it with a negative code and says so."""
        layout = Layout(
            binds=tuple(Bind(*bind) for bind in command.binds),
            network=command.network,
            environment=command.env,
        )
        done = tiers.tier(self.tier).run(
            layout, command.argv, timeout_s=command.timeout_s, cwd=command.cwd
        )
        late = _late(command) if done.timed_out else ""
        return Completed(done.code, done.output + late)


class DirectLauncher:
    """The launcher that does not isolate, for those who asked for that by name."""

    def run(self, command: Command) -> Completed:
        """Run it as it is; what it may see (`binds`, `network`) cannot be narrowed here."""
        try:
            done = subprocess.run(
                list(command.argv),
                env={**os.environ, **command.env},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=command.timeout_s,
                cwd=command.cwd,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            said = (late.stdout or b"").decode("utf-8", "replace")
            return Completed(-9, said + _late(command))
        return Completed(done.returncode, done.stdout.decode("utf-8", "replace"))


def _late(command: Command) -> str:
    return f"\nIt did not end within {command.timeout_s:g} seconds."
