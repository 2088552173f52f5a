"""How many of the lines that a change needs are in what search shows, by tokens spent?

    python benchmarks/lines.py REPOSITORY … [--most 150] [--json FILE]

A commit needs the lines it edits or deletes, and the definitions of those symbols of the repository
that its added lines name (functions and methods whole; of others the first ten lines; names defined
more than five times not at all). Questions are the subjects of the newest commits; all is asked of
the repository at the commit's parent. Regions are taken in their order until the budget is spent;
recall is the mean over commits of the share of needed lines that they hold. Beside it BM25 over
pieces of 40 lines, in the same run; tokens are three and a half bytes each.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from journeyman.cli.progress import Terminal
from journeyman.repository.git import Git
from journeyman.understanding.index.corpus import rarity
from journeyman.understanding.index.crew import Crew
from journeyman.understanding.past.log import read_log
from journeyman.understanding.past.memory import Memory, remember
from journeyman.understanding.search.lessons import questions
from journeyman.understanding.search.query import read_query
from journeyman.understanding.search.region import BYTES_A_TOKEN
from journeyman.understanding.search.regions import rank
from journeyman.understanding.search.signals import gather
from journeyman.understanding.search.structure import OfRecords
from journeyman.understanding.search.walk import State, walk
from journeyman.understanding.search.weights import shipped
from journeyman.understanding.terms.vectors import words
from timing import machine

BUDGETS = (1000, 2000, 4000, 8000, 16_000, 32_000)
_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+")
_NAME = re.compile(r"[A-Za-z_]\w{2,}")

Lines = set[tuple[str, int]]
Piece = tuple[str, int, int]


def main() -> None:
    """Measure each repository and print the curves."""
    options = _options()
    print(machine())
    told = {}
    pooled: dict[str, list[list[float]]] = {"ours": [], "BM25 on 40 lines": []}
    with Crew(os.cpu_count() or 1) as crew:
        for path in options.repositories:
            found = measure(Path(path), options.most, crew)
            for name, curves in found.items():
                pooled[name] += curves
            told[path] = _print(path, found)
    told["together"] = _print("all together", pooled)
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def measure(path: Path, most: int, crew: Crew) -> dict[str, list[list[float]]]:
    """Return for each ranking the recall of each question at each budget."""
    git = Git(path)
    log = sorted(read_log(git, "HEAD"), key=lambda one: (one.time, one.id))
    memory = Memory(remember(log))
    asked = questions(log, most)
    needed: dict[str, tuple[Lines, dict[str, list[int]]]] = {}
    ours: dict[str, list[float]] = {}
    theirs: dict[str, list[float]] = {}
    with Terminal() as progress:
        for state in walk(git, log, memory, asked, crew, progress):
            lines = wanted(git, state)
            if lines:
                sizes = _sizes(git, state)
                needed[state.commit.id] = lines, sizes
                ours[state.commit.id] = _curve(_ours(state), lines, sizes)
        for state in walk(git, log, memory, asked, crew, progress, plain="cut by lines alone"):
            if state.commit.id in needed:
                lines, sizes = needed[state.commit.id]
                theirs[state.commit.id] = _curve(_bm25(state), lines, sizes)
    return {"ours": list(ours.values()), "BM25 on 40 lines": [theirs[one] for one in ours]}


def wanted(git: Git, state: State) -> Lines:
    """Return the lines that a commit needs; see the module's docstring."""
    listing = git.run(
        *("diff", "-U0", "--no-color", "--no-ext-diff", "--no-renames"),
        *(state.parent, state.commit.id),
    ).decode("utf-8", "replace")
    defined: dict[str, list[tuple[str, int, int]]] = {}
    for path, record in state.files.items():
        for one in record.parsed.symbols:
            whole = one.kind in ("function", "method")
            last = one.last if whole else min(one.last, one.first + 9)
            defined.setdefault(one.name, []).append((path, one.first, last))
    lines: Lines = set()
    path = ""
    for line in listing.split("\n"):
        hunk = _HUNK.match(line)
        if line.startswith("--- "):
            path = line[6:] if line.startswith("--- a/") else ""
        elif hunk and path in state.files:
            first, count = int(hunk.group(1)), int(hunk.group(2) or 1)
            lines |= {(path, number) for number in range(first, first + count)}
        elif line.startswith("+") and not line.startswith("+++"):
            for name in set(_NAME.findall(line)):
                places = defined.get(name, ())
                if 0 < len(places) <= 5:
                    lines |= {
                        (where, number)
                        for where, first, last in places
                        for number in range(first, last + 1)
                    }
    edited = {where for where, _ in lines}
    return lines if edited else set()


