"""Which changes of a history could become tasks, told without running anything.

A *change* is a commit; or a merge of a branch, taken as one change, where no commit of the branch
brings code together with a test. A *fix with tests* is a change whose message speaks of a fix (see
`message.FIX`, or ``fixes #12``, or a branch named so) and that touches both code and tests. Other
changes that touch both are *features with tests*. Everything else is none of our business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal

from journeyman.repository.git import Change, Git
from journeyman.repository.walk import Step, walk
from journeyman.tasks.history.message import Message, read_message
from journeyman.tasks.history.paths import language, names_version, role
from journeyman.tasks.history.syntax import same_program

DEFINITION = (
    "a fix with tests is a commit that changes both a code file and a test file, and whose subject "
    "speaks of a fix (fix, bug, crash, wrong, incorrect, broken, regression, repair, correct, "
    "fail, leak, infinite), whose message says 'fixes #N', or that merges a branch named after a "
    "fix. A merged branch counts once, as a whole, if none of its own commits changes both; merges "
    "of the main line into a branch do not count"
)
"""What the share of proven questions is a share of."""

ASKED_LANGUAGES = frozenset({"python"})
"""Languages whose tests can be run."""

Kind = Literal["fix", "feature"]

LOOK_BACK = 2000
"""Commits looked through for fixes that an exam can ask."""


@dataclass(frozen=True)
class Candidate:
    """A change with code and tests. `why` says why it is none after all; empty for a good one."""

    step: Step
    message: Message
    kind: Kind
    why: str = ""

    @property
    def id(self) -> str:
        """The commit's name."""
        return self.step.commit.id

    @property
    def before(self) -> str:
        """The commit of the main line that knows nothing of this change."""
        return self.step.before or ""

    @property
    def family(self) -> str:
        """What tasks made of it are counted under."""
        return f"real {self.kind}"


@dataclass(frozen=True)
class Walked:
    """A history's end, sorted out: all `commits` looked at, those with code and tests, the rest."""

    commits: int
    merges: int
    cut: bool
    candidates: tuple[Candidate, ...]
    """Newest first; among them those with a reason `why` not."""
    passed_over: dict[str, int]
    """What the other changes were, counted."""


def survey(
    git: Git,
    revision: str,
    *,
    commits: int | None,
    since: str = "",
    most_files: int = 10,
    read: bool = True,
) -> Walked:
    """Walk the history and sort out which changes could become tasks.

    Args:
        commits: How many of the newest commits to look at; `None` for all.
        most_files: Changes of more code files than this are too large to be one fix.
        read: Whether the code is looked at too, which takes longest.
    """
    steps = list(walk(git, revision, commits, since))
    taken_back = _taken_back(steps)
    passed: dict[str, int] = {}
    kept: list[Candidate] = []
    usable: set[str] = set()
    # Commits come before the merges that brought them, so that a merge knows of its branch.
    for step in reversed(steps):
        what = _what(step, usable)
        if what:
            passed[what] = passed.get(what, 0) + 1
            continue
        usable.add(step.commit.id)
        message = read_message(step.commit)
        candidate = Candidate(step, message, "fix" if message.fix else "feature")
        kept.append(replace(candidate, why=reason_against(candidate, taken_back, most_files)))
    if read:
        kept = _judged_by_text(kept, git)
    kept.reverse()
    return Walked(
        commits=len(steps),
        merges=sum(step.merge for step in steps),
        cut=any(step.cut for step in steps),
        candidates=tuple(kept),
        passed_over=dict(sorted(passed.items())),
    )


def later_fixes(git: Git, revision: str, most: int, commits: int = LOOK_BACK) -> list[Candidate]:
    """Return up to `most` of the newest fixes with tests that nothing speaks against, newest first.

    What was before the oldest of them (`Candidate.before`) lies on the main line, and none of them
    has come in there.
    """
    if most <= 0:
        return []
    walked = survey(git, revision, commits=commits, read=False)
    likely = [one for one in walked.candidates if one.kind == "fix" and not one.why and one.before]
    likely = by_landing(likely, walked)
    found: list[Candidate] = []
    for first in range(0, len(likely), most):
        judged = _judged_by_text(likely[first : first + most], git)
        found += [one for one in judged if not one.why]
        if len(found) >= most:
            break
    return found[:most]


