"""What a task costs: screened and proven, beside two mutation testers on the same repositories.

    python benchmarks/making_tasks.py --workspace DIR [--seconds S] [--rounds N] [--json FILE] …

*Screened* is what mutation testers do: a break counts when a test notices it, with nothing isolated
from other tries and nothing repeated. *Proven* is what a task is: noticed in as many isolated runs
as have to agree, and not passed by the empty patch. Both are counted per minute of one processor,
all processes included, preparations (ours: adoption; theirs: generating, their statistics) not.
mutmut runs its quickest mutants first, so it should be let come to its end.

mutmut and cosmic-ray run the repository's tests on this machine *without any isolation*, under the
interpreter that runs this script; the default sources are known, trusted and need no other package.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from journeyman.cli.progress import Terminal
from journeyman.cli.summary import fast_way
from journeyman.engine.local import ordered_map
from journeyman.pipeline.adopt import adopt
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.make_tasks import break_code, prove_tasks
from journeyman.records.store import Store
from journeyman.records.tried import Tried
from journeyman.settings import load
from journeyman.tasks.prove import Prover
from journeyman.tasks.sieve import Sieve
from journeyman.workspace import Workspace
from peers import Rate, cosmic_ray, cpu_s, mutmut
from timing import machine

SOURCES = ["pypi:sqlparse==0.6.1", "pypi:tomlkit==0.15.2", "pypi:cachetools==8.0.0"]
SCREENED, PROVEN, MUTMUT, COSMIC = "ours, screened", "ours, proven", "mutmut", "cosmic-ray"


def main() -> None:
    """Measure each source, print the ratios, and write when asked to."""
    options = _options()
    print(machine())
    found: dict[str, dict[str, object]] = {}
    for source in options.sources or SOURCES:
        found[source] = measure(source, options)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def measure(source: str, options: argparse.Namespace) -> dict[str, object]:
    """Let the four take turns on one source."""
    settings = load(None, {"tasks.count": 4 * options.tasks * options.rounds})
    with Terminal() as progress:
        opened = adopt(source, Workspace(options.workspace), settings, progress=progress)
    rates: Counter[str] = Counter()
    totals: dict[str, Rate] = {}
    tried: list[Tried] = []
    with opened as adopted:
        breaks = [one for one in break_code(adopted) if not one.duplicate]
        for turn in range(options.rounds):
            share = breaks[turn :: options.rounds]
            cases: dict[str, Callable[[], Rate]] = {
                MUTMUT: lambda: _peer(mutmut, adopted, options.seconds),
                SCREENED: lambda share=share: screened(adopted, share, options.screened),
                COSMIC: lambda: _peer(cosmic_ray, adopted, min(120.0, options.seconds)),
                PROVEN: lambda share=share: proven(adopted, share, options.tasks, tried),
            }
            for name, case in cases.items():
                rate = case()
                totals[name] = totals[name] + rate if name in totals else rate
                rates[name] += 1
        print(table(source, totals))
        print(_yield(tried, adopted.settings.tasks.runs))
    plain = {
        name: {"killed": one.killed, "tried": one.tried, "cpu_s": one.cpu_s, "wall_s": one.wall_s}
        for name, one in totals.items()
    }
    return {"rates": plain, "outcomes": Counter(entry.outcome for entry in tried)}


def screened(adopted: Adopted, breaks: list, most: int) -> Rate:  # type: ignore[type-arg]
    """Ask the fast way alone, nothing isolated from anything else, of `most` breaks."""
    prover = Prover(
        "", "", adopted.grader, adopted.baseline, adopted.coverage, 1, adopted.tree.read
    )
    sieve = Sieve(adopted.quick)

    def word(one) -> str:  # type: ignore[no-untyped-def]
        tests = prover.judges(one.touched())
        if not tests:
            return "uncovered"
        return sieve.word(one.patch(adopted.tree.read), tests, f"{one.path}::{one.function}")

    words: Counter[str] = Counter()
    return _timed(
        lambda: words.update(ordered_map(word, breaks[:most], adopted.workers)),
        lambda: (words["noticed"] + words["unfinished"], words.total()),
    )


def proven(adopted: Adopted, breaks: list, wanted: int, tried: list[Tried]) -> Rate:  # type: ignore[type-arg]
    """Prove `wanted` tasks as `journeyman prove` does, into an empty store."""
    before = len(tried)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        settings = load(None, {"tasks.count": wanted}, adopted.settings)
        fresh = replace(adopted, store=store, settings=settings)
        try:
            rate = _timed(
                lambda: tried.extend(prove_tasks(fresh, breaks)),
                lambda: (
                    sum(entry.head is not None for entry in tried[before:]),
                    len(tried) - before,
                ),
            )
        finally:
            store.close()
    return rate


def _timed(work: Callable[[], object], counts: Callable[[], tuple[int, int]]) -> Rate:
    cpu, wall = cpu_s(os.getpid()), time.monotonic()
    work()
    killed, tried = counts()
    return Rate(killed, tried, cpu_s(os.getpid()) - cpu, time.monotonic() - wall)


def _peer(run: Callable[[Path, str, str, float], Rate], adopted: Adopted, seconds: float) -> Rate:
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        shutil.copytree(adopted.pool.server.base, tree, symlinks=True)
        files = adopted.adoption.plan.code_files
        code = os.path.commonpath([*files]) if len(files) > 1 else files[0]
        return run(tree, code, adopted.adoption.plan.test_paths[0], seconds)


def table(source: str, found: dict[str, Rate]) -> str:
    """Return the rates as text, with ratios to the peers'."""
    head = f"{source:<28}{'killed':>8}{'tried':>8}{'CPU s':>8}{'per CPU-minute':>16}"
    lines = [f"{head}{'x mutmut':>10}{'x cosmic-ray':>14}"]
    for name, one in found.items():
        ratios = [one.per_minute / max(1e-9, found[peer].per_minute) for peer in (MUTMUT, COSMIC)]
        lines.append(
            f"{name:<28}{one.killed:>8}{one.tried:>8}{one.cpu_s:>8.0f}{one.per_minute:>16.0f}"
            f"{ratios[0]:>10.2f}{ratios[1]:>14.1f}"
        )
    return "\n".join(lines)


def _yield(tried: list[Tried], runs: int) -> str:
    outcomes = Counter(entry.outcome for entry in tried)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = ", ".join(f"{count} {name}" for name, count in outcomes.most_common())
    return (
        f"  of {len(tried)} tried: {told}; {runs} runs agree; "
        f"{len({entry.family for entry in tried if entry.head})} families\n"
        f"  {fast_way(tried)}\n"
        f"  this process at most {peak:.0f} MiB"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sources", nargs="*", help="sources as for journeyman adopt")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument(
        "--seconds", type=float, default=900, help="for mutmut and round: it runs quick ones first"
    )
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--screened", type=int, default=400, help="breaks screened in a round")
    parser.add_argument("--tasks", type=int, default=100, help="tasks proven in a round")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
