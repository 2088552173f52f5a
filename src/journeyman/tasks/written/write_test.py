"""Write the test that fails before a known fix and passes after it, judged on mutants.

Made from proven repairs and real fixes: the bug is in place, and the tests that told of it are gone
from their files. Restored in a file of their own they are the reference, which says how many of the
mutants of the fixed function a test has to notice.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from journeyman.grading.goals.write_tests import judge
from journeyman.records import Patch, Task, digest
from journeyman.records.goal import WriteTests
from journeyman.records.tried import Tried
from journeyman.tasks.written.draft import Plan, RefusedError
from journeyman.tasks.written.pieces import piece_of, with_lines
from journeyman.tasks.written.words import render
from journeyman.tasks.written.workshop import Workshop, half


@dataclass(frozen=True)
class WriteTest:
    """See `journeyman.tasks.written.draft.Maker`; `detail` is the id of the task started from."""

    shop: Workshop

    def plans(self) -> Iterator[Plan]:
        """Yield the known repairs and fixes of a function."""
        for task in sorted(self.shop.known, key=lambda one: digest(["write test", one.id])):
            if task.place.function and task.fail_to_pass:
                where = task.place
                yield Plan(kind="test", path=where.path, function=where.function, detail=task.id)

    def make(self, plan: Plan) -> Tried:
        """Make and prove one task."""
        return self.shop.attempt(plan, lambda: self._make(plan))

    def _make(self, plan: Plan) -> Task:
        known = next(task for task in self.shop.known if task.id == plan.detail)
        read = self.shop.grader.broken_text
        path = plan.path
        fixed = known.fix.files.get(path) or ""
        piece = piece_of(path, fixed, plan.function)
        if piece is None:
            raise RefusedError("rejected", "the fixed function is not defined there once")
        stripped: dict[str, str | None] = {}
        reference: dict[str, str | None] = {}
        for module in sorted({test.split("::")[0] for test in known.fail_to_pass}):
            text = read(known, module) or ""
            own = [test for test in known.fail_to_pass if test.split("::")[0] == module]
            names = {_function(test) for test in own}
            without, alone = less(text, names), only(text, names)
            if without is None or alone is None:
                raise RefusedError("rejected", f"its tests cannot be taken out of {module}")
            stripped[module] = without
            reference[_beside(module, self.shop.texts)] = alone
        broken = Patch(files=stripped).over(known.broken)
        right = known.fix.over(known.broken)
        mutants = self.shop.mutants_of(path, plan.function, fixed, right, known.tests)
        lost = {_function(test) for test in known.fail_to_pass}
        kept = tuple(test for test in known.pass_to_pass if _function(test) not in lost)

        def task(least: float) -> Task:
            goal = WriteTests(
                kind="write tests",
                known_fix=known.fix,
                mutants=mutants,
                least=least,
                runs=self.shop.runs,
            )
            before = known.fix.diff(lambda name: read(known, name))
            folders = sorted({PurePosixPath(name).parent.as_posix() for name in reference})
            return Task(
                **{**self.shop.common(plan, piece, goal), "quiet": known.quiet},
                statement=render(
                    "write_test", piece=piece, diff=before, folders=folders, goal=goal
                ),
                broken=broken,
                fix=Patch(files=reference),
                fail_to_pass=(),
                pass_to_pass=kept,
                identity=False,
                labels=(f"from {known.source}",),
            )

        verdict = judge(self.shop.grader, task(0.0), Patch(files=reference))
        share = verdict.measures.get("mutants noticed", 0.0)
        if not verdict.solved or not share:
            raise RefusedError("rejected", "; ".join(verdict.lacks) or _NO_OTHER)
        return self.shop.proven(task(half(share, len(mutants))))


_NO_OTHER = "the tests of this bug notice no other mutant of the function"


def less(text: str, names: set[str]) -> str | None:
    """Return a test module without the tests `names` (``test_a``, ``Class::test_b``)."""
    return _keep(text, lambda name: name not in names)


def only(text: str, names: set[str]) -> str | None:
    """Return a test module with no other tests than `names`."""
    return _keep(text, lambda name: name in names)


def _keep(text: str, wanted: Callable[[str], bool]) -> str | None:
    """Return the module less the test functions that are not wanted; `None` if unparsable."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    out = [(node, alone) for name, node, alone in _tests(tree) if not wanted(name)]
    for node, alone in sorted(out, key=lambda one: -one[0].lineno):
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        stand_in = f"{' ' * node.col_offset}pass\n" if alone else ""
        text = with_lines(text, first, node.end_lineno or first, stand_in)
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    return text


def _tests(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    """Yield tests by their name in an id, and whether a ``pass`` has to stand where each was."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("test"):
                yield node.name, node, False
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                if inner.name.startswith("test"):
                    yield f"{node.name}::{inner.name}", inner, True


def _function(test: str) -> str:
    """Return a test's name inside its module, without its parameters."""
    return test.partition("::")[2].partition("[")[0]


def _beside(module: str, there: tuple[str, ...]) -> str:
    """Return the path of a new test module next to `module`."""
    pure = PurePosixPath(module)
    stem = pure.stem if pure.stem.startswith("test_") else f"test_{pure.stem}"
    name = f"{stem}_regression.py"
    while (pure.parent / name).as_posix() in there:
        name = name.replace("_regression", "_regression_too")
    return (pure.parent / name).as_posix()
