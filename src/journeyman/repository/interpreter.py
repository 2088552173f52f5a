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
            [uv.find_uv_bin(), *arguments, "--no-config", "--quiet"],
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
