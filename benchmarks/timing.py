"""Time several things against each other: in turns, so that a busy machine is unfair to none."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Summary:
    """Milliseconds over `count` repetitions."""

    median: float
    least: float
    p90: float
    count: int

    def plain(self) -> dict[str, float]:
        """Return the numbers, rounded for reading."""
        return {name: round(value, 2) for name, value in asdict(self).items()}


def in_turns(
    cases: Mapping[str, Callable[[], object]], count: int, warm: int = 2
) -> dict[str, Summary]:
    """Time every case `count` times; each round does all of them, beginning with another one."""
    names = list(cases)
    for _ in range(warm):
        for name in names:
            cases[name]()
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(count):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            started = time.perf_counter()
            cases[name]()
            seconds[name].append(time.perf_counter() - started)
    return {name: summary(values) for name, values in seconds.items()}


def summary(seconds: Sequence[float]) -> Summary:
    """Return median, least and 90th percentile in milliseconds."""
    values = sorted(1000 * value for value in seconds)
    rank = max(0, -(-9 * len(values) // 10) - 1)
    return Summary(statistics.median(values), values[0], values[rank], len(values))


def table(found: Mapping[str, Summary], against: Sequence[str]) -> str:
    """Return the summaries as text, with ratios of medians to those of the cases `against`."""
    width = max(len(name) for name in found)
    heads = [f"x {chr(97 + n)}" for n in range(len(against))]
    lines = [f"{'ms':<{width}}{'median':>10}{'min':>10}{'p90':>10}{'n':>5}" + _cells(heads)]
    for name, one in found.items():
        ratios = [f"{one.median / found[other].median:.2f}" for other in against]
        numbers = f"{one.median:>10.1f}{one.least:>10.1f}{one.p90:>10.1f}{one.count:>5}"
        lines.append(f"{name:<{width}}{numbers}{_cells(ratios)}")
    keys = ", ".join(f"{chr(97 + n)}: {name}" for n, name in enumerate(against))
    return "\n".join([*lines, f"(ratios of medians to {keys})"])


def machine() -> str:
    """Say what this was measured on."""
    load = os.getloadavg()[0]
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {system}, load {load:.1f} at the start"


def quiet_run(command: Sequence[str], **options: object) -> None:
    """Run a command, showing nothing; raises `CalledProcessError` when it fails."""
    subprocess.run(
        list(command),
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **options,  # type: ignore[call-overload]
    )


def resident_mib(pid: int) -> float:
    """Return a process's resident memory in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def descendants(pid: int) -> list[int]:
    """Return all processes below `pid` as far as they can be seen."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _cells(texts: Sequence[str]) -> str:
    return "".join(f"{text:>9}" for text in texts)
