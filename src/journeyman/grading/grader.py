"""Is this patch right? Asked in a fresh sandbox, of tests that the patch cannot touch."""

from __future__ import annotations

from collections.abc import Callable

from journeyman.grading import goals
from journeyman.grading.guard import flags
from journeyman.grading.protected import Protected
from journeyman.grading.quick import Quick
from journeyman.grading.replay import changed_functions, replay
from journeyman.records import Flag, Patch, Task, TestReport, Verdict
from journeyman.sandbox.testing.suite import Suite, Traced

Look = Callable[[Patch, Callable[[str], str | None], Patch | None], tuple[Flag, ...]]
"""A static look through a patch: the patch, a reader of files before it, the reference fix."""


class Grader:
    """Turns a task and a patch into a verdict.

    Only the patch's text crosses over; tests and their configuration are the base tree's. A test
    that was expected and did not report has failed; so has everything in a run that did not come
    to its own end.

    Args:
        look: The static look through a green patch; that for Python by default. A suite that can
            record calls is also asked to replay the reference (see `grading.replay`).
    """

    def __init__(
        self,
        suite: Suite,
        protected: Protected,
        read: Callable[[str], str | None],
        quick: Quick | None = None,
        look: Look | None = None,
    ) -> None:
        self.suite = suite
        self.protected = protected
        self.quick = quick
        self.read = read
        self._look = look or flags

    def grade(self, task: Task, patch: Patch) -> Verdict:
        """Judge `patch`, which leads from the task's broken tree to the one to be judged."""
        judge = goals.judge_of(task)
        return judge(self, task, patch) if judge is not None else self.repair(task, patch)

    def repair(self, task: Task, patch: Patch) -> Verdict:
        """Judge `patch` by the task's tests, whatever else its goal asks for."""
        crossing, dropped = self.protected.cross(patch)
        whole = self._trim(crossing.over(task.broken))
        report = self.suite.run(whole, task.tests)
        missing = tuple(test for test in task.tests if test not in report.by_id)
        failed = tuple(test for test in task.tests if not report.good(test) and test not in missing)
        raised: tuple[Flag, ...] = ()
        if not missing and not failed:
            raised = self._cheats(task, crossing, whole)
        return Verdict(
            task=task.id,
            patch=patch.content_hash(),
            solved=not (missing or failed or raised),
            missing=missing,
            failed=failed,
            ending=report.ending,
            flags=raised,
            dropped=dropped,
            seconds=round(report.seconds, 3),
        )

    def visible(
        self, task: Task, patch: Patch, *, coverage: bool = False, quick: bool = False
    ) -> TestReport:
        """Run the tests the agent may see on its tree (what its `run_tests` tool answers).

        With `quick`, failures may be found without isolation; see `journeyman.grading.quick`.
        """
        crossing, _ = self.protected.cross(patch)
        own = goals.own_tests(self, task, patch)
        whole = self._trim(own.over(crossing).over(task.broken))
        if quick and self.quick is not None and not coverage and not own.files:
            report = self.quick.failure(whole, task.visible)
            if report is not None:
                return report
        return self.suite.run(whole, (*task.visible, *own.files), coverage=coverage)

    def _cheats(self, task: Task, crossing: Patch, whole: Patch) -> tuple[Flag, ...]:
        reference = self._trim(task.fix.over(task.broken))
        if whole == reference:
            return ()
        raised = self._look(crossing, lambda path: self.broken_text(task, path), task.fix)
        if raised or not isinstance(self.suite, Traced):
            return raised
        watch = changed_functions(task.fix, lambda path: self.broken_text(task, path))
        return replay(self.suite, task, reference, whole, watch)

    def broken_text(self, task: Task, path: str) -> str | None:
        """Return a file as the task's agent finds it."""
        if path in task.broken.files:
            return task.broken.files[path]
        return self.read(path)

    def _trim(self, patch: Patch) -> Patch:
        """Drop files that end up as the base tree has them, so that equal trees are equal runs."""
        return Patch(
            files={path: text for path, text in patch.files.items() if text != self.read(path)}
        )
