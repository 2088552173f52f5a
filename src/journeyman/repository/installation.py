"""Installing a repository and what its tests need, with uv, in a sandbox.

The result must not hold a second copy of the code: the package is installed as editable, and
copies that a backend leaves all the same are removed.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from journeyman.errors import AdoptError
from journeyman.repository.copies import collect_additions, find_copies, redirect
from journeyman.repository.dated import At
from journeyman.repository.detect import Plan
from journeyman.repository.index import index_url, redact
from journeyman.repository.interpreter import Interpreter
from journeyman.repository.launcher import Command, Completed, Launcher
from journeyman.repository.tree import Tree
from journeyman.settings import Settings

REPOSITORY = "/repo"
VENV = "/env"
PYTHON = "/env/bin/python"
ALWAYS = ("pytest>=7", "coverage>=7")

_UV = "/run/uv"
_CERTIFICATES = "/run/certificates.pem"
_OFFLINE_SIGNS = (
    "dns error",
    "error sending request",
    "failed to fetch",
    "connection",
    "timed out",
)
_PASSED_ON = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@dataclass(frozen=True)
class Installed:
    """What an installation came to: all versions, and notes for a person."""

    lock: str
    notes: tuple[str, ...]


@dataclass
class Installation:
    """One installation in the directory `work`, which gets `venv` and `additions`.

    `directory` keeps what outlives it: the cache and, under `key`, the lock.
    """

    tree: Tree
    plan: Plan
    settings: Settings
    directory: Path
    work: Path
    launcher: Launcher
    python: Interpreter
    version: str
    key: str
    at: At | None = None

    def run(self) -> Installed:
        """Install; raises `AdoptError` with the end of uv's output and a cure."""
        for name in ("venv", "additions"):
            (self.work / name).mkdir()
        (self.directory / "cache").mkdir(parents=True, exist_ok=True)
        repository = self.work / "repository"
        shutil.copytree(self.tree.root, repository, symlinks=True)
        base_python = str(self.python.executable.resolve())
        made = self._uv("venv", "--allow-existing", "--no-project", "--python", base_python, VENV)
        if made.code:
            raise AdoptError(
                f"The virtual environment could not be made:\n{tail(made.output)}",
                "Name another Python as environment.python in journeyman.toml.",
            )
        notes = self._install()
        notes += self._check_copies()
        lock = self._lock()
        added = collect_additions(self.tree, repository, self.work / "additions")
        if added:
            notes.append(f"Installing added {len(added)} files to the tree: {', '.join(added[:5])}")
        shutil.rmtree(repository)
        return Installed(lock, tuple(notes))

    def _install(self) -> list[str]:
        """Install all; else the package and what pytest needs; offline from the cache alone."""
        notes: list[str] = []
        wishes = [self.plan.install]
        if self.settings.environment.install is None and self.plan.essential != self.plan.install:
            wishes.append(self.plan.essential)
        offline = self.settings.environment.offline
        first: Completed | None = None
        for install in wishes:
            extras = self.plan.extras if install is self.plan.install else ()
            done = self._pip_install(install, extras, offline)
            if done.code and not offline and _offline(done.output):
                cached = self._pip_install(install, extras, offline=True)
                if cached.code:
                    raise _unreachable(done.output, index_url(self.settings.environment.index_url))
                done = cached
                notes.append("The package index cannot be reached: installed from the cache.")
            if done.code == 0:
                if first is not None:
                    left = [name for name in self.plan.install if name not in install]
                    parts = ", ".join([*left, *(f"extra {e}" for e in self.plan.extras)])
                    notes.append(f"Could not be installed and is left out: {parts}.")
                return notes
            first = first or done
        assert first is not None
        raise _failed(first.output, offline)

    def _pip_install(
        self, install: tuple[str, ...], extras: tuple[str, ...], offline: bool
    ) -> Completed:
        arguments = ["pip", "install", "--python", PYTHON, "--compile-bytecode"]
        arguments += self.at.options() if self.at else []
        lock = self.directory / f"{self.key}.lock"
        pinned = list(self.at.pins) if self.at else []
        if lock.is_file():
            pinned = [line for line in lock.read_text("utf-8").splitlines() if "==" in line]
        if pinned:
            (self.work / "venv" / "constraints.txt").write_text("\n".join(pinned) + "\n", "utf-8")
            arguments += ["--constraint", f"{VENV}/constraints.txt"]
        for requirement in (*install, *ALWAYS):
            if requirement.startswith("."):
                named = re.sub(r"^\.", REPOSITORY, requirement)
                own = f"[{','.join(extras)}]" if extras and "[" not in named else ""
                arguments += ["--editable", named + own]
            else:
                arguments.append(requirement)
        return self._uv(*arguments, *(["--offline"] if offline else []), network=not offline)

    def _check_copies(self) -> list[str]:
        site_packages = self._site_packages()
        copies = find_copies(self.tree, site_packages)
        notes = []
        if copies.own:
            inside = "src" if self.plan.layout == "src" else ""
            redirect(copies, site_packages, [f"{REPOSITORY}/{inside}".rstrip("/")])
            notes.append(f"{len(copies.own)} installed copies of the package's code were removed.")
        if copies.foreign:
            names = sorted({p.relative_to(site_packages).parts[0] for p in copies.foreign})
            notes.append(
                f"Other packages carry copies of {len(copies.foreign)} of the repository's files: "
                f"{', '.join(names)}."
            )
        return notes

    def _site_packages(self) -> Path:
        venv = (self.work / "venv").resolve()
        minor = ".".join(self.python.version.split(".")[:2])
        found = venv / "lib" / f"python{minor}" / "site-packages"
        if not found.is_dir() or found.resolve() != found:
            raise AdoptError(
                "The repository's setup code replaced parts of its virtual environment.",
                "Look at what its setup code does; use an existing environment's interpreter "
                "(environment.python) if it is meant to.",
            )
        return found

    def _lock(self) -> str:
        frozen = self._uv("pip", "freeze", "--python", PYTHON)
        probed = self.launcher.run(
            Command([PYTHON, "-c", "import pytest, coverage"], self._binds())
        )
        if frozen.code or probed.code:
            raise AdoptError(
                f"What was installed does not run:\n{tail(frozen.output + probed.output)}",
                "Name what to install in journeyman.toml:\n"
                '  [environment]\n  install = [".", "pytest"]',
            )
        lines = frozen.output.splitlines()
        return "".join(f"{x}\n" for x in lines if re.match(r"(-e |[A-Za-z0-9][\w.\-]* ?(==|@))", x))

    def _uv(self, *arguments: str, network: bool = False) -> Completed:
        command = Command(
            [_UV, "--no-config", "--no-progress", "--color", "never", *arguments],
            self._binds(),
            env=self._environment(),
            network=network,
            timeout_s=self.settings.environment.timeout_s,
        )
        return self.launcher.run(command)

    def _binds(self) -> list[tuple[Path, str, bool]]:
        import uv

        binds = [(Path(path), path, False) for path in visible(self.python.base_prefix)]
        binds += [
            (Path(uv.find_uv_bin()).resolve(), _UV, False),
            (self.work / "venv", VENV, True),
            (self.directory / "cache", "/cache", True),
            (self.work / "repository", REPOSITORY, True),
        ]
        if certificates := _certificates():
            binds.append((certificates, _CERTIFICATES, False))
        return binds

    def _environment(self) -> dict[str, str]:
        names = (*_PASSED_ON, *(name.lower() for name in _PASSED_ON))
        environment = {
            **{name: os.environ[name] for name in names if name in os.environ},
            "PATH": f"{VENV}/bin:/usr/local/bin:/usr/bin:/bin",
            "HOME": "/tmp/home",
            "VIRTUAL_ENV": VENV,
            "UV_CACHE_DIR": "/cache",
            "UV_LINK_MODE": "copy",
            "UV_NO_PROGRESS": "1",
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_DEFAULT_INDEX": index_url(self.settings.environment.index_url),
        }
        if _certificates():
            environment["SSL_CERT_FILE"] = _CERTIFICATES
        return {**environment, **self._version_hints()}

    def _version_hints(self) -> dict[str, str]:
        """Tell packages that take their version from Git, of which there is none in a tree."""
        if self.tree.exists("PKG-INFO"):
            return {}
        number = self.version or "0.0.0"
        name = re.sub(r"[-_.]+", "_", self.plan.name).upper()
        hints = {f"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{name}": number} if name else {}
        texts = [self.tree.read(f) for f in ("pyproject.toml", "setup.py") if self.tree.exists(f)]
        for word, variable in (
            ("pbr", "PBR_VERSION"),
            ("pdm", "PDM_BUILD_SCM_VERSION"),
            ("poetry-dynamic-versioning", "POETRY_DYNAMIC_VERSIONING_BYPASS"),
            ("uv-dynamic-versioning", "UV_DYNAMIC_VERSIONING_BYPASS"),
        ):
            if any(word in text for text in texts):
                hints[variable] = number
        return hints


