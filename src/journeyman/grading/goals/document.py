"""The goal "document": a docstring, judged by running the examples in it.

Nothing but that one docstring may change, by syntax tree. It has to name every parameter; its
examples have to hold on the real code and on its twin, every time, and to fail on the stated share
of mutants of the function, so that a text that says nothing scores nothing. What its prose says is
judged no further.
"""

from __future__ import annotations

import ast
import doctest
import re
import warnings
from typing import TYPE_CHECKING

from journeyman.grading.goals.new_tests import NewTests, mutated, test_flags, text_in, unsolved
from journeyman.grading.goals.write_tests import twin_tree
from journeyman.records import Patch, Task, Verdict
from journeyman.records.goal import Document

if TYPE_CHECKING:
    from journeyman.grading.grader import Grader

PROBE = "test_journeyman_examples.py"
"""Written by the judge; a patch that brings such a file changes more than the docstring."""

_PROBE = '''"""Runs the examples of one docstring."""

import doctest
import importlib


def test_examples():
    module = importlib.import_module({module!r})
    parsed = doctest.DocTestParser().get_doctest({text!r}, dict(vars(module)), "doc", None, 0)
    said = []
    results = doctest.DocTestRunner(verbose=False).run(parsed, out=said.append)
    assert results.attempted and not results.failed, "".join(said)[:500]
'''


def judge(grader: Grader, task: Task, patch: Patch) -> Verdict:
    """Judge a patch that adds one docstring."""
    goal = task.goal
    assert isinstance(goal, Document)
    crossing, dropped = grader.protected.cross(patch)
    before = grader.broken_text(task, goal.path) or ""
    changed = {
        path for path, text in crossing.files.items() if text != grader.broken_text(task, path)
    }
    if changed - {goal.path} or not changed:
        why = "it changes more than that file" if changed else "nothing was changed"
        return unsolved(task, patch, why, dropped=dropped)
    text = docstring(before, crossing.files[goal.path] or "", goal.function)
    if text is None:
        why = f"it changes more than the docstring of {goal.function}, or there is none"
        return unsolved(task, patch, why, dropped=dropped)
    why = _wanting(text, goal)
    if why:
        return unsolved(task, patch, why, dropped=dropped)
    flags = test_flags(Patch(files={goal.path: _code_of(text)}))
    if flags:
        return unsolved(task, patch, dropped=dropped, flags=flags)
    examples = NewTests(grader, Patch(files={PROBE: probe(goal.module, text)}))
    tree = task.broken
    ids, why = examples.passing(tree, goal.runs)
    if not why:
        here = Patch(files={goal.path: text_in(grader, tree, goal.path)})
        _, why = examples.passing(twin_tree(grader, tree, here), goal.runs)
    if why:
        return unsolved(task, patch, f"the examples do not hold: {why}", dropped=dropped)
    noticed = [examples.notices(mutated(grader, tree, one), ids) for one in goal.mutants]
    share = sum(noticed) / len(noticed)
    lacks = (
        () if share >= goal.least else (f"{share:.0%} of mutants noticed, not {goal.least:.0%}",)
    )
    return Verdict(
        task=task.id,
        patch=patch.content_hash(),
        solved=not lacks,
        dropped=dropped,
        lacks=lacks,
        measures={"mutants noticed": share},
    )


def probe(module: str, text: str) -> str:
    """Return a test file that runs the examples of a docstring in the names of a module."""
    return _PROBE.format(module=module, text=text)


def docstring(before: str, after: str, function: str) -> str | None:
    """Return the function's docstring in `after`, if that is all that differs from `before`.

    `None` where anything else does, comments that say how the file is encoded included, or where
    there is no docstring.
    """
    left, right = _parsed(before), _parsed(after)
    if left is None or right is None or _head(before) != _head(after):
        return None
    found = _take_docstring(right, function)
    _take_docstring(left, function)
    return found if ast.dump(left) == ast.dump(right) else None


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _head(text: str) -> list[str]:
    """Return comments that could say in which encoding a file is to be read (PEP 263)."""
    return [line for line in text.splitlines()[:2] if line.lstrip().startswith("#")]


def _take_docstring(tree: ast.Module, function: str) -> str | None:
    """Remove the docstrings of all definitions of `function`; return the last one's."""
    found = None
    for node in _definitions(tree, function.split(".")):
        text = ast.get_docstring(node, clean=True)
        if text is not None:
            found = text
            node.body = node.body[1:] or [ast.Pass()]
    return found


def _definitions(tree: ast.AST, names: list[str]) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    found = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            if node.name == names[0] and len(names) > 1:
                found += _definitions(node, names[1:])
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if names == [node.name]:
                found.append(node)
        elif isinstance(node, ast.stmt | ast.ExceptHandler):
            found += _definitions(node, names)
    return found


def _wanting(text: str, goal: Document) -> str:
    """Say what a docstring lacks that can be told from its text; empty for nothing."""
    unnamed = [name for name in goal.parameters if not re.search(rf"\b{re.escape(name)}\b", text)]
    if unnamed:
        return f"the docstring does not name {', '.join(unnamed)}"
    try:
        examples = doctest.DocTestParser().get_examples(text)
    except ValueError as error:
        return f"its examples cannot be read: {error}"
    if any(example.options or "doctest:" in example.source for example in examples):
        return "its examples switch options of doctest"
    if not any(example.want or example.exc_msg for example in examples):
        return "it shows no example with a result"
    return ""


def _code_of(text: str) -> str:
    examples = doctest.DocTestParser().get_examples(text)
    return "".join(example.source for example in examples)
