"""Judge test files that somebody wrote: do they hold, and do they notice what they should?

A test that fails on every tree but one is worth nothing, so what they have to pass includes a
*twin* of the right code: the same behaviour in other bytes. A mutant counts as noticed only if the
tests fail on it twice, so that failing by chance does not pay.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeyman.grading.guard import reaches
from journeyman.records import Flag, Patch, Task, Verdict
from journeyman.records.goal import Mutant
from journeyman.sandbox.testing.pytest_suite import PytestSuite, as_pytest

if TYPE_CHECKING:
    from journeyman.grading.grader import Grader

_SOURCES = frozenset({"__file__", "__loader__", "__spec__", "__cached__", "get_source"})

USUAL_S = 1.0
"""Seconds that new test files are taken to need, all together: limits follow from it."""

_ALLOWED = frozenset(
    {"import pytest", "import unittest", "import unittest.mock", "the text 'test_'", "sys.path"}
)
_READERS = (
    *("import ast", "import dis", "import tokenize", "import linecache", "import symtable"),
    *("import subprocess", "import py_compile", "import compileall"),
)


def new_tests(grader: Grader, task: Task, patch: Patch) -> Patch:
    """Return what of `patch` crosses over where tests are asked for: new test modules."""
    known = task.broken.files
    return patch.without(
        lambda path: (
            patch.files[path] is None or path in known or not grader.protected.new_test(path)
        )
    )


def test_flags(patch: Patch) -> tuple[Flag, ...]:
    """Return a flag for whatever in new tests looks at the code instead of calling it."""
    found = []
    for path, text in sorted(patch.files.items()):
        said = {what for what in reaches(text or "") if not _harmless(what)}
        said |= _readers(text or "")
        found += [Flag(check="looks at the code", detail=f"{path}: {one}") for one in sorted(said)]
    return tuple(found)


test_flags.__test__ = False  # type: ignore[attr-defined]


@dataclass(frozen=True)
class NewTests:
    """The new test files, and how they are run on one tree after another."""

    grader: Grader
    files: Patch

    @property
    def paths(self) -> tuple[str, ...]:
        """The new files' paths, in order."""
        return tuple(sorted(self.files.files))

    def passing(self, tree: Patch, runs: int) -> tuple[tuple[str, ...], str]:
        """Return the tests that there are, if all pass in every run; otherwise what is wrong."""
        ids: tuple[str, ...] = ()
        for attempt in range(runs):
            report = self._suite().run(self.files.over(tree), self.paths, attempt=attempt)
            now = tuple(sorted(result.id for result in report.results))
            bad = [one for one in now if not report.good(one)]
            if report.ending != "finished":
                return (), f"the run of the new tests ended by {report.ending}"
            if not now:
                return (), "the new files hold no test"
            if bad:
                result = report.by_id[bad[0]]
                return (), f"{bad[0]}: {result.outcome} {result.message}".strip()
            if attempt and now != ids:
                return (), "the new files do not hold the same tests every time"
            ids = now
        return ids, ""

    def notices(self, tree: Patch, ids: Sequence[str]) -> bool:
        """Whether some test fails on `tree`, and again when asked again."""
        for attempt in range(2):
            report = self._suite().run(self.files.over(tree), self.paths, attempt=attempt)
            if all(report.good(one) for one in ids):
                return False
        return True

    def reached(self, tree: Patch, path: str) -> set[int]:
        """Return the lines of a file that the tests go through."""
        report = self._suite().run(self.files.over(tree), self.paths, coverage=True)
        return set(report.coverage.files.get(path, {})) if report.coverage else set()

    def killed(self, right: Patch, mutants: Sequence[Mutant], ids: Sequence[str]) -> float:
        """Return the share of `mutants` of the tree after `right` that the tests notice."""
        noticed = [self.notices(mutated(self.grader, right, one), ids) for one in mutants]
        return sum(noticed) / len(noticed) if noticed else 0.0

    def _suite(self) -> PytestSuite:
        whole = as_pytest(self.grader.suite)
        share = USUAL_S / max(1, len(self.paths))
        return PytestSuite(
            whole.pool, whole.settings, whole.memory, dict.fromkeys(self.paths, share)
        )


def mutated(grader: Grader, right: Patch, mutant: Mutant) -> Patch:
    """Return the patch from the base tree to the tree after `right` with one mutant in it."""
    text = text_in(grader, right, mutant.path)
    return Patch(files={mutant.path: mutant.apply(text)}).over(right)


def text_in(grader: Grader, tree: Patch, path: str) -> str:
    """Return a file's text in the tree after `tree`; empty where there is none."""
    return (tree.files[path] if path in tree.files else grader.read(path)) or ""


def unsolved(
    task: Task, patch: Patch, *lacks: str, dropped: tuple[str, ...] = (), flags: Sequence[Flag] = ()
) -> Verdict:
    """Return the verdict on a patch that was not worth measuring any further."""
    return Verdict(
        task=task.id,
        patch=patch.content_hash(),
        solved=False,
        flags=tuple(flags),
        dropped=dropped,
        lacks=lacks,
    )


def _harmless(what: str) -> bool:
    return what in _ALLOWED


def _readers(text: str) -> set[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found |= {f"import {item.name}" for item in names}
            case ast.ImportFrom(module=str(module)):
                found.add(f"import {module}")
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in _SOURCES:
                found.add(name)
    return {one for one in found if one in _READERS or one in _SOURCES}
