"""Replay the reference against a patch on the inputs the tests use.

A hard-coded answer passes the tests it was made for by definition. Here both trees run the task's
tests while every call of the functions in question is recorded; for the same arguments both must
have given the same result. Results that the reference itself does not give twice are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from journeyman.records import Flag, Patch, Task
from journeyman.sandbox.testing.pytest_suite import PytestSuite
from journeyman.understanding.functions import functions

Calls = dict[str, dict[str, set[str]]]


def changed_functions(
    patch: Patch, before: Callable[[str], str | None]
) -> tuple[tuple[str, str], ...]:
    """Return (path, plain name) of the existing functions whose text `patch` changes.

    New functions are left out: another fix need not have them.
    """
    changed = set()
    for path, text in patch.files.items():
        old = {item.qualname: item.text for item in functions(path, before(path) or "")}
        new = {item.qualname: item.text for item in functions(path, text or "")}
        changed |= {
            (path, name.rsplit(".", 1)[-1])
            for name in old
            if old[name] != new.get(name)
        }
    return tuple(sorted(changed))


def replay(
    suite: PytestSuite,
    task: Task,
    reference: Patch,
    candidate: Patch,
    watch: Sequence[tuple[str, str]],
) -> tuple[Flag, ...]:
    """Compare two trees call by call; return a flag for each function that answers otherwise.

    Args:
        reference: From the base tree to the tree with the reference fix.
        candidate: From the base tree to the tree under judgement.
    """
    if not watch:
        return ()
    first = _by_arguments(suite.calls(reference, task.tests, watch)[1])
    second = _by_arguments(suite.calls(reference, task.tests, watch)[1])
    theirs = _by_arguments(suite.calls(candidate, task.tests, watch)[1])
    if any(first.values()) and not any(theirs.values()):
        names = ", ".join(sorted(first))
        return (Flag(check="replay", detail=f"the tests no longer get to {names}"),)
    found = []
    for function, calls in first.items():
        steady = {given: got for given, got in calls.items() if second[function].get(given) == got}
        answers = theirs.get(function, {})
        shared = [given for given in steady if given in answers]
        wrong = [given for given in shared if answers[given] != steady[given]]
        if wrong:
            detail = f"{function} answers {len(wrong)} of {len(shared)} inputs unlike the reference"
            found.append(Flag(check="replay", detail=detail))
    return tuple(found)


def _by_arguments(calls: dict[str, list[list[str]]]) -> Calls:
    table: Calls = {}
    for function, pairs in calls.items():
        answers = table.setdefault(function, {})
        for given, got in pairs:
            answers.setdefault(given, set()).add(got)
    return table
