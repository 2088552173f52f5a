"""Documentation from code: a docstring is gone, and a new one is judged by running its examples.

The reference is the docstring that was there, with examples taken from calls that the tests make
where it has none, and with the parameters named that it leaves out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from journeyman.grading.goals.document import judge
from journeyman.records import Patch, Task
from journeyman.records.goal import Document, Mutant
from journeyman.records.tried import Tried
from journeyman.sandbox.testing.pytest_suite import as_pytest
from journeyman.tasks.written.draft import Plan, RefusedError
from journeyman.tasks.written.examples import call_text
from journeyman.tasks.written.pieces import Definition, Piece, piece_of, with_lines
from journeyman.tasks.written.words import render
from journeyman.tasks.written.workshop import Workshop, half
from journeyman.understanding.signatures import parameters

MOST_EXAMPLES = 6


@dataclass(frozen=True)
class Undocument:
    """See `journeyman.tasks.written.draft.Maker`."""

    shop: Workshop

    def plans(self) -> Iterator[Plan]:
        """Yield public functions at module level that have a docstring of their own lines."""
        for piece in self.shop.functions():
            public = not piece.plain.startswith("_") and not piece.owner
            if public and piece.docstring:
                yield Plan(kind="document", path=piece.path, function=piece.name)

    def make(self, plan: Plan) -> Tried:
        """Make and prove one task."""
        return self.shop.attempt(plan, lambda: self._make(plan))

    def _make(self, plan: Plan) -> Task:
        piece = self.shop.piece(plan)
        assert isinstance(piece.node, Definition)
        text = without_docstring(piece)
        if text is None:
            raise RefusedError("rejected", "its docstring cannot be taken out")
        tests = self.shop.tests_for(piece)
        broken = Patch(files={piece.path: text})
        self.shop.passing(broken, tests)
        mutants = self.shop.mutants_of(piece.path, piece.name, text, broken, tests)
        names = tuple(one.name for one in parameters(piece.node))
        examples = self._examples(piece, tests)
        why = "no docstring could be made"
        for reference in self._references(piece, text, names, examples):
            fix = Patch(files={piece.path: reference})
            task = self._task(plan, piece, broken, fix, names, mutants, tests, 0.0)
            verdict = judge(self.shop.grader, task, fix)
            share = verdict.measures.get("mutants noticed", 0.0)
            why = "; ".join([*verdict.lacks, *(flag.detail for flag in verdict.flags)]) or why
            if verdict.solved and share:
                least = half(share, len(mutants))
                task = self._task(plan, piece, broken, fix, names, mutants, tests, least)
                return self.shop.proven(task)
        raise RefusedError("survived", why)

    def _references(
        self, piece: Piece, text: str, names: tuple[str, ...], examples: list[str]
    ) -> Iterator[str]:
        """Yield files with a docstring that may do: what was there, then with more in it."""
        yield piece.text
        told = piece.docstring
        missing = [name for name in names if not re.search(rf"\b{re.escape(name)}\b", told)]
        if missing:
            told += f"\n\nParameters: {', '.join(missing)}."
        made = with_docstring(text, piece, told)
        if made is not None and missing:
            yield made
        made = with_docstring(text, piece, "\n\n".join([_shown(told), "\n".join(examples)]))
        if made is not None and examples:
            yield made

    def _examples(self, piece: Piece, tests: tuple[str, ...]) -> list[str]:
        """Return examples from calls of the tests whose answers are literals, shortest first."""
        assert isinstance(piece.node, Definition)
        watch = [(piece.path, piece.plain)]
        _, recorded = as_pytest(self.shop.grader.suite).values(Patch(), tests, watch)
        shown: dict[str, str] = {}
        for given, result, _ in recorded.get(f"{piece.path}::{piece.plain}", []):
            if given and result not in ("", "raised", "None"):
                call = call_text(piece.plain, piece.node, given)
                if call and len(call) + len(result) < 300:
                    shown.setdefault(call, result)
        ordered = sorted(shown.items(), key=lambda pair: (len(pair[0]), pair))
        spread = ordered[:: max(1, len(ordered) // MOST_EXAMPLES)][:MOST_EXAMPLES]
        return [f">>> {call}\n{result}" for call, result in spread]

    def _task(
        self,
        plan: Plan,
        piece: Piece,
        broken: Patch,
        fix: Patch,
        names: tuple[str, ...],
        mutants: tuple[Mutant, ...],
        tests: tuple[str, ...],
        least: float,
    ) -> Task:
        goal = Document(
            kind="document",
            path=piece.path,
            module=self.shop.module(piece.path),
            function=piece.name,
            parameters=names,
            mutants=mutants,
            least=least,
            runs=self.shop.runs,
        )
        return Task(
            **self.shop.common(plan, piece, goal),
            statement=render("document", piece=piece, goal=goal),
            broken=broken,
            fix=fix,
            fail_to_pass=(),
            pass_to_pass=tests,
            identity=fix.files[piece.path] == piece.text,
        )


def without_docstring(piece: Piece) -> str | None:
    """Return the file without the docstring; `None` where it is all there is, or shares lines."""
    if len(piece.node.body) < 2 or not piece.docstring:
        return None
    first, second = piece.node.body[0], piece.node.body[1]
    last = first.end_lineno or first.lineno
    if first.lineno <= piece.node.lineno or second.lineno <= last:
        return None
    text = with_lines(piece.text, first.lineno, last, "")
    try:
        ast.parse(text)
    except SyntaxError:
        return None
    return text


def with_docstring(text: str, piece: Piece, words: str) -> str | None:
    """Return the file `text`, where the piece has no docstring, with one."""
    bare = piece_of(piece.path, text, piece.name)
    if bare is None or '"""' in words or words.endswith("\\"):
        return None
    first = bare.node.body[0]
    start = min([first.lineno, *(one.lineno for one in getattr(first, "decorator_list", []))])
    indent = " " * first.col_offset
    mark = 'r"""' if "\\" in words else '"""'
    lines = [f"{indent}{line}" if line.strip() else "" for line in words.split("\n")]
    inside = "\n".join(lines).strip()
    return with_lines(text, start, start - 1, f'{indent}{mark}{inside}\n{indent}"""\n')


def _shown(words: str) -> str:
    """Return a docstring with its own examples turned into plain text: they were seen to fail."""
    return words.replace(">>>", "For example:")
