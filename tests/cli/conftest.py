"""The real command, run as a person would, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

_MARK = "JOURNEYMAN_TEST_MARK"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    error: str


Journeyman = Callable[..., Done]


@pytest.fixture
def journeyman(tmp_path: Path) -> Journeyman:
    """Run `journeyman` in an empty folder and look that it leaves no process and no mount."""

    def run(*arguments: object, prefix: tuple[str, ...] = (), **variables: str) -> Done:
        mark = uuid.uuid4().hex
        folder = tmp_path / "here"
        folder.mkdir(exist_ok=True)
        mounts = _mounts()
        done = subprocess.run(
            [*prefix, sys.executable, "-m", "journeyman", *map(str, arguments)],
            cwd=folder,
            env={**os.environ, **variables, _MARK: mark},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert _left(mark) == []
        assert _mounts() == mounts
        return Done(done.returncode, done.stdout, done.stderr)

    return run


def _left(mark: str) -> list[str]:
    """Return the processes that inherited the command's environment and are still there."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
                if f"{_MARK}={mark}".encode() in environment:
                    found.append((entry / "cmdline").read_bytes().decode("utf-8", "replace"))
            except OSError:
                continue  # it ended, or is another user's
    return found


def _mounts() -> int:
    return len(Path("/proc/self/mountinfo").read_text().splitlines())


@pytest.fixture
def refused(journeyman: Journeyman, tmp_path: Path) -> Callable[..., str]:
    """Adopt something, expect a refusal in good form, and return what was said."""

    def run(
        source: object,
        *words: str,
        settings: Mapping[str, object] | None = None,
        workspace: Path | None = None,
        options: tuple[object, ...] = (),
        **more: object,
    ) -> str:
        chosen = {
            "environment.python": sys.executable,
            "tests.plugins": "false",
            **(settings or {}),
        }
        assignments = [part for key, value in chosen.items() for part in ("-s", f"{key}={value}")]
        place = workspace or tmp_path / "workspace"
        done = journeyman(
            "adopt", source, "--workspace", place, "-j", 2, *assignments, *options, **more
        )
        assert done.code == 2, done.out + done.error
        assert "Traceback (most recent" not in done.out + done.error
        assert done.error.count("error: ") == 1, done.error
        for word in words:
            assert word in done.error, done.error
        assert list((tmp_path / "here").iterdir()) == []
        return done.error

    return run
