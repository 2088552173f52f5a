"""How many breaks a repository has to offer, by family, and what finding and checking them costs.

    python benchmarks/breakages.py WORKSPACE PROJECT

The project must be adopted. Nothing is run: the figures are candidates on lines that tests go
through, how many of them differ from each other, and milliseconds and memory for all of them.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path

from journeyman.pipeline.adopt import reopen
from journeyman.pipeline.make_tasks import covered_breaks
from journeyman.repository.coupling import calls, changed_together
from journeyman.tasks.breaking import COMBINED, Source, combine, worthy
from journeyman.workspace import Workspace


def main(workspace: str, project: str) -> None:
    """Print one JSON object."""
    with reopen(Workspace(Path(workspace)).project(project)) as adopted:
        started, memory = time.perf_counter(), _megabytes()
        paths = [
            path for path in adopted.adoption.plan.code_files if path in adopted.coverage.files
        ]
        sites = [site for path in paths for site in covered_breaks(adopted, path)]
        found, found_mb = time.perf_counter() - started, _megabytes()
        started = time.perf_counter()
        texts = cache(lambda path: Source(path, adopted.tree.read(path)))
        fit = [site for site in worthy(sites, texts) if not site.duplicate]
        checked, checked_mb = time.perf_counter() - started, _megabytes()
        started = time.perf_counter()
        coupled = calls({path: adopted.tree.read(path) for path in paths})
        history = adopted.checkout.git.log(adopted.adoption.commit, 2000)
        coupled += changed_together(history, paths)
        combined = combine(fit, lambda path: texts(path).text, coupled, 0, 1000)
        combining = time.perf_counter() - started
    print(
        json.dumps(
            {
                "lines": sum(adopted.tree.read(path).count("\n") for path in paths),
                "candidates": len(sites),
                "distinct": len(fit),
                "find_ms_each": round(1000 * found / len(sites), 3),
                "check_ms_each": round(1000 * checked / len(sites), 3),
                "memory_mb": [memory, found_mb, checked_mb],
                "couplings": dict(Counter(pair.why for pair in coupled)),
                "combined": {family: len(combined[family]) for family in COMBINED},
                "combine_s": round(combining, 2),
                "by_severity": dict(Counter(site.severity for site in fit)),
                "by_family": dict(Counter(site.family for site in fit).most_common()),
            },
            indent=2,
        )
    )


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: python benchmarks/breakages.py WORKSPACE PROJECT")
    main(*sys.argv[1:])
