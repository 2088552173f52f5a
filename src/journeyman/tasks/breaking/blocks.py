"""Moving statements about: margins, neighbours, and blocks taken out of what is around them."""

from __future__ import annotations

import libcst as cst

from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


def margin(source: Source, statement: cst.CSTNode) -> str:
    """Return what stands before a statement on its line: its indentation."""
    start = source.span(statement)[0]
    return source.text[source.line_starts[source.line(statement) - 1] : start]


def siblings(source: Source, statement: cst.CSTNode) -> list[cst.CSTNode]:
    """Return the statements of the indented block that `statement` is in, itself included."""
    block = source.parent(statement)
    return list(block.body) if isinstance(block, cst.IndentedBlock) else []


def following(source: Source, statement: cst.CSTNode) -> cst.CSTNode | None:
    """Return the statement after `statement` in its block, if there is one."""
    beside = siblings(source, statement)
    after = beside.index(statement) + 1 if statement in beside else len(beside)
    return beside[after] if after < len(beside) else None


def preceding(source: Source, statement: cst.CSTNode) -> cst.CSTNode | None:
    """Return the statement before `statement` in its block, if there is one."""
    beside = siblings(source, statement)
    at = beside.index(statement) if statement in beside else 0
    return beside[at - 1] if at else None


def unwrapped(
    source: Source, statement: cst.CSTNode, body: cst.BaseSuite, before: str, detail: str
) -> Edit | None:
    """Return the edit that puts the lines of `body` in the place of the whole `statement`.

    `before` is one more statement in front of them, or empty. `None` where the lines cannot be
    moved without changing what they mean (strings over several lines) or there are none.
    """
    if not isinstance(body, cst.IndentedBlock) or not siblings(source, statement):
        return None
    outer, inner = margin(source, statement), margin(source, body.body[0])
    start, _ = source.whole(body.body[0])
    _, end = source.whole(body.body[-1])
    text = source.text[start:end]
    if any(mark in text for mark in ('"""', "'''", "\\\n", "\\\r")):
        return None
    lines = [
        outer + line[len(inner) :] if line.startswith(inner) else line
        for line in text.splitlines(keepends=True)
    ]
    newline = "\r\n" if "\r\n" in text else "\n"
    first = f"{outer}{before}{newline}" if before else ""
    whole_start, whole_end = source.whole(statement)
    return Edit(whole_start, whole_end, first + "".join(lines), detail)