def _sizes(git: Git, state: State) -> dict[str, list[int]]:
    """Return an empty store of the bytes of each line of files, filled when they are asked for."""
    return _Sizes(git, state.parent)


class _Sizes(dict[str, list[int]]):
    def __init__(self, git: Git, commit: str) -> None:
        super().__init__()
        self._git = git
        self._commit = commit

    def __missing__(self, path: str) -> list[int]:
        raw = self._git.read(self._commit, path) or b""
        self[path] = [len(line) + 8 for line in raw.split(b"\n")]
        return self[path]


def _ours(state: State) -> Iterator[Piece]:
    corpus = state.corpus
    query = read_query(state.commit.subject, lambda term: rarity(corpus.spread(term), corpus.count))
    signals = gather(query, corpus, state.history, words())
    structure = OfRecords(state.files)
    for one in rank(query, corpus, signals, shipped(), structure, most=1000, of_a_file=1000):
        first, last, _ = (int(line) for line in corpus.chunk_lines[one.chunk])
        yield corpus.paths[one.file], first, last


def _bm25(state: State) -> Iterator[Piece]:
    corpus = state.corpus
    scores = corpus.body(read_query(state.commit.subject).terms).chunks
    for chunk in np.argsort(-scores, kind="stable")[:1000]:
        if scores[chunk] > 0:
            first, last, _ = (int(line) for line in corpus.chunk_lines[chunk])
            yield corpus.paths[corpus.chunk_file[chunk]], first, last


def _curve(pieces: Iterator[Piece], needed: Lines, sizes: Mapping[str, list[int]]) -> list[float]:
    """Return the share of needed lines that pieces hold at each budget."""
    found: list[float] = []
    spent = 0.0
    held: Lines = set()
    wanted_at = list(BUDGETS)
    for path, first, last in pieces:
        for number in range(first, last + 1):
            lengths = sizes[path]
            spent += (lengths[number - 1] if number <= len(lengths) else 8) / BYTES_A_TOKEN
            while wanted_at and spent > wanted_at[0]:
                found.append(len(held) / len(needed))
                wanted_at.pop(0)
            if (path, number) in needed:
                held.add((path, number))
        if not wanted_at:
            return found
    return found + [len(held) / len(needed)] * len(wanted_at)


def _print(name: str, found: Mapping[str, Sequence[Sequence[float]]]) -> dict[str, list[float]]:
    heads = "".join(f"{budget // 1000:>7}k" for budget in BUDGETS)
    print(
        f"\n{name}: {len(found['ours'])} commits; recall of needed lines, per cent\n{'':<20}{heads}"
    )
    means = {key: [float(x) for x in np.mean(curves, axis=0)] for key, curves in found.items()}
    for key, values in means.items():
        print(f"{key:<20}" + "".join(f"{100 * value:>8.0f}" for value in values))
    ratios = [
        one / other if other else 0.0
        for one, other in zip(means["ours"], means["BM25 on 40 lines"], strict=True)
    ]
    print(f"{'times BM25':<20}" + "".join(f"{value:>8.2f}" for value in ratios))
    return means


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("repositories", nargs="+", help="bare repositories with their history")
    parser.add_argument("--most", type=int, default=150)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
