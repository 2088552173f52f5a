"""Thousands of proven tasks from one project: how long, of how many families, in how much memory.

    python benchmarks/many_tasks.py --workspace DIR [--tasks 5000] [--json FILE] [SOURCE]

Aim: 5,000 proven tasks of at least 30 families in at most 60 minutes on two cores, with memory flat
in their number. What was proven before in the same workspace is counted as found, so time a fresh
one. Resident memory of this process and of all its servers is sampled while it works.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from journeyman.cli.progress import Terminal
from journeyman.cli.summary import fast_way, ledger_table
from journeyman.pipeline.adopt import adopt
from journeyman.pipeline.make_tasks import break_code, ledger, prove_tasks
from journeyman.progress import Silent
from journeyman.settings import load
from journeyman.workspace import Workspace
from timing import descendants, machine, resident_mib

SAMPLES = 20


@dataclass
class Meter(Silent):
    """Counts the proven tasks and samples memory as they come."""

    wanted: int
    proven: int = 0
    ours: list[float] = field(default_factory=list)
    all: list[float] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    started: float = field(default_factory=time.monotonic)

    def advance(self, count: int = 1, note: str = "") -> None:
        with self.lock:
            self.proven += count
            if self.proven % max(1, self.wanted // SAMPLES):
                return
        here = os.getpid()
        self.at.append(self.proven)
        self.ours.append(resident_mib(here))
        self.all.append(self.ours[-1] + sum(_resident(pid) for pid in descendants(here)))
        print(
            f"{self.proven:6} proven after {(time.monotonic() - self.started) / 60:5.1f} min; this "
            f"process {self.ours[-1]:.0f} MiB, with its servers {self.all[-1]:.0f} MiB; {note}",
            flush=True,
        )


def main() -> None:
    """Adopt, break, prove; print what came of it."""
    options = _options()
    print(machine())
    settings = load(None, {"tasks.count": options.tasks})
    seconds: dict[str, float] = {}
    clock = time.monotonic()
    with Terminal() as progress:
        opened = adopt(options.source, Workspace(options.workspace), settings, progress=progress)
    seconds["adopt"] = time.monotonic() - clock
    with opened as adopted:
        clock = time.monotonic()
        breaks = break_code(adopted)
        seconds["break"] = time.monotonic() - clock
        clock = time.monotonic()
        meter = Meter(options.tasks)
        tried = prove_tasks(adopted, breaks, meter)
        seconds["prove"] = time.monotonic() - clock
        fast = adopted.quick.screeners.faults if adopted.quick is not None else []
        faults = [*adopted.pool.faults, *fast]
    rows = ledger(tried)
    print(ledger_table(rows))
    families = {entry.family for entry in tried if entry.head is not None}
    spent = ", ".join(f"{name} {value / 60:.1f} min" for name, value in seconds.items())
    print(f"{options.source}: {meter.proven} proven of {len(families)} families; {spent}")
    print(f"{fast_way(tried)}; {len(faults)} faults of our own")
    print(f"memory at {meter.at}: {[round(one) for one in meter.ours]} MiB")
    if options.json:
        data = {
            "source": options.source,
            "machine": machine(),
            "seconds": seconds,
            "proven": meter.proven,
            "tried": len(tried),
            "families": len(families),
            "fast": Counter(entry.fast for entry in tried),
            "memory": {"proven": meter.at, "process_mib": meter.ours, "all_mib": meter.all},
            "ledger": [row.model_dump() for row in rows],
        }
        options.json.write_text(json.dumps(data, indent=1) + "\n", "utf-8")


def _resident(pid: int) -> float:
    try:
        return resident_mib(pid)
    except OSError:  # it has ended meanwhile
        return 0.0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("source", nargs="?", default="pypi:boltons==26.2.0")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--tasks", type=int, default=5000)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
