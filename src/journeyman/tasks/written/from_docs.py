"""Code from documentation: a function is gone with its signature, its documentation is the task.

The statement is the function's docstring, and what the pages of the repository's documentation say
where they show a call of it. Only functions whose documentation names every parameter; what calls
look like beyond that is in the visible tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from journeyman.records import Patch, Task, TestResult
from journeyman.records.tried import Tried
from journeyman.tasks.written.draft import Plan, RefusedError
from journeyman.tasks.written.pieces import Definition, Piece, statements, with_lines
from journeyman.tasks.written.rebuild import LEAST_STATEMENTS, MOST_STATEMENTS
from journeyman.tasks.written.words import render
from journeyman.tasks.written.workshop import Workshop
from journeyman.understanding.signatures import parameters

LEAST_CHARACTERS = 60
PAGES = (".rst", ".md", ".txt")
MOST_PARAGRAPHS, LONGEST = 4, 1500
_NEWS = re.compile(r"chang|news|history|release", re.I)


@dataclass(frozen=True)
class FromDocs:
    """See `journeyman.tasks.written.draft.Maker`."""

    shop: Workshop

    def plans(self) -> Iterator[Plan]:
        """Yield documented functions and methods with a name that others can call."""
        for piece in self.shop.functions():
            public = not piece.plain.startswith("_")
            size = statements(piece.body)
            if public and piece.docstring and LEAST_STATEMENTS <= size <= MOST_STATEMENTS:
                yield Plan(kind="from-docs", path=piece.path, function=piece.name)

    def make(self, plan: Plan) -> Tried:
        """Make and prove one task."""
        return self.shop.attempt(plan, lambda: self._make(plan))

    def _make(self, plan: Plan) -> Task:
        piece = self.shop.piece(plan)
        assert isinstance(piece.node, Definition)
        paragraphs = self._paragraphs(piece)
        documented = "\n".join([piece.docstring, *paragraphs])
        if len(documented) < LEAST_CHARACTERS:
            raise RefusedError("filtered", "its documentation is a line")
        names = [one.name for one in parameters(piece.node, method=bool(piece.owner))]
        unnamed = [name for name in names if not re.search(rf"\b{re.escape(name)}\b", documented)]
        if unnamed:
            raise RefusedError("filtered", f"its documentation does not name {', '.join(unnamed)}")
        text = without(piece)
        if text is None:
            raise RefusedError("rejected", "it is all that its class or block holds")

        def say(failures: list[TestResult]) -> str:
            return render("from_docs", piece=piece, paragraphs=paragraphs, failures=failures)

        fix = Patch(files={piece.path: piece.text})
        return self.shop.repair(plan, piece, Patch(files={piece.path: text}), fix, say)

    def _paragraphs(self, piece: Piece) -> list[str]:
        """Return what the documentation's pages say where they show a call of the function."""
        if piece.owner:
            return []  # the plain name of a method says too little
        call = re.compile(rf"(?<![\w.]){re.escape(piece.plain)}\(")
        found: list[str] = []
        for path in self.shop.texts:
            if path.endswith(PAGES) and not _NEWS.search(path):
                parts = re.split(r"\n\s*\n", self.shop.prover.read(path))
                found += [part.strip("\n") for part in parts if call.search(part)]
        return [part for part in found if len(part) <= LONGEST][:MOST_PARAGRAPHS]


def without(piece: Piece) -> str | None:
    """Return the file without the function; `None` where that leaves no Python."""
    text = with_lines(piece.text, piece.first, piece.last, "")
    try:
        compile(text, piece.path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return text
