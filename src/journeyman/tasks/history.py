"""Exam questions from what really happened: fixes whose tests turn from red to green.

A question is asked on the practice base's environment: the tree just before the fix, with the
tests that came with the fix. It is kept only if those tests fail there and pass after the fix, in
every one of several runs. Questions are later in time than anything practised on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from journeyman.grading.grader import Grader
from journeyman.records import Patch, Place, Record, Task, TestReport
from journeyman.repository.git import Commit, Git
from journeyman.tasks.prove import hide
from journeyman.understanding.functions import Function, functions

LOOK_BACK = 2000
MOST_CODE_FILES = 3
MOST_TESTS = 40

_FIX = re.compile(r"\b(fix(e[sd])?|bug|crash|wrong|incorrect|regress\w*|issue|error|#\d+)\b", re.I)


class Examined(Record):
    """What became of one commit that looked like a fix; `why` is empty for a question."""

    commit: str
    subject: str
    why: str
    task: Task | None = None


@dataclass(frozen=True)
class FileKinds:
    """What the files of a language's repositories are, told by their paths alone.

    `is_module` says which tests can be run by themselves, `functions` returns a file's outermost
    functions, `suffixes` are those of source files.
    """

    suffixes: tuple[str, ...]
    is_test: Callable[[str], bool]
    is_code: Callable[[str], bool]
    is_module: Callable[[str], bool]
    functions: Callable[[str, str], list[Function]]


def later_fixes(git: Git, head: str, most: int, kinds: FileKinds | None = None) -> list[Commit]:
    """Return up to `most` of the newest commits that look like a fix with its test, newest first.

    Only what can be told without running anything: one parent, a subject that speaks of a fix, at
    most three code files and at least one test file changed, of the kinds that count (Python's
    where none are given).
    """
    if most <= 0:
        return []
    kinds = kinds or PYTHON
    found = []
    for commit in git.log(head, LOOK_BACK):
        if len(commit.parents) == 1 and _looks_like_fix(commit, kinds):
            found.append(commit)
            if len(found) == most:
                break
    return found


@dataclass(frozen=True)
class Historian:
    """Turns commits into proven questions.

    Args:
        base: The commit practised on, whose tree and environment every question is asked in.
    """

    repository: str
    base: str
    git: Git
    grader: Grader
    runs: int
    read: Callable[[str], str | None]
    language: str = "python"
    kinds: FileKinds | None = None

    def question(self, commit: Commit) -> Examined:
        """Prove one commit to be a question, or say why it is none."""
        kinds = self.kinds or PYTHON
        parent = self._difference(commit.parents[0])
        after = self._difference(commit.id)
        if parent is None or after is None:
            return self._none(commit, "it changes files that are not UTF-8 text")
        tests = tuple(change.path for change in commit.changes if kinds.is_test(change.path))
        code = tuple(change.path for change in commit.changes if kinds.is_code(change.path))
        broken = Patch(
            files={**parent.files, **{p: after.files.get(p, self.read(p)) for p in tests}}
        )
        fix = Patch(files={path: after.files.get(path, self.read(path)) for path in code})
        modules = [path for path in tests if kinds.is_module(path)]
        good = self._agreed(fix.over(broken), modules)
        bad = self._agreed(broken, modules)
        if good is None or bad is None:
            return self._none(commit, "its tests do not give the same result every time")
        turned = sorted(good - bad)
        if not turned:
            return self._none(commit, "no test turns from red to green in this environment")
        task = self._task(commit, broken, fix, code, turned, sorted(good & bad)[:MOST_TESTS])
        if self.grader.grade(task, Patch()).solved:
            return self._none(commit, "the empty patch passes")
        if not self.grader.grade(task, fix).solved:
            return self._none(commit, "the real fix does not pass as a patch to code alone")
        return Examined(commit=commit.id, subject=commit.subject, why="", task=task)

    def _task(
        self,
        commit: Commit,
        broken: Patch,
        fix: Patch,
        code: Sequence[str],
        turned: list[str],
        kept: list[str],
    ) -> Task:
        def before(path: str) -> str:
            return (broken.files[path] if path in broken.files else self.read(path)) or ""

        return Task(
            repository=self.repository,
            base=self.base,
            source="history",
            family="real fix",
            quiet=False,
            language=self.language,
            statement="\n\n".join(part for part in (commit.subject, commit.body.strip()) if part),
            broken=broken,
            fix=fix,
            place=_place(
                code, before, lambda path: fix.files.get(path) or "", self.kinds or PYTHON
            ),
            fail_to_pass=tuple(turned),
            pass_to_pass=tuple(kept),
            hidden=tuple(sorted(hide(turned) + hide(kept))),
            identity=False,
        )

    def _agreed(self, patch: Patch, modules: Sequence[str]) -> set[str] | None:
        """Return the tests of `modules` that pass in every run; `None` when runs disagree."""
        agreed: set[str] | None = None
        for attempt in range(self.runs):
            report: TestReport = self.grader.suite.run(patch, modules, attempt=attempt)
            passing = {result.id for result in report.results if report.good(result.id)}
            if agreed is not None and passing != agreed:
                return None
            agreed = passing
        return agreed

    def _difference(self, commit: str) -> Patch | None:
        """Return the patch from the base tree to `commit`'s; `None` if it is not all text."""
        names = self.git.run("diff", "--name-only", "-z", "--no-renames", self.base, commit)
        files: dict[str, str | None] = {}
        for raw in names.split(b"\0")[:-1]:
            path = raw.decode("utf-8", "replace")
            content = self.git.read(commit, path)
            try:
                files[path] = None if content is None else content.decode()
            except UnicodeDecodeError:
                if path.endswith((self.kinds or PYTHON).suffixes):
                    return None
        return Patch(files=files)

    def _none(self, commit: Commit, why: str) -> Examined:
        return Examined(commit=commit.id, subject=commit.subject, why=why)


