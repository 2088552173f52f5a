"""Does search find what a real commit changed, from its subject line? Beside BM25, in one run.

    python benchmarks/finding.py REPOSITORY … [--share 0.05] [--most 400] [--fit 300] [--json FILE]

For each repository: the newest commits (a share of all, at most `--most`) are questions, the ones
before them (`--fit`) are what weights are learnt on. Every question is asked of the repository at
the commit's parent. A file counts as found if the commit changed it; files that the commit made are
not asked for. All rankings choose among the same files: all files of code at the parent.

Rankings: BM25 on whole files (words split at camel and snake, our own index); tantivy's BM25 on the
same words; equal weights for all signals; weights learnt on the *other* repositories given here;
those learnt on this one too; and each signal alone and left out. Shares are hit@1 / @5 / @10 in per
cent; z is the paired sign test against BM25 at 10.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from journeyman.cli.progress import Terminal
from journeyman.repository.git import Git
from journeyman.understanding.index.crew import Crew
from journeyman.understanding.past.log import read_log
from journeyman.understanding.past.memory import Memory, remember
from journeyman.understanding.search.lessons import Lesson, lesson_of, questions, recall
from journeyman.understanding.search.signals import NAMES, SCORED
from journeyman.understanding.search.walk import walk
from journeyman.understanding.search.weights import Example, Weights, learn
from journeyman.understanding.terms.vectors import words
from tantivy_peer import Tantivy
from timing import machine


class School(NamedTuple):
    """One repository's lessons: those to learn from (as examples) and those to be asked."""

    name: str
    commits: int
    fit: list[Example]
    asked: list[Lesson]
    tantivy: list[int]
    seconds: float


def main() -> None:
    """Measure all repositories and print what was found."""
    options = _options()
    print(machine())
    with Crew(os.cpu_count() or 1) as crew:
        schools = [_school(path, options, crew) for path in options.repositories]
    told: dict[str, object] = {}
    pooled: dict[str, list[int]] = {}
    for school in schools:
        others = [one for each in schools if each is not school for one in each.fit]
        general = learn(others, None, 1e-3) if others else Weights((0.0,) * len(NAMES))
        own = learn(school.fit, general if others else None, 0.1 if others else 0.01)
        ranks = _ranks(school, general, own, bool(others))
        told[school.name] = _print(school, ranks)
        for name, found in ranks.items():
            pooled.setdefault(name, []).extend(found)
    print("\nall repositories together")
    told["together"] = _table(pooled)
    everything = [one for each in schools for one in each.fit]
    print("\nweights learnt on all of them:\n" + learn(everything, None, 1e-3).to_json())
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def _school(path: str, options: argparse.Namespace, crew: Crew) -> School:
    git = Git(Path(path))
    started = time.perf_counter()
    log = sorted(read_log(git, "HEAD"), key=lambda one: (one.time, one.id))
    count = min(options.most, max(1, int(options.share * len(log))))
    asked = questions(log, count + options.fit)
    memory = Memory(remember(log))
    newest = {one.id for one in asked[-count:]}
    fit, held = [], []
    tantivy: list[int] = []
    peer = Tantivy(git)
    with Terminal() as progress:
        for state in walk(git, log, memory, asked, crew, progress):
            lesson = lesson_of(state, words())
            if lesson is None:
                continue
            if lesson.commit not in newest:
                fit.append(lesson.example())
                continue
            held.append(lesson)
            peer.at(state)
            right = dict(zip(lesson.paths, map(bool, lesson.right), strict=True))
            tantivy.append(peer.rank(lesson.subject, right))
    name = Path(path).resolve().parent.name if Path(path).name == "repo" else Path(path).name
    return School(name, len(log), fit, held, tantivy, time.perf_counter() - started)


def _ranks(school: School, general: Weights, own: Weights, others: bool) -> dict[str, list[int]]:
    asked = school.asked
    equal = Weights(tuple(float(name in SCORED) for name in NAMES))
    found = {"BM25 on whole files": [one.rank() for one in asked]}
    found["tantivy"] = school.tantivy
    found["equal weights"] = [one.rank(equal) for one in asked]
    if others:
        found["learnt on the others"] = [one.rank(general) for one in asked]
    found["and on this one"] = [one.rank(own) for one in asked]
    for name in SCORED:
        only = Weights(tuple(float(each == name) for each in NAMES))
        found[f"  {name} alone"] = [one.rank(only) for one in asked]
    for name in (*SCORED, "lately", "often"):
        less = Weights(
            tuple(
                0.0 if each in (name, f"{name} rank") else value
                for each, value in zip(NAMES, own.values, strict=True)
            )
        )
        found[f"  without {name}"] = [one.rank(less) for one in asked]
    return found


def _print(school: School, ranks: dict[str, list[int]]) -> dict[str, object]:
    files = float(np.median([len(one.paths) for one in school.asked]))
    print(
        f"\n{school.name}: {school.commits:,} commits, {len(school.asked)} asked,"
        f" {len(school.fit)} learnt from, {files:.0f} files of code; {school.seconds:.0f} s"
    )
    return _table(ranks)


def _table(ranks: dict[str, list[int]]) -> dict[str, object]:
    base = ranks["BM25 on whole files"]
    for name, found in ranks.items():
        z = sign_test(base, found)
        print(f"  {name:<28}{recall(found).text():>14}   z {z:+.1f}")
    return {name: recall(found).hits for name, found in ranks.items()}


def sign_test(base: list[int], ours: list[int], at: int = 10) -> float:
    """Return the z of how often one finds within `at` what the other does not."""
    won = sum(one >= at > other for one, other in zip(base, ours, strict=True))
    lost = sum(other >= at > one for one, other in zip(base, ours, strict=True))
    return (won - lost) / math.sqrt(won + lost) if won + lost else 0.0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("repositories", nargs="+", help="bare repositories with their history")
    parser.add_argument("--share", type=float, default=0.05, help="newest commits that are asked")
    parser.add_argument("--most", type=int, default=400)
    parser.add_argument("--fit", type=int, default=300)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
