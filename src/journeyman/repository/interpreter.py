"""Which Python a repository is run with: the one that runs this if it will do, else uv's choice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from journeyman.errors import AdoptError

OLDEST_MINOR = 9
"""The oldest Python 3 that tests can be run with: older ones lack `os.pidfd_open`."""

HALF_A_YEAR_S = 182 * 86_400
_RELEASED = {
    9: 1_601_856_000, 10: 1_633_305_600, 11: 1_666_569_600,
    12: 1_696_204_800, 13: 1_728_259_200, 14: 1_759_795_200,
}  # fmt: skip
"""When minor versions of Python 3 came out, seconds since 1970."""

_PROBE = (
    "import json, platform, sys; "
    "print(json.dumps([sys.executable, sys.prefix, sys.base_prefix, platform.python_version()]))"
)


@dataclass(frozen=True)
class Interpreter:
    """A Python on this machine; `prefix` and `base_prefix` are what it needs in sight."""

    executable: Path
    prefix: Path
    base_prefix: Path
    version: str


def choose(wanted: str, pythons: Path, *, offline: bool = False) -> Interpreter:
    """Return a Python that satisfies `wanted`: ``3.11``, ``>=3.10`` or nothing.

    One that is not on the machine is downloaded by uv into `pythons`. Raises `AdoptError`.
    """
    allowed = _specifier(wanted)
    if allowed is not None and allowed.contains(_plain(sys.version_info[:3]), prereleases=True):
        return probe(Path(sys._base_executable))  # type: ignore[attr-defined]
    request = wanted if wanted[:1].isdigit() else str(allowed or wanted)
    found = _uv(pythons, "python", "find", "--no-python-downloads", "--system", request)
    if found is None and not offline:
        _uv(pythons, "python", "install", "--no-bin", request)
        found = _uv(pythons, "python", "find", "--no-python-downloads", "--system", request)
    if found is None:
        raise AdoptError(
            f"No Python that satisfies {wanted!r} was found, and none could be downloaded.",
            "Install one, or name one you have in journeyman.toml:\n"
            f'  [environment]\n  python = "{_plain(sys.version_info[:2])}"',
        )
    return probe(Path(found.strip().splitlines()[-1]))


def python_of(date_s: int) -> str:
    """Return what a project of that day (seconds since 1970) was most likely tested with.

    The newest Python that had been out for half a year, as an upper bound: ``>=3.9,<3.11``. Empty
    where the one that runs this is no newer.
    """
    out = [minor for minor, released in _RELEASED.items() if released + HALF_A_YEAR_S <= date_s]
    newest = max([*out, OLDEST_MINOR])
    return f">=3.{OLDEST_MINOR},<3.{newest + 1}" if newest < sys.version_info[1] else ""


def probe(executable: Path) -> Interpreter:
    """Ask the Python at `executable` where it lives; raises `AdoptError` where it does not run."""
    try:
        answer = subprocess.run(
            [str(executable), "-I", "-c", _PROBE],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        path, prefix, base, version = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise AdoptError(
            f"{executable} is not a Python that runs: {error}.",
            "Correct environment.python in journeyman.toml.",
        ) from None
    return Interpreter(Path(path), Path(prefix), Path(base), version)


def _specifier(wanted: str) -> SpecifierSet | None:
    try:
        if wanted[:1].isdigit():
            Version(wanted)
            return SpecifierSet(f"=={wanted}.*" if wanted.count(".") < 2 else f"=={wanted}")
        return SpecifierSet(wanted)
    except (InvalidSpecifier, InvalidVersion):
        return None


def _plain(parts: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in parts)


def _uv(pythons: Path, *arguments: str) -> str | None:
    import uv

    pythons.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "UV_PYTHON_INSTALL_DIR": str(pythons)}
    try:
        answer = subprocess.run(
            # Not with --quiet: newer versions then keep the very answer to themselves.
            [uv.find_uv_bin(), *arguments, "--no-config"],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
            cwd=pythons,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return None
    return answer.stdout if answer.returncode == 0 and answer.stdout.strip() else None
