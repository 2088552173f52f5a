"""The share of a history's fixes with tests that becomes proven exam questions.

    python benchmarks/history_share.py SOURCE [SOURCE ...] [--commits 500] [--features]

Sources are what `journeyman adopt` takes: paths of Git repositories (bare ones too), URLs, pypi:.
Prints a table, and for each source every reason for a rejection with how often it was given. What
was asked before is taken from the workspace, so a run that was stopped goes on where it was; the
seconds are then those of this run alone, and the sum over all changes is given beside them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from journeyman.pipeline.asked import Asked, ask_source
from journeyman.settings import HistorySettings, Settings
from journeyman.tasks.history.candidate import DEFINITION, Kind
from journeyman.workspace import Workspace


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--commits", type=int, default=500)
    parser.add_argument("--features", action="store_true", help="ask features with tests too")
    parser.add_argument("--workspace", type=Path, default=Path(".journeyman-history"))
    parser.add_argument("--workers", type=int)
    parser.add_argument("--json", type=Path, help="also write every entry there")
    options = parser.parse_args()
    history = HistorySettings(commits=options.commits, features=options.features)
    settings = Settings(history=history)
    results: list[tuple[str, Asked]] = []
    for source in options.sources:
        found = ask_source(source, Workspace(options.workspace), settings, workers=options.workers)
        results.append((source, found))
        print(details(source, found), flush=True)
    print(table(results))
    print(f"\n({DEFINITION}.)")
    if options.json:
        options.json.write_text(json.dumps([entries(*one) for one in results], indent=1))


def table(results: list[tuple[str, Asked]]) -> str:
    lines = [
        "| source | commits | merges | fixes with tests | proven | share | seconds |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    every = proven = 0
    for source, found in results:
        whole, good = found.counts("fix")
        every, proven = every + whole, proven + good
        own = sum(entry.seconds for _, entry in found.entries)
        lines.append(
            f"| {source} | {found.walked.commits} | {found.walked.merges} | {whole} | {good} | "
            f"{share(good, whole)} | {found.seconds:.0f} ({own:.0f} over all changes) |"
        )
    lines.append(f"| all | | | {every} | {proven} | {share(proven, every)} | |")
    return "\n".join(lines)


def details(source: str, found: Asked) -> str:
    lines = [f"\n{source}: {found.walked.commits} commits"]
    kinds: tuple[Kind, ...] = ("fix", "feature")
    for kind in kinds:
        whole, good = found.counts(kind)
        if whole:
            lines.append(f"  {kind}: {good} of {whole} proven")
            lines += [f"    {count:4}  {why}" for why, count in found.reasons(kind).items()]
    return "\n".join(lines)


def entries(source: str, found: Asked) -> dict[str, object]:
    return {
        "source": source,
        "seconds": found.seconds,
        "passed_over": found.walked.passed_over,
        "entries": [
            entry.model_dump(mode="json", exclude={"task"}) | {"proven": entry.task is not None}
            for _, entry in found.entries
        ],
    }


def share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "—"


if __name__ == "__main__":
    main()