def by_landing(candidates: Sequence[Candidate], walked: Walked) -> list[Candidate]:
    """Return candidates by when they came into the main line, latest first."""
    order: dict[str, int] = {}
    for one in walked.candidates:
        order.setdefault(one.step.landed, len(order))
    return sorted(candidates, key=lambda one: order[one.step.landed])


def _what(step: Step, usable: set[str]) -> str:
    """Say what a change is that is no candidate; nothing for one with code and tests."""
    if step.cut:
        return "where the history is cut off (a shallow clone): what was before is not there"
    changes = step.commit.changes
    if not step.commit.parents:
        return "the first commit"
    if step.merge and not step.branch:
        return "merges that bring nothing of their own (the main line into a branch)"
    if step.merge and usable & set(step.branch):
        return "merges whose branch has commits that stand for themselves"
    if not changes:
        return "empty commits"
    roles = {role(change.path) for change in changes}
    if "code" in roles and "test" in roles:
        return ""
    return _without_both(roles)


def _without_both(roles: Set[str]) -> str:
    if "code" in roles:
        return "code without a test"
    if "test" in roles:
        return "tests without code"
    for only, named in (
        ({"docs"}, "documentation only"),
        ({"generated"}, "generated or vendored files only"),
        ({"project"}, "build and settings only (versions, dependencies, checks)"),
    ):
        if roles <= only:
            return named
    return "neither code nor tests"


def reason_against(candidate: Candidate, taken_back: frozenset[str], most_files: int) -> str:
    """Say why a change with code and tests would make a bad task, as far as the log tells."""
    message, commit = candidate.message, candidate.step.commit
    changes = commit.changes
    code = _code(candidate)
    if message.revert:
        return "it takes back an earlier commit"
    if any(commit.id.startswith(name) for name in taken_back):
        return "it was taken back later"
    if message.release or _only_version(code, message):
        return "a release: it only moves the version"
    if message.bump:
        return "it only moves a dependency"
    if _mass_rename(changes):
        return "a mass rename"
    if len(code) > most_files:
        return f"too large to be one change: more than {most_files} code files"
    if all(change.status == "D" for change in code):
        return "it only deletes code"
    others = sorted({language(change.path) for change in code} - ASKED_LANGUAGES)
    if others:
        return f"its code is {' and '.join(others)}, whose tests cannot be asked yet"
    binary = [c.path for c in changes if c.binary and role(c.path) in ("code", "other")]
    if binary:
        return "it changes a binary file of the package, which a patch of text cannot carry"
    return ""


def _judged_by_text(candidates: Sequence[Candidate], git: Git) -> list[Candidate]:
    """Return the candidates, told which of them change nothing that a test could notice.

    All files are read together: asking Git for each costs more than everything else.
    """
    open_ones = [candidate for candidate in candidates if not candidate.why]
    names = {
        name
        for candidate in open_ones
        for change in _code(candidate)
        for name in (change.before, change.after)
        if name
    }
    order = sorted(names)
    texts = dict(zip(order, git.objects(order), strict=True))
    return [
        candidate if candidate.why else replace(candidate, why=_reason_of_text(candidate, texts))
        for candidate in candidates
    ]


def _reason_of_text(candidate: Candidate, texts: Mapping[str, bytes]) -> str:
    try:
        pairs = [
            [texts[name].decode("utf-8") if name else None for name in (one.before, one.after)]
            for one in _code(candidate)
        ]
    except UnicodeDecodeError:
        return "its code is not UTF-8 text"
    if all(old is not None and new is not None and same_program(old, new) for old, new in pairs):
        return "only formatting, comments, docstrings or annotations"
    return ""


def _code(candidate: Candidate) -> list[Change]:
    return [change for change in candidate.step.commit.changes if role(change.path) == "code"]


def _taken_back(steps: Iterable[Step]) -> frozenset[str]:
    return frozenset(name for name in map(_reverted, steps) if name)


def _reverted(step: Step) -> str:
    message = read_message(step.commit)
    return message.reverts if message.revert else ""


def _only_version(code: Sequence[Change], message: Message) -> bool:
    small = all(change.added <= 2 and change.removed <= 2 for change in code)
    return not message.fix and small and all(names_version(change.path) for change in code)


def _mass_rename(changes: Sequence[Change], many: int = 10) -> bool:
    moved = [change for change in changes if change.status == "R"]
    return len(moved) >= many and 2 * len(moved) >= len(changes)
