"""Take the body of a function, a method or all of a class out, and have it rebuilt.

Signature and docstring stay; `raise NotImplementedError` stands in for the body. Kept only where
tests fail without it, and where no body of one line (nothing, an argument given back) passes them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from journeyman.records import Patch, Task, TestResult
from journeyman.records.tried import Tried
from journeyman.tasks.written.draft import Plan, RefusedError
from journeyman.tasks.written.pieces import (
    Definition,
    Piece,
    body_lines,
    piece_of,
    statements,
    with_lines,
)
from journeyman.tasks.written.words import render
from journeyman.tasks.written.workshop import Workshop
from journeyman.understanding.signatures import parameters

LEAST_STATEMENTS = 3
"""What is smaller is rebuilt by reading the tests."""

LEAST_METHODS, MOST_STATEMENTS = 2, 120


@dataclass(frozen=True)
class Rebuild:
    """See `journeyman.tasks.written.draft.Maker`."""

    shop: Workshop

    def plans(self) -> Iterator[Plan]:
        """Yield functions and methods, then classes."""
        for piece in self.shop.functions():
            if LEAST_STATEMENTS <= statements(piece.body) <= MOST_STATEMENTS:
                kind = "method" if piece.owner else "function"
                yield Plan(kind="rebuild", path=piece.path, function=piece.name, detail=kind)
        for piece in self.shop.classes():
            fits = LEAST_STATEMENTS <= statements(piece.body) <= MOST_STATEMENTS
            if fits and len(piece.methods) >= LEAST_METHODS:
                yield Plan(kind="rebuild", path=piece.path, function=piece.name, detail="class")

    def make(self, plan: Plan) -> Tried:
        """Make and prove one task."""
        return self.shop.attempt(plan, lambda: self._make(plan))

    def _make(self, plan: Plan) -> Task:
        piece = self.shop.piece(plan)
        broken = stubbed(piece)
        if broken is None:
            raise RefusedError("rejected", "its body shares a line with its header")

        def say(failures: list[TestResult]) -> str:
            return render("rebuild", piece=piece, what=plan.detail, failures=failures)

        fix = Patch(files={piece.path: piece.text})
        task = self.shop.repair(
            plan, piece, Patch(files={piece.path: broken}), fix, say, (plan.detail,)
        )
        for body in trivial_bodies(piece):
            text = with_bodies(piece.path, broken, piece.name, body)
            if text and self.shop.grader.grade(task, Patch(files={piece.path: text})).solved:
                raise RefusedError("too easy", f"`{body}` passes its tests")
        return task


def stubbed(piece: Piece) -> str | None:
    """Return the file with the body, or the bodies of all methods, taken out."""
    return with_bodies(piece.path, piece.text, piece.name, "raise NotImplementedError")


def with_bodies(path: str, text: str, name: str, body: str) -> str | None:
    """Return a file with one line for the body of a function, or of each method of a class."""
    piece = piece_of(path, text, name)
    if piece is None:
        return None
    nodes = [piece.node] if isinstance(piece.node, Definition) else list(piece.methods)
    for node in sorted(nodes, key=lambda one: -one.lineno):
        span = body_lines(node, text)
        if span is None:
            if behind_nothing(node):
                continue
            return None
        indent = " " * node.body[-1].col_offset
        text = with_lines(text, *span, f"{indent}{body}\n")
    return text


def behind_nothing(node: Definition) -> bool:
    """Whether a definition has a docstring and nothing else."""
    return len(node.body) == 1 and ast.get_docstring(node) is not None


def trivial_bodies(piece: Piece) -> list[str]:
    """Return bodies of one line that somebody would try first."""
    bodies = ["return None"]
    if isinstance(piece.node, Definition):
        names = [one.name for one in parameters(piece.node, method=bool(piece.owner))]
        bodies += [f"return {name}" for name in names[:1]]
    return bodies