def visible(prefix: Path) -> tuple[str, ...]:
    """Return the directories of an interpreter that a sandbox does not show by itself."""
    places = dict.fromkeys([str(prefix), str(prefix.resolve())])
    return tuple(place for place in places if not (place == "/usr" or place.startswith("/usr/")))


def tail(output: str, lines: int = 15) -> str:
    """Return the last lines of `output`, indented, for a message."""
    return "\n".join(f"  {line}" for line in output.strip().splitlines()[-lines:])


def _certificates() -> Path | None:
    for name in ("SSL_CERT_FILE", "PIP_CERT"):
        path = Path(os.environ.get(name) or os.devnull)
        if path.is_file():
            return path.resolve()
    return None


def _offline(output: str) -> bool:
    said = output.lower()
    return any(sign in said for sign in _OFFLINE_SIGNS)


def _unreachable(output: str, url: str) -> AdoptError:
    return AdoptError(
        f"The package index {redact(url)} cannot be reached, and what is needed is not in the "
        f"cache:\n{tail(output, 4)}",
        "Connect to the network, set environment.index_url, or use an existing environment:\n"
        '  [environment]\n  python = "/path/to/venv/bin/python"',
    )


def _failed(output: str, offline: bool) -> AdoptError:
    full = "no space left" in output.lower()
    cure = (
        "Say what to install in journeyman.toml:\n"
        '  [environment]\n  install = [".", "pytest"]\n  extras = []\n  groups = []\n'
        'or use an environment that you have:\n  python = "/path/to/venv/bin/python"'
    )
    if offline:
        cure = f"It was asked for offline; without that it may be downloaded.\n{cure}"
    return AdoptError(
        f"The repository could not be installed:\n{tail(output)}",
        "The disk is full: free some space and run again." if full else cure,
    )
