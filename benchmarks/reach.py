"""Is the repair of a bug something that the grammar of moves can say at all, and was it offered?

A repair counts as the reference when it leads to the base tree's syntax tree; spacing and comments
may differ (cosmic-ray writes ``x[ 1]`` for ``x[0]``).
"""

from __future__ import annotations

import ast
import textwrap
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from journeyman.agent.policy.apprentice.case import make_case, suspicious_files
from journeyman.agent.policy.apprentice.grammar import moves
from journeyman.agent.policy.apprentice.move import Move
from journeyman.exam.sitting import broken_lines
from journeyman.records import Patch, Task
from journeyman.rollout.attempt import Arena

_NO_LIMIT = 100_000


@dataclass(frozen=True)
class Reach:
    """Whether one move repairs the bug: of all the grammar's, and of those the policies chose from.

    The latter can be fewer (the file was not among those opened, too many moves elsewhere).
    """

    in_grammar: bool
    offered: bool


def reach(task: Task, arena: Arena) -> Reach:
    """Return how far the grammar reaches for one task (its test run is taken from the store)."""
    path = task.place.path
    broken, base = task.broken.files[path] or "", task.fix.files[path] or ""
    lines = broken_lines(task, path)
    places = {path: dict.fromkeys(lines, 1.0)}
    if not _restored(moves({path: broken}, places, _NO_LIMIT), task, broken, base):
        return Reach(in_grammar=False, offered=False)
    view = arena.view(task)
    report = arena.grader.visible(task, Patch(), coverage=True)
    case = make_case(view, report, suspicious_files(view, report))
    near = (
        move
        for move in case.moves
        if move.path == path and move.line <= lines[-1] + 1 and move.last >= lines[0] - 1
    )
    return Reach(in_grammar=True, offered=_restored(near, task, broken, base))


def _restored(found: Iterable[Move], task: Task, broken: str, base: str) -> bool:
    texts = (broken[: move.start] + move.new + broken[move.end :] for move in found)
    wanted = _shape(base, task, base)
    return any(text == base or _shape(text, task, base) == wanted for text in texts)


def _shape(text: str, task: Task, base: str) -> str:
    """Return the syntax tree of the task's function as `text` has it, without any positions."""
    last = task.place.last + text.count("\n") - base.count("\n")
    part = "\n".join(text.split("\n")[task.place.first - 1 : last])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.dump(ast.parse(textwrap.dedent(part)))
        except SyntaxError:  # a text in it that is indented less than the code, or a bad move
            try:
                return ast.dump(ast.parse(text))
            except SyntaxError:
                return ""
