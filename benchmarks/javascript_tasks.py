"""How many tasks a JavaScript or TypeScript repository gives, and what each costs.

    python benchmarks/javascript_tasks.py SOURCE --workspace DIR [--tasks N] [--verdicts N]

Adopts SOURCE (a Git repository, URL or npm:NAME@VERSION), proves tasks, prints what became of every
try by family, the seconds a proven task took, and how long a verdict takes: each reference fix
judged once more in a fresh sandbox, nothing remembered. Works for any language behind the seam.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from journeyman.cli.progress import Terminal
from journeyman.pipeline.adopt import adopt
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.make_tasks import break_code, prove_tasks, tasks_of
from journeyman.records import Task
from journeyman.records.tried import Tried
from journeyman.settings import ExamSettings, Settings, TasksSettings
from journeyman.workspace import Workspace
from timing import machine


def main() -> None:
    """Adopt, prove, judge, print."""
    options = _options()
    settings = Settings(
        tasks=TasksSettings(count=options.tasks), exam=ExamSettings(fixes=options.fixes)
    )
    started = time.perf_counter()
    with (
        Terminal() as progress,
        adopt(options.source, Workspace(options.workspace), settings, progress=progress) as adopted,
    ):
        adopting = time.perf_counter() - started
        started = time.perf_counter()
        tried = prove_tasks(adopted, break_code(adopted, progress), progress)
        proving = time.perf_counter() - started
        tasks = tasks_of(adopted, tried)
        verdicts = judge(adopted, tasks[:: max(1, len(tasks) // options.verdicts)])
        progress.finish()
        found = {
            "source": options.source,
            "commit": adopted.tree.commit,
            "runner": adopted.adoption.plan.runner,
            "tests": adopted.baseline.counts,
            "adopting_s": round(adopting, 1),
            "suite_s": adopted.baseline.seconds,
            **counted(tried, tasks),
            "proving_s": round(proving, 1),
            "seconds_a_task": round(proving / len(tasks), 2),
            "workers": adopted.workers,
            "verdict_median_ms": round(1000 * statistics.median(verdicts)),
            "verdict_p90_ms": round(1000 * statistics.quantiles(verdicts, n=10)[-1]),
            "verdicts": len(verdicts),
            "faults": len(adopted.pool.faults),
        }
    print(machine())
    print(json.dumps(found, indent=1))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def counted(tried: list[Tried], tasks: Sequence[Task]) -> dict[str, object]:
    """Return the tries by outcome, and the proven tasks by family and language."""
    return {
        "tried": len(tried),
        "outcomes": dict(Counter(entry.outcome for entry in tried).most_common()),
        "families": dict(Counter(task.family for task in tasks).most_common()),
        "languages": dict(Counter(task.language for task in tasks).most_common()),
        "files": len({task.place.path for task in tasks}),
        "functions": len({task.cluster for task in tasks}),
    }


def judge(adopted: Adopted, tasks: Iterable[Task]) -> list[float]:
    """Judge the reference fix of each task afresh; return the seconds of each verdict."""
    grader = adopted.grader_with(adopted.suite_with(None))
    seconds = []
    for task in tasks:
        started = time.perf_counter()
        verdict = grader.grade(task, task.fix)
        seconds.append(time.perf_counter() - started)
        if not verdict.solved:
            raise SystemExit(f"{task.id}: the reference fix does not solve it: {verdict}")
    return seconds


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--tasks", type=int, default=500)
    parser.add_argument("--verdicts", type=int, default=40)
    parser.add_argument("--fixes", type=int, default=10)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
