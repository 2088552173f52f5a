"""What this machine offers, for a person to read or to paste into an issue.

Only versions, switches and reasons: no paths of the user's, no names, no variables.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from journeyman.errors import IsolationError
from journeyman.sandbox import unisolated
from journeyman.sandbox.inside import landlock_rules
from journeyman.sandbox.tiers import TIERS, choose

_PROGRAMS = ("git", "node", "npm", "cargo", "podman", "docker")
_SWITCHES = (
    "kernel/unprivileged_userns_clone",
    "kernel/apparmor_restrict_unprivileged_userns",
    "user/max_user_namespaces",
)


@dataclass(frozen=True)
class Diagnosis:
    """Lines of (what, found), and the tier that would be used; empty where there is none."""

    facts: tuple[tuple[str, str], ...]
    tiers: tuple[tuple[str, str], ...]
    """Each tier and why it does not work here; empty where it does."""
    chosen: str

    def text(self) -> str:
        """Return it as one screen."""
        lines = [f"{what:16} {found}" for what, found in self.facts]
        lines += ["", "isolation"]
        for name, why in self.tiers:
            said = f"does not work here: {why}" if why else "works"
            lines.append(f"  {name:14} {said}{', and is used' if name == self.chosen else ''}")
        if not self.chosen:
            lines.append("  None works: see docs/isolation.md for what each needs.")
        return "\n".join(lines)


def diagnose() -> Diagnosis:
    """Look at this machine; starts a sandbox or two, and changes nothing."""
    tiers = tuple((name, one.why_not()) for name, one in TIERS.items() if name != unisolated.TIER)
    try:
        chosen = choose("auto").name
    except IsolationError:
        chosen = ""
    return Diagnosis(tuple(_facts()), tiers, chosen)


def _facts() -> Iterator[tuple[str, str]]:
    from journeyman import __version__

    yield "journeyman", __version__
    yield "python", f"{platform.python_version()} ({' '.join(platform.libc_ver())})".strip()
    yield "other pythons", _pythons()
    yield "kernel", f"{platform.system()} {platform.release()} {platform.machine()}"
    yield "user", "root" if os.getuid() == 0 else "not root"
    yield "container", _container()
    yield "landlock", f"version {landlock_rules.version()}" if landlock_rules.version() else "no"
    switches = [f"{name}={value}" for name in _SWITCHES if (value := _switch(name))]
    yield "user namespaces", ", ".join(switches) or "no switches"
    yield "cgroups", _cgroups()
    yield "processors", str(os.cpu_count())
    for name, folder in (("shared memory", "/dev/shm"), ("temporary", "/tmp")):
        yield name, f"{shutil.disk_usage(folder).free >> 20} MiB free" if _is(folder) else "none"
    yield "uv", _uv("--version")
    for program in _PROGRAMS:
        yield program, _version(program)


def _is(folder: str) -> bool:
    return Path(folder).is_dir()


def _switch(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""


def _container() -> str:
    marks = {"/.dockerenv": "docker", "/run/.containerenv": "podman"}
    return next((name for mark, name in marks.items() if Path(mark).exists()), "none seen")


def _cgroups() -> str:
    if Path("/sys/fs/cgroup/cgroup.controllers").exists():
        return "v2"
    return "v1 or mixed" if Path("/sys/fs/cgroup").is_dir() else "none"


def _pythons() -> str:
    """Return the versions that uv finds on this machine; more are downloaded when needed."""
    listed = _uv("python", "list", "--only-installed", "--no-config")
    names = [line.split()[0].split("-") for line in listed.splitlines() if line.split()]
    versions = {name[1] for name in names if len(name) > 1} - {platform.python_version()}
    return ", ".join(sorted(versions)) or "none"


def _uv(*arguments: str) -> str:
    import uv

    return _said([uv.find_uv_bin(), *arguments])


def _version(program: str) -> str:
    return _said([program, "--version"]).partition("\n")[0] if shutil.which(program) else "missing"


def _said(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not run ({type(error).__name__})"
    return done.stdout.strip() if done.returncode == 0 else f"ended with {done.returncode}"