def _looks_like_fix(commit: Commit, kinds: FileKinds) -> bool:
    tests = [change for change in commit.changes if kinds.is_test(change.path)]
    code = [change for change in commit.changes if kinds.is_code(change.path)]
    return (
        bool(_FIX.search(commit.subject))
        and bool(tests)
        and 1 <= len(code) <= MOST_CODE_FILES
        and all(change.status in "AM" for change in (*tests, *code))
    )


def _is_test(path: str) -> bool:
    pure = PurePosixPath(path)
    inside = bool({"tests", "test", "testing"} & set(pure.parts[:-1]))
    return pure.suffix == ".py" and (inside or pure.name.startswith("test_"))


def _is_code(path: str) -> bool:
    parts = PurePosixPath(path).parts
    outside = parts[0] in ("docs", "doc", "examples", "benchmarks", "tools", "scripts")
    aside = parts[-1] in ("setup.py", "noxfile.py", "conftest.py", "__about__.py", "_version.py")
    return path.endswith(".py") and not _is_test(path) and not outside and not aside


def _place(
    code: Sequence[str],
    before: Callable[[str], str],
    after: Callable[[str], str],
    kinds: FileKinds,
) -> Place:
    """Return the first function that the fix changes, or the first file."""
    for path in code:
        old = {function.qualname: function for function in kinds.functions(path, before(path))}
        for function in kinds.functions(path, after(path)):
            was = old.get(function.qualname)
            if was is not None and was.text != function.text:
                return Place(path=path, function=was.qualname, first=was.first, last=was.last)
    return Place(path=code[0], function="", first=1, last=1)


PYTHON = FileKinds(
    suffixes=(".py",),
    is_test=_is_test,
    is_code=_is_code,
    is_module=lambda path: PurePosixPath(path).name.startswith("test"),
    functions=functions,
)
