"""mutmut and cosmic-ray at work on a copy of a tree, watched from outside: mutants killed, and CPU.

Neither isolates anything: the named repository's tests run with your rights on this machine.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from timing import descendants

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Rate:
    """So many were killed (or proven) of so many tried, in so many seconds of processors."""

    killed: int
    tried: int
    cpu_s: float
    wall_s: float

    @property
    def per_minute(self) -> float:
        """Killed per minute of one processor."""
        return 60 * self.killed / self.cpu_s if self.cpu_s else 0.0

    def __add__(self, other: Rate) -> Rate:
        return Rate(
            self.killed + other.killed,
            self.tried + other.tried,
            self.cpu_s + other.cpu_s,
            self.wall_s + other.wall_s,
        )


def cpu_s(pid: int) -> float:
    """Return the processor seconds of a process, of all below it, and of those they waited for."""
    total = 0
    for one in [pid, *descendants(pid)]:
        with suppress(OSError):  # it has ended meanwhile
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15]))
    return total * TICK_S


def mutmut(tree: Path, code: str, tests: str, seconds: float) -> Rate:
    """Run mutmut for `seconds` after its preparations; counted from its first mutants on."""
    config = f"\n[mutmut]\npaths_to_mutate={code}\ntests_dir={tests}\n"
    with (tree / "setup.cfg").open("a") as file:
        file.write(config)
    said = tree.parent / "mutmut.txt"

    def counts() -> tuple[int, int]:
        text = said.read_bytes()[-400:].decode("utf-8", "replace")
        found = re.findall(r"(\d+)/\d+ +\U0001f389 (\d+)", text)
        return (int(found[-1][1]), int(found[-1][0])) if found else (0, 0)

    with said.open("wb") as out:
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", _cores()]
        return _watched(command, tree, out, counts, seconds)


def cosmic_ray(tree: Path, code: str, tests: str, seconds: float) -> Rate:
    """Run cosmic-ray for `seconds`; counted from its first mutant on."""
    command = f"{sys.executable} -m pytest -x -q -p no:cacheprovider {tests}"
    (tree / "cosmic-ray.toml").write_text(
        f'[cosmic-ray]\nmodule-path = "{code}"\ntimeout = 30.0\nexcluded-modules = []\n'
        f'test-command = "{command}"\n[cosmic-ray.distributor]\nname = "local"\n'
    )
    program = str(Path(sys.executable).with_name("cosmic-ray"))
    subprocess.run(
        [program, "init", "cosmic-ray.toml", "session.sqlite"],
        cwd=tree,
        check=True,
        capture_output=True,
    )

    def counts() -> tuple[int, int]:
        with sqlite3.connect(f"file:{tree}/session.sqlite?mode=ro", uri=True) as database:
            rows = database.execute("SELECT test_outcome FROM work_results").fetchall()
        killed = sum("killed" in str(row[0]).lower() for row in rows)
        return killed, len(rows)

    with (tree.parent / "cosmic-ray.txt").open("wb") as out:
        command_line = [program, "exec", "cosmic-ray.toml", "session.sqlite"]
        return _watched(command_line, tree, out, counts, seconds)


def _watched(
    command: list[str],
    tree: Path,
    out: BinaryIO,
    counts: Callable[[], tuple[int, int]],
    seconds: float,
) -> Rate:
    """Run `command`; return what happened between the first count above zero and the end."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(
        command,
        cwd=tree,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    began: tuple[float, float, int, int] | None = None
    now = (0.0, 0.0, 0, 0)
    started = time.monotonic()
    try:
        while process.poll() is None:
            time.sleep(0.25)
            killed, tried = counts()
            now = (time.monotonic(), cpu_s(process.pid), killed, tried)
            if began is None and tried:
                began = now
            if began is not None and now[0] - began[0] > seconds:
                break
            if now[0] - started > 10 * seconds + 300:
                break
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if began is None:
        said = Path(out.name).read_text("utf-8", "replace")[-2000:]
        raise SystemExit(f"{' '.join(command[:4])} tried nothing; it said:\n{said}")
    return Rate(now[2] - began[2], now[3] - began[3], now[1] - began[1], now[0] - began[0])


def _cores() -> str:
    return str(os.cpu_count() or 1)
