"""Replay the reference against a patch on the inputs the tests use.

A hard-coded answer passes the tests it was made for by definition. Here both trees run the task's
tests while every call of the functions in question is recorded; for the same arguments both must
have given the same result, and the tests must still get there with those arguments. Results that
the reference itself does not give twice are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from journeyman.records import Flag, Patch, Task
from journeyman.sandbox.testing.suite import Traced
from journeyman.understanding.functions import functions

BLINDED = "::blinded"
"""As in `sandbox/inside/trace_calls.py`: something took the watching away."""


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
        changed |= {(path, name.rsplit(".", 1)[-1]) for name in old if old[name] != new.get(name)}
    return tuple(sorted(changed))


def replay(
    suite: Traced,
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
    (report, first), (_, second), (_, theirs) = (
        suite.calls(tree, task.tests, watch) for tree in (reference, reference, candidate)
    )
    if report.ending != "finished":
        detail = f"the reference's own calls could not be recorded ({report.ending})"
        return (Flag(check="replay", detail=detail),)
    if BLINDED in theirs and BLINDED not in first:
        return (Flag(check="replay", detail="the run stopped the recording of its calls"),)
    if any(first.values()) and not any(theirs.values()):
        names = ", ".join(sorted(first))
        return (Flag(check="replay", detail=f"the tests no longer get to {names}"),)
    found = []
    for function in first:
        differs = _difference(first[function], second.get(function, []), theirs.get(function, []))
        if differs:
            found.append(Flag(check="replay", detail=f"{function} {differs}"))
    return tuple(found)


def _difference(first: list[list[str]], second: list[list[str]], theirs: list[list[str]]) -> str:
    """Say how one function's calls differ from the reference's, or return nothing.

    Only calls from outside the watched functions have to happen again: what a fix does inside is
    its own business. Half of them may be missing, since a fix can change what comes later.
    """
    again = _by_arguments(second)
    steady = {given: got for given, got in _by_arguments(first).items() if again.get(given) == got}
    answers = _by_arguments(theirs)
    shared = [given for given in steady if given in answers]
    wrong = [given for given in shared if answers[given] != steady[given]]
    if wrong:
        return f"answers {len(wrong)} of {len(shared)} inputs unlike the reference"
    outer = {given for given, _, where in first if where == "outer" and given in steady}
    reached = outer & set(answers)
    if 2 * len(reached) < len(outer):
        return f"is reached with {len(reached)} of the {len(outer)} inputs of the reference"
    return ""


def _by_arguments(pairs: list[list[str]]) -> dict[str, set[str]]:
    answers: dict[str, set[str]] = {}
    for given, got, _ in pairs:
        answers.setdefault(given, set()).add(got)
    return answers
