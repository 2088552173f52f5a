"""What every maker of written tasks works with, and the proofs that they share."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from journeyman.grading.grader import Grader
from journeyman.records import Coverage, Patch, Place, Task, TestResult
from journeyman.records.goal import Goal, Mutant, Repair
from journeyman.records.tried import Outcome, Tried
from journeyman.tasks.breaking import Site, Source, UnparsableError, choose, unchecked, worthy
from journeyman.tasks.prove import SLOW_BROKEN_S, Prover, hide
from journeyman.tasks.steady import steady
from journeyman.tasks.written.draft import Plan, RefusedError
from journeyman.tasks.written.pieces import Piece, classes_of, functions_of, piece_of


@dataclass(frozen=True)
class Workshop:
    """One adopted repository as the makers see it.

    Args:
        prover: Proves breaks of the same base tree; says which tests can judge which lines.
        code_files: Files that tasks may be written from.
        roots: Folders of the repository that modules are imported from (``""`` for its root).
        known: Proven repairs and real fixes, which test-writing starts from.
        texts: Every text file's path, for documentation.
        mutants: Mutants a goal is judged by, at most.
        seed: Seed of all choices.
    """

    prover: Prover
    code_files: tuple[str, ...]
    roots: tuple[str, ...]
    known: tuple[Task, ...] = ()
    texts: tuple[str, ...] = ()
    mutants: int = 12
    seed: int = 0
    cache: dict[str, list[Piece]] = field(default_factory=dict)

    @property
    def grader(self) -> Grader:
        """The judge."""
        return self.prover.grader

    @property
    def runs(self) -> int:
        """How many runs have to agree."""
        return self.prover.runs

    @property
    def coverage(self) -> Coverage:
        """Which test goes through which line."""
        return self.prover.coverage

    def functions(self) -> list[Piece]:
        """Return the functions and methods that tests go through, file by file."""
        return self._pieces("functions", functions_of)

    def classes(self) -> list[Piece]:
        """Return the classes at module level that tests go through."""
        return self._pieces("classes", classes_of)

    def piece(self, plan: Plan) -> Piece:
        """Return what a plan is about."""
        found = piece_of(plan.path, self.prover.read(plan.path), plan.function)
        if found is None:
            raise RefusedError("rejected", "it is not defined there once")
        return found

    def tests_for(self, piece: Piece) -> tuple[str, ...]:
        """Return the tests that can judge a piece; refuse where there is none."""
        start = piece.body[0].lineno if piece.body else piece.first
        tests = self.prover.tests_for([(piece.path, start, piece.last)])
        if not tests:
            raise RefusedError("uncovered", "no quick test that always passes goes through it")
        return tests

    def module(self, path: str) -> str:
        """Return the name that a file is imported by."""
        for root in sorted(self.roots, key=len, reverse=True):
            prefix = f"{root}/" if root else ""
            if path.startswith(prefix):
                name = path.removeprefix(prefix).removesuffix(".py").removesuffix("/__init__")
                return name.replace("/", ".")
        return path.removesuffix(".py").replace("/", ".")

    def attempt(self, plan: Plan, make: Callable[[], Task]) -> Tried:
        """Return what `make` comes to, with its time, a refusal told as an outcome."""
        started = time.perf_counter()
        before = len(self.grader.suite.latencies_s)
        outcome: Outcome = "valid"
        why, task = "", None
        try:
            task = make()
        except RefusedError as refused:
            outcome, why = refused.outcome, refused.why
        return Tried(
            source="written",
            family=plan.kind,
            name=plan.content_hash(),
            outcome=outcome,
            why=why,
            seconds=round(time.perf_counter() - started, 3),
            runs=len(self.grader.suite.latencies_s) - before,
            task=task,
        )

    def failing(
        self, broken: Patch, tests: Sequence[str]
    ) -> tuple[tuple[str, ...], list[TestResult]]:
        """Return the tests that fail on a broken tree, in every run, and what they said.

        Refuses what no test notices, what flakes, and what hangs.
        """
        failing: set[str] = set()
        told: list[TestResult] = []
        for attempt in range(self.runs):
            report = steady(self.grader.suite.run(broken, tests, attempt=attempt))
            now = {test for test in tests if not report.good(test)}
            slow = sum(result.seconds for result in report.results) > SLOW_BROKEN_S
            if report.ending != "finished" or slow:
                raise RefusedError("unfinished", f"the tests on the broken tree: {report.ending}")
            if not now:
                raise RefusedError("survived", "no test notices")
            if attempt and now != failing:
                raise RefusedError("flaky", "other tests fail every time")
            if not attempt:
                told = list(report.results)
            failing = now
        return tuple(sorted(failing)), told

    def passing(self, tree: Patch, tests: Sequence[str]) -> None:
        """Refuse a tree on which not all `tests` pass in every run."""
        for attempt in range(self.runs):
            report = self.grader.suite.run(tree, tests, attempt=attempt)
            bad = [test for test in tests if not report.good(test)]
            if bad:
                raise RefusedError("rejected", f"the change is noticed by {bad[0]}")

    def repair(
        self,
        plan: Plan,
        piece: Piece,
        broken: Patch,
        fix: Patch,
        say: Callable[[list[TestResult]], str],
        labels: tuple[str, ...] = (),
    ) -> Task:
        """Return a proven task whose goal is that tests turn green.

        Args:
            say: Makes the statement of the visible failures.
        """
        tests = self.tests_for(piece)
        failing, told = self.failing(broken, tests)
        hidden = hide(list(failing)) + hide(sorted(set(tests) - set(failing)))
        shown = [one for one in told if one.id in failing and one.id not in hidden]
        errors = [one for one in told if one.outcome == "error" and one.id not in tests]
        task = Task(
            **self.common(plan, piece),
            statement=say(shown or errors),
            broken=broken,
            fix=fix,
            fail_to_pass=failing,
            pass_to_pass=tuple(sorted(set(tests) - set(failing))),
            hidden=tuple(sorted(hidden)),
            labels=labels,
        )
        return self.proven(task)

    def proven(self, task: Task) -> Task:
        """Return `task` if nothing does not solve it and its reference does; refuse otherwise."""
        if self.grader.grade(task, Patch()).solved:
            raise RefusedError("gameable", "the empty patch passes")
        verdict = self.grader.grade(task, task.fix)
        if not verdict.solved:
            said = [*verdict.lacks, *(f"{flag.check}: {flag.detail}" for flag in verdict.flags)]
            raise RefusedError("rejected", f"the reference does not solve it: {'; '.join(said)}")
        return task

    def common(self, plan: Plan, piece: Piece, goal: Goal | None = None) -> dict[str, Any]:
        """Return the fields that are the same in all tasks of a plan."""
        return {
            "repository": self.prover.repository,
            "base": self.prover.base,
            "source": "written",
            "family": plan.kind,
            "quiet": False,
            "place": Place(
                path=piece.path, function=piece.name, first=piece.first, last=piece.last
            ),
            "goal": goal or Repair(kind="repair"),
        }

    def mutants_of(
        self, path: str, function: str, text: str, right: Patch, tests: Sequence[str]
    ) -> tuple[Mutant, ...]:
        """Return mutants of a function that `tests` notice on the tree after `right`.

        `text` is the file in that tree. Refuses a function without a noticeable mutant.
        """
        found = []
        for mutant in self.drawn_mutants(path, function, text):
            broken = Patch(files={path: mutant.apply(text)}).over(right)
            report = self.grader.suite.run(broken, tests)
            if not all(report.good(test) for test in tests):
                found.append(mutant)
            if len(found) == self.mutants:
                break
        if not found:
            raise RefusedError("survived", "its tests notice no mutant of it")
        return tuple(found)

    def drawn_mutants(self, path: str, function: str, text: str) -> list[Mutant]:
        """Return up to twice as many mutants as are wanted, families taking turns."""
        by_family: dict[str, list[Site]] = {}
        source = Source(path, text)
        try:
            sites = [site for site in unchecked(source) if site.function == function]
        except UnparsableError:
            return []
        for site in worthy(sites, lambda _: source):
            if not site.duplicate:
                by_family.setdefault(site.family, []).append(site)
        drawn = choose(by_family, 2 * self.mutants, self.seed, {})
        return [
            Mutant(path=path, start=site.start, end=site.end, replacement=site.replacement)
            for site in drawn
        ]

    def _pieces(self, what: str, find: Callable[[str, str], list[Piece]]) -> list[Piece]:
        if what not in self.cache:
            found = []
            for path in self.code_files:
                lines = self.coverage.files.get(path)
                if lines:
                    found += [
                        piece
                        for piece in find(path, self.prover.read(path))
                        if piece.body
                        and any(n in lines for n in range(piece.body[0].lineno, piece.last + 1))
                    ]
            self.cache[what] = found
        return self.cache[what]


def half(share: float, count: int) -> float:
    """Return about half of what a reference reached of `count`, one of them at least."""
    return max(1, int(share * count / 2)) / count
