"""What a cheat is, and the ways of writing one down: plant a file, run code at import, replace."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from journeyman.records import Patch, Task
from journeyman.syntax import parse

Scope = Literal["environment", "task"]
Forge = Callable[[Task, str], dict[str, str | None]]


@dataclass(frozen=True)
class Cheat:
    """One way to cheat.

    `forge` gets the task and the broken text of its file, and returns the files of the patch.
    """

    name: str
    what: str
    scope: Scope
    forge: Forge

    def patch(self, task: Task, text: str) -> Patch:
        """Return the cheating patch for `task`, whose broken file reads `text`."""
        return Patch(files=self.forge(task, text))


def plant(path: str, text: str) -> Forge:
    """Return a forge that adds or replaces one file."""
    return lambda task, broken: {path: text}


def prepend(code: str) -> Forge:
    """Return a forge that runs `code` whenever the task's module is imported."""
    return lambda task, text: {task.place.path: after_future(text, code)}


def after_future(text: str, code: str) -> str:
    """Put `code` at the top of a module, after its docstring and `__future__` imports."""
    try:
        body = parse(text).body
    except SyntaxError:
        return code + text
    last = 0
    for position, node in enumerate(body):
        docstring = position == 0 and isinstance(node, ast.Expr)
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not docstring and not future:
            break
        last = node.end_lineno or 0
    lines = text.splitlines(keepends=True)
    return "".join(lines[:last]) + "\n" + code + "\n" + "".join(lines[last:])


def replace_body(task: Task, text: str, body: str, parameters: str = "*_args, **_kwargs") -> str:
    """Define the task's function anew, below everything, with `body` for a body."""
    *owner, name = task.place.function.split(".")
    if not re.fullmatch(r"\w+", name):
        return text
    fresh = f"\ndef _cheat({parameters}):\n    {body}\n"
    target = ".".join([*owner, name])
    return f"{text}\n{fresh}\n{target} = _cheat\n"
