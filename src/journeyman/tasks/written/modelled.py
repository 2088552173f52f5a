"""What a language model proposes, and the checks that it has to pass; nothing here asks one.

A model may write a subtle bug, the words of an issue, or tests. None of it is believed: a bug has
to be noticed by the tests, in the same way every time; words must not hold the answer; tests are
judged like anybody's.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Callable
from dataclasses import dataclass

from journeyman.records import Patch, Task, TestResult
from journeyman.records.tried import Tried
from journeyman.tasks.statement import from_failures
from journeyman.tasks.written.draft import Plan, RefusedError
from journeyman.tasks.written.pieces import Piece, same_but, statements, with_lines
from journeyman.tasks.written.words import render
from journeyman.tasks.written.workshop import Workshop

Ask = Callable[..., str]
"""Gets what was said so far, the person's words first and last, and returns the model's."""

FAMILY = "model_rewrite"
ASKED_AGAIN = 2
LEAST_STATEMENTS, MOST_STATEMENTS = 4, 60
SHORTEST_LINE = 8
"""Shorter lines of a fix (`else:`, `return x`) may be part of any text."""


@dataclass(frozen=True)
class Rewrites:
    """A maker of breakages: the model writes a function anew with a bug that is easily missed."""

    shop: Workshop
    ask: Ask

    def plans(self) -> list[Plan]:
        """Return the functions of a size that hides a bug and fits a prompt."""
        return [
            Plan(kind=FAMILY, path=piece.path, function=piece.name)
            for piece in self.shop.functions()
            if LEAST_STATEMENTS <= statements(piece.body) <= MOST_STATEMENTS
        ]

    def make(self, plan: Plan) -> Tried:
        """Ask for one bug and prove it."""
        told = self.shop.attempt(plan, lambda: self._make(plan))
        fields = {name: getattr(told, name) for name in Tried.model_fields}
        return Tried(**{**fields, "source": "breakage", "family": FAMILY})

    def _make(self, plan: Plan) -> Task:
        piece = self.shop.piece(plan)
        self.shop.tests_for(piece)  # before a model is paid for
        text = rewritten(piece, self.ask(render("model_rewrite", piece=piece, code=_code(piece))))

        def say(failures: list[TestResult]) -> str:
            return from_failures(failures)

        fix = Patch(files={piece.path: piece.text})
        broken = Patch(files={piece.path: text})
        task = self.shop.repair(plan, piece, broken, fix, say, ("written by a model",))
        fields = {name: getattr(task, name) for name in Task.model_fields}
        return Task(**{**fields, "source": "breakage", "family": FAMILY})


def rewritten(piece: Piece, answer: str) -> str:
    """Return the file with the function as a model answered it.

    Refuses an answer without code, one that changes more than the body, one that changes nothing,
    and one with comments of its own: they tend to say what is wrong.
    """
    code = code_in(answer)
    if code is None:
        raise RefusedError("rejected", "the answer holds no code")
    indent = " " * piece.node.col_offset
    fresh = textwrap.indent(textwrap.dedent(code).strip("\n"), indent) + "\n"
    start = piece.first if code.lstrip().startswith("@") else piece.node.lineno
    text = with_lines(piece.text, start, piece.last, fresh)
    if not same_but(piece.text, text, piece.name):
        raise RefusedError("rejected", "the answer changes more than the body of the function")
    if ast.dump(ast.parse(text)) == ast.dump(ast.parse(piece.text)):
        raise RefusedError("duplicate", "the answer changes nothing")
    if _comments(text) - _comments(piece.text):
        raise RefusedError("filtered", "the answer comments on what it did")
    return text


def issue(task: Task, ask: Ask, read: Callable[[str], str | None], tests: str) -> Task:
    """Return the task with a statement in the words of somebody who met the bug.

    A statement that gives the answer away, names hidden tests, or leaves out what the tests need is
    sent back twice with what is wrong.

    Args:
        read: Reads the broken tree.
        tests: The text of the visible failing tests.

    Raises:
        RefusedError: None of the model's statements would do.
    """
    diff = task.fix.diff(read)
    said = [render("model_issue", task=task, diff=diff, tests=tests)]
    wrong = ""
    for _ in range(ASKED_AGAIN + 1):
        statement = ask(*said).strip()
        wrong = wrong_with(statement, task, read)
        if not wrong:
            fields = {name: getattr(task, name) for name in Task.model_fields}
            labels = tuple(sorted({*task.labels, "issue"}))
            return Task(**{**fields, "statement": statement + "\n", "labels": labels})
        said += [statement or "…", render("model_again", wrong=wrong)]
    raise RefusedError("rejected", wrong)


def wrong_with(statement: str, task: Task, read: Callable[[str], str | None]) -> str:
    """Say what keeps a statement from being used; empty for nothing."""
    if len(statement) < 40:
        return "it says too little"
    plain = "".join(statement.split())
    for line in _added(task, read):
        if "".join(line.split()) in plain:
            return f"it gives a line of the fix away: {line.strip()}"
    hidden = [test for test in task.hidden if test.rpartition("::")[2] in statement]
    if hidden:
        return "it names a test that is not shown"
    missing = [name for name in needs(task) if name not in statement]
    return f"it does not mention {', '.join(missing)}" if missing else ""


def needs(task: Task) -> list[str]:
    """Return what a statement has to mention: the function, and the exception that tests see."""
    function = task.place.function.split(".")
    dunder = function[-1].startswith("__")
    names = [function[-2] if dunder and len(function) > 1 else function[-1]]
    # The plain statement tells the visible failures: `ValueError: …` at the start of a line.
    raised = re.findall(r"^\s+(?:[\w.]*\.)?([A-Z]\w*(?:Error|Exception))\b", task.statement, re.M)
    names += sorted({name for name in raised if name != "AssertionError"})[:1]
    return [name for name in names if name]


def code_in(answer: str) -> str | None:
    """Return the first fenced block of an answer, or all of it if it is a function by itself."""
    found = re.search(r"```(?:python|py)?[ \t]*\n(.*?)```", answer, re.DOTALL)
    code = found[1] if found else answer
    return code if re.search(r"^\s*(async )?def |^\s*(import|from) ", code, re.M) else None


def _code(piece: Piece) -> str:
    lines = piece.text.splitlines(keepends=True)[piece.node.lineno - 1 : piece.last]
    return textwrap.dedent("".join(lines))


def _added(task: Task, read: Callable[[str], str | None]) -> list[str]:
    lines = [line[1:] for line in task.fix.diff(read).splitlines() if line.startswith("+")]
    return [
        line
        for line in lines
        if not line.startswith("++") and len("".join(line.split())) >= SHORTEST_LINE
    ]


def _comments(text: str) -> set[str]:
    try:
        found = tokenize.generate_tokens(io.StringIO(text).readline)
        return {token.string for token in found if token.type == tokenize.COMMENT}
    except (tokenize.TokenError, SyntaxError):
        return set()
