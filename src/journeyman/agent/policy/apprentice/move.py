"""A move: one replacement of text in one file, sayable as one call of the edit tool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from journeyman.agent.policy.apprentice.source import Source
from journeyman.records import Action


class Change(NamedTuple):
    """What a rule of the grammar proposes: put `new` where `start:end` of the text is.

    `before` and `after` are the names (or operators, or constants) exchanged, where there are any.
    """

    start: int
    end: int
    new: str
    kind: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A change at its place: characters `start:end` of the file at `path` become `new`.

    `line` (from 1) is the statement's first line, which is where its suspiciousness was looked up;
    `last` the last line of its header. `statement` is the kind of that statement.
    """

    path: str
    function: str
    line: int
    last: int
    start: int
    end: int
    old: str
    new: str
    kind: str
    before: str
    after: str
    statement: str


class LineEdit(NamedTuple):
    """Whole lines `old`, beginning at `line` (from 1), become whole lines `new`; neither empty."""

    line: int
    old: str
    new: str


def line_edit(source: Source, move: Move) -> LineEdit:
    """Return `move` in whole lines; a neighbouring line comes along where one side is empty."""
    first, last = source.line_of(move.start), source.line_of(max(move.start, move.end - 1))
    text = source.text

    def lines() -> tuple[str, str]:
        start, end = source.starts[first - 1], source.starts[last]
        return text[start:end], text[start : move.start] + move.new + text[move.end : end]

    old, new = lines()
    if not old or not new:
        last, first = (last + 1, first) if last < len(source.lines) else (last, max(1, first - 1))
        old, new = lines()
    return LineEdit(first, old, new)


def edit_action(path: str, edit: LineEdit) -> Action:
    """Return the call of the edit tool that does `edit`."""
    return _action("edit", path=path, old=edit.old, new=edit.new, line=edit.line)


def undo_action(path: str, edit: LineEdit) -> Action:
    """Return the call of the edit tool that takes `edit` back."""
    return _action("edit", path=path, old=edit.new, new=edit.old, line=edit.line)


def _action(tool: str, **arguments: Any) -> Action:
    return Action(tool=tool, arguments=arguments)
