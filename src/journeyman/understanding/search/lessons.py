"""Every past commit is a question with its answer: its subject, and the files that it changed.

The question is asked of the repository as it was at the commit's *parent*: of the files that stood
there, and of the history that led there, nothing later. So what is learnt, and what recall is
printed, holds for questions that are still to come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from journeyman.progress import Progress
from journeyman.repository.git import Git
from journeyman.understanding.index.crew import Crew
from journeyman.understanding.parsing.languages import is_code, language_of
from journeyman.understanding.past.log import Past
from journeyman.understanding.past.memory import Memory
from journeyman.understanding.search.query import read_query
from journeyman.understanding.search.signals import NAMES, SCORED, gather
from journeyman.understanding.search.walk import State, walk
from journeyman.understanding.search.weights import Example, Weights
from journeyman.understanding.terms.postings import Floats
from journeyman.understanding.terms.vectors import Words

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
    for state in walk(git, log, memory, asked, crew, progress):
        lesson = lesson_of(state, model)
        if lesson is not None:
            yield lesson


def lesson_of(state: State, model: Words | None) -> Lesson | None:
    """Return what a state teaches, if the commit changes a file that stands in it."""
    commit, corpus = state.commit, state.corpus
    alive = np.flatnonzero(corpus.alive)
    changed = {touch.old or touch.path for touch in commit.touches if touch.status in "MDR"}
    paths = tuple(corpus.paths[one] for one in alive)
    right = np.array([path in changed for path in paths], bool)
    if not right.any():
        return None
    table = gather(read_query(commit.subject), corpus, state.history, model).table[alive]
    order = np.array(sorted(range(len(paths)), key=paths.__getitem__))
    return Lesson(
        commit.id, commit.subject, tuple(paths[one] for one in order), table[order], right[order]
    )
