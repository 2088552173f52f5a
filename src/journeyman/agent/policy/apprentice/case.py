"""One task as the apprentice sees it after its first look: suspicious files, and moves on them."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from journeyman.agent.policy.apprentice.clues import Clues, clues_of
from journeyman.agent.policy.apprentice.grammar import moves
from journeyman.agent.policy.apprentice.move import LineEdit, Move, line_edit
from journeyman.agent.policy.apprentice.source import Source, source_of
from journeyman.agent.policy.base import View
from journeyman.records import TestReport, digest
from journeyman.understanding.spectrum import LineSpectrum, spectra

FILES = 4
"""Most files opened."""
_FAINT = 1e-3
_MOVES_KEPT = 150_000
"""Moves of the cases that are kept, at most: with their features a quarter of a gigabyte."""

_LAST_CASES: dict[str, Case] = {}
_LOCK = threading.Lock()
_IMPORTED = re.compile(r"^\s*(?:from|import)\s+([\w.]+)", re.MULTILINE)


@dataclass
class Case:
    """The moves of one task with what features are computed from.

    `lines` maps path to line to spectrum for the lines that moves were made on.
    """

    view: View
    clues: Clues
    sources: dict[str, Source]
    lines: dict[str, dict[int, LineSpectrum]]
    moves: list[Move]
    passing: int
    """How many tests pass before anything is changed."""
    features: NDArray[np.float32] | None = None
    """The moves' features before anything is tried, once somebody has computed them."""

    def edit(self, index: int) -> LineEdit:
        """Return move `index` as an edit of whole lines."""
        move = self.moves[index]
        return line_edit(self.sources[move.path], move)


def suspicious_files(view: View, report: TestReport) -> list[str]:
    """Return up to four files worth opening, the most suspicious first.

    By the highest scores of their lines and the failing frames in them; where no failing test left
    any trace (a hang, an error on import), by what the failing tests' files import.
    """
    clues = clues_of(report, view.tests)
    scores: dict[str, float] = {}
    for path, lines in spectra(report).items():
        top = sorted((one.score for one in lines.values()), reverse=True)[:5]
        scores[path] = sum(top) / 5
    for (path, _), count in clues.frames.items():
        scores[path] = scores.get(path, 0.0) + count / max(1, len(clues.failing))
    known = set(view.files)
    found = [
        path
        for path, score in sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        if score > 0 and path in known and is_code(path, view.tests)
    ]
    return (found or _imported_files(view, clues.failing))[:FILES]


def remembered_case(view: View, report: TestReport, paths: Sequence[str]) -> Case:
    """Return `make_case`'s answer, kept for the tasks played last.

    The attempts of a group, and the gradient after them, all begin with the same case, and the
    validation tasks are played after every round.
    """
    seen = [(one.id, one.outcome, one.message, one.path, one.line) for one in report.results]
    key = digest([view.task, list(paths), report.ending, seen])
    with _LOCK:
        known = _LAST_CASES.pop(key, None)
    if known is None:
        known = make_case(view, report, paths)
    with _LOCK:
        _LAST_CASES[key] = known
        kept = sum(len(case.moves) for case in _LAST_CASES.values())
        while kept > _MOVES_KEPT and len(_LAST_CASES) > 1:
            kept -= len(_LAST_CASES.pop(next(iter(_LAST_CASES))).moves)
    return known


def make_case(view: View, report: TestReport, paths: Sequence[str]) -> Case:
    """Return the case for the files at `paths`, given the run on the untouched tree."""
    texts = {path: view.read(path) for path in paths}
    sources = {path: source for path, text in texts.items() if (source := source_of(text))}
    lines = {path: one for path, one in _failing_lines(report).items() if path in sources}
    if not lines:
        lines = {path: _all_lines(report, path, source) for path, source in sources.items()}
    clues = clues_of(report, view.tests)
    scores = {
        path: {line: max(one.score, _FAINT) for line, one in found.items()}
        for path, found in lines.items()
    }
    found = moves({path: texts[path] for path in sources}, scores)
    return Case(view, clues, sources, lines, found, len(view.tests) - len(clues.failing))


def is_code(path: str, tests: Sequence[str]) -> bool:
    """Whether `path` is Python code that is not part of the tests."""
    place = PurePosixPath(path)
    if place.suffix != ".py" or place.name == "conftest.py":
        return False
    if any(part in ("test", "tests", "testing") for part in place.parts[:-1]):
        return False
    if place.name.startswith("test_") or place.stem.endswith("_test"):
        return False
    return all(test.split("::")[0] != path for test in tests)


def _failing_lines(report: TestReport) -> dict[str, dict[int, LineSpectrum]]:
    """Return the lines that a failing test executed."""
    return {
        path: kept
        for path, lines in spectra(report).items()
        if (kept := {line: one for line, one in lines.items() if one.failing})
    }


def _all_lines(report: TestReport, path: str, source: Source) -> dict[int, LineSpectrum]:
    """Return every line of every function: it is not known which ones failing tests took."""
    taken = spectra(report).get(path, {})
    taken |= {
        result.line: LineSpectrum(1, 0, 1.0)
        for result in report.results
        if result.path == path and result.line
    }
    return {
        line: taken.get(line, LineSpectrum(0, 0, 0.0))
        for scope in source.scopes
        for line in range(scope.first, scope.last + 1)
    }


def _imported_files(view: View, failing: Sequence[str]) -> list[str]:
    """Return the code files that the failing tests' files import, the most often named first."""
    named: Counter[str] = Counter()
    tests = sorted({test.split("::")[0] for test in failing})
    for path in tests:
        if path in view.files:
            for module in _IMPORTED.findall(view.read(path)):
                named.update(module.split("."))
    code = [path for path in view.files if is_code(path, view.tests)]

    def count(path: str) -> int:
        place = PurePosixPath(path)
        return named[place.parent.name if place.stem == "__init__" else place.stem]

    return sorted(code, key=lambda path: (-count(path), len(path), path))
