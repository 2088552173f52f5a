"""Every past commit is a question with its answer: its subject, and the files that it changed.

The question is asked of the repository as it was at the commit's *parent*: of the files that stood
there, and of the history that led there, nothing later. So what is learnt, and what recall is
printed, holds for questions that are still to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from journeyman.progress import Progress, Silent, stage
from journeyman.repository.git import Git
from journeyman.understanding.index.corpus import Corpus
from journeyman.understanding.index.crew import Crew
from journeyman.understanding.index.places import AtCommit, shown
from journeyman.understanding.index.record import FileRecord
from journeyman.understanding.index.segment import Floats
from journeyman.understanding.index.vectors import Words
from journeyman.understanding.parsing.languages import is_code, language_of
from journeyman.understanding.past.log import Past
from journeyman.understanding.past.memory import Memory
from journeyman.understanding.search.query import read_query
from journeyman.understanding.search.signals import NAMES, SCORED, History, gather
from journeyman.understanding.search.weights import Example, Weights

CANDIDATES = 60
"""Files that each signal proposes, of which the right ones are told by what is learnt."""

AT = (1, 5, 10)
"""How far down a list one looks."""

_BODY = NAMES.index("body")


class Lesson(NamedTuple):
    """A past question: `table` has a row of signals for each of `paths`, all files of code that
    stood there; `right` says which of them the commit changed."""

    commit: str
    subject: str
    paths: tuple[str, ...]
    table: Floats
    right: NDArray[np.bool_]

    def rank(self, weights: Weights | None = None) -> int:
        """Return how many files come before the first right one; by BM25 of bodies alone without
        weights."""
        scores = self.table[:, _BODY] if weights is None else weights.of_files(self.table)
        order = np.argsort(-scores, kind="stable")
        return int(np.flatnonzero(self.right[order])[0])

    def example(self) -> Example:
        """Return what is learnt from it: the right files among those that signals propose."""
        chosen = set(np.flatnonzero(self.right).tolist())
        for column in range(len(SCORED)):
            order = np.argsort(-self.table[:, column], kind="stable")
            chosen.update(order[:CANDIDATES].tolist())
        rows = np.array(sorted(chosen))
        return Example(self.table[rows], self.right[rows])


class Recall(NamedTuple):
    """The share of `asked` questions with a right file among the first of `AT`."""

    asked: int
    hits: tuple[float, ...]

    def text(self) -> str:
        """Return the shares in per cent, as ``41 / 65 / 70``."""
        return " / ".join(f"{100 * share:.0f}" for share in self.hits)


def recall(ranks: Sequence[int]) -> Recall:
    """Return the recall of questions whose first right file stands behind so many others."""
    found = np.array(ranks)
    return Recall(len(ranks), tuple(float((found < at).mean()) for at in AT) if ranks else ())


def questions(log: Sequence[Past], most: int) -> list[Past]:
    """Return the newest commits, at most `most`, that change a file of code, oldest first."""
    fit = [
        one
        for one in log
        if any(is_code(language_of(touch.path)) and touch.status in "MDR" for touch in one.touches)
    ]
    return fit[-most:]


def lessons(
    git: Git,
    log: Sequence[Past],
    memory: Memory,
    asked: Sequence[Past],
    model: Words | None,
    crew: Crew,
    progress: Progress | None = None,
) -> Iterator[Lesson]:
    """Yield the lessons of commits in order; one whose files all were new is left out.

    Args:
        log: All commits, in the order of `memory`.
        asked: Commits of it to make lessons of, oldest first.
    """
    progress = progress or Silent()
    number = {one.id: at for at, one in enumerate(log)}
    parents = _parents(git, [one.id for one in asked])
    asked = [one for one in asked if parents.get(one.id)]
    if not asked:
        return
    begin = parents[asked[0].id]
    files = {path: name for path, name in AtCommit(git, begin).files().items() if _fits(path)}
    steps = list(_steps(git, [parents[one.id] for one in asked]))
    needed = {(path, name) for step in steps for path, name in step.items() if name}
    with stage(progress, "read", len(files) + len(needed)):
        kept = _Kept(git, begin, crew, progress)
        held = {record.path: record for record in kept.read(files.items())}
        later = kept.versions(needed)
    corpus = Corpus(held)
    with stage(progress, "ask", len(asked)):
        for commit, step in zip(asked, steps, strict=True):
            for path, name in step.items():
                if name:
                    held[path] = later[path, name]
                else:
                    held.pop(path, None)
            if step:
                corpus.update(step)
            seen = memory.everything
            newer = git.run("rev-list", log[-1].id, "HEAD", f"^{parents[commit.id]}").decode()
            seen[[number[one] for one in newer.split() if one in number]] = False
            lesson = _lesson(commit, corpus, History(memory, corpus, seen), model)
            progress.advance()
            if lesson is not None:
                yield lesson


def _lesson(commit: Past, corpus: Corpus, history: History, model: Words | None) -> Lesson | None:
    alive = np.flatnonzero(corpus.alive)
    changed = {touch.old or touch.path for touch in commit.touches if touch.status in "MDR"}
    paths = tuple(corpus.paths[one] for one in alive)
    right = np.array([path in changed for path in paths], bool)
    if not right.any():
        return None
    table = gather(read_query(commit.subject), corpus, history, model).table[alive]
    order = np.array(sorted(range(len(paths)), key=paths.__getitem__))
    return Lesson(
        commit.id, commit.subject, tuple(paths[one] for one in order), table[order], right[order]
    )


def _fits(path: str) -> bool:
    return is_code(language_of(path))


def _parents(git: Git, commits: Sequence[str]) -> dict[str, str]:
    """Return the first parent of each commit that has one."""
    listing = git.run(
        *("rev-list", "--no-walk=unsorted", "--parents", "--stdin"),
        stdin="\n".join(commits).encode() + b"\n",
    )
    found = (line.split() for line in listing.decode().splitlines())
    return {line[0]: line[1] for line in found if len(line) > 1}


def _steps(git: Git, states: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """Yield, from each state to the next, path to new version of what differs, empty for gone."""
    before = states[0]
    for state in states:
        if state == before:
            yield {}
            continue
        listing = git.run("diff-tree", "-r", "-z", "--raw", "--no-renames", before, state)
        tokens = listing.split(b"\0")
        step = {}
        for about, name in zip(tokens[::2], tokens[1::2], strict=False):
            _, mode, _, version, _ = about.decode().split()
            path = shown(name)
            if _fits(path):
                step[path] = version if mode.startswith("100") else ""
        before = state
        yield step


class _Kept:
    """Reads versions of files, whatever commit they belong to."""

    def __init__(self, git: Git, commit: str, crew: Crew, progress: Progress) -> None:
        self._place = AtCommit(git, commit)
        self._crew = crew
        self._progress = progress

    def read(self, files: Iterable[tuple[str, str]]) -> Iterator[FileRecord]:
        for records in self._crew.read(self._place, sorted(files)):
            self._progress.advance(len(records))
            yield from (one._replace(parsed=one.parsed._replace(references=())) for one in records)

    def versions(self, needed: Iterable[tuple[str, str]]) -> dict[tuple[str, str], FileRecord]:
        """Return records by path and version; of one path there may be many."""
        rounds: list[dict[str, str]] = []
        found: dict[tuple[str, str], FileRecord] = {}
        for path, version in sorted(needed):
            for each in rounds:
                if path not in each:
                    each[path] = version
                    break
            else:
                rounds.append({path: version})
        for each in rounds:
            for record in self.read(each.items()):
                found[record.path, each[record.path]] = record
        return found
