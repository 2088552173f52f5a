"""Families about the way through a function: guards, branches, exits, statements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.syntax.family import SyntaxFamily, example, within
from journeyman.tasks.syntax.source import SyntaxSource, shorten

if TYPE_CHECKING:
    from tree_sitter import Node


class MissingReturn(SyntaxFamily):
    """The word `return` is dropped."""

    name = "missing_return"
    severity = "raises"
    description = "The word `return` is dropped, so that the caller gets nothing."
    shown = {
        "javascript": (
            example(
                "function double(value) {\n  return value * 2;\n}\n",
                "function double(value) {\n  value * 2;\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the value as a statement of its own."""
        kind, word = source.grammar.returning
        if node.type == kind and node.named_child_count == 1:
            value = node.named_children[0]
            code = source.code(value)
            if not code.startswith(("{", "function", "class", "async function", "let [")):
                start = source.at(node.start_byte)
                end = source.at(value.start_byte)
                yield Edit(start, end, "", f"`{word}` dropped before `{shorten(code)}`")


class MissingGuard(SyntaxFamily):
    """A guard is gone."""

    name = "missing_guard"
    severity = "raises"
    description = "A guard (an `if` with an early way out) is gone."
    shown = {
        "javascript": (
            example(
                "function mean(values) {\n  if (!values.length) {\n    return 0;\n  }\n"
                "  return sum(values) / values.length;\n}\n",
                "function mean(values) {\n  return sum(values) / values.length;\n}\n",
            ),
        ),
        "rust": (
            example(
                "fn half(n: u32) -> u32 {\n    if n == 0 {\n        return 1;\n    }\n"
                "    n / 2\n}\n",
                "fn half(n: u32) -> u32 {\n    n / 2\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the removal of a short `if` without `else` that ends in a way out."""
        grammar = source.grammar
        if node.type not in grammar.conditional or source.field(node, "alternative") is not None:
            return
        if node.parent is None or node.parent.type == grammar.else_clause:
            return
        body = source.field(node, "consequence")
        if body is None:
            return
        inner = [one for one in body.named_children if not one.is_extra]
        last = (inner[-1] if inner else body) if body.type in grammar.container else body
        while last.type in ("expression_statement",) and last.named_child_count == 1:
            last = last.named_children[0]
        if len(inner) <= 3 and last.type in grammar.leaving:
            test = source.field(node, "condition")
            what = shorten(source.code(test)) if test is not None else ""
            whole = node
            if node.parent.type == "expression_statement":
                whole = node.parent
            yield source.removal(whole, f"guard `if {what}` removed")


class WrongBranch(SyntaxFamily):
    """A condition is negated, or branches are swapped."""

    name = "wrong_branch"
    severity = "wrong result"
    description = "A condition is negated, or the branches of a choice are swapped."
    shown = {
        "javascript": (
            example(
                "function describe(count) {\n  if (count) {\n    return 'some';\n  }\n"
                "  return 'none';\n}\n",
                "function describe(count) {\n  if (!(count)) {\n    return 'some';\n  }\n"
                "  return 'none';\n}\n",
            ),
            example(
                "function larger(a, b) {\n  return a > b ? a : b;\n}\n",
                "function larger(a, b) {\n  return a > b ? b : a;\n}\n",
            ),
        ),
        "rust": (
            example(
                'fn word(many: bool) -> &\'static str {\n    if many {\n        "some"\n'
                '    } else {\n        "none"\n    }\n}\n',
                'fn word(many: bool) -> &\'static str {\n    if !(many) {\n        "some"\n'
                '    } else {\n        "none"\n    }\n}\n',
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the negated condition, or the swapped branches."""
        grammar = source.grammar
        test = source.field(node, "condition")
        if test is None:
            return
        if node.type in grammar.ternary:
            one, other = source.field(node, "consequence"), source.field(node, "alternative")
            if one is not None and other is not None:
                start, end = source.at(one.start_byte), source.at(other.end_byte)
                between = source.text[source.at(one.end_byte) : source.at(other.start_byte)]
                swapped = source.code(other) + between + source.code(one)
                yield Edit(
                    start, end, swapped, f"branches of `{shorten(source.code(test))}` swapped"
                )
        elif node.type in grammar.conditional and "let" not in test.type:
            bare = test
            if test.type == "parenthesized_expression" and test.named_child_count == 1:
                bare = test.named_children[0]
            detail = f"condition `{shorten(source.code(bare))}` negated"
            yield source.edit(bare, grammar.negate.format(source.code(bare)), detail)


class EarlyExit(SyntaxFamily):
    """A way out of a loop or function is the wrong one, or forgotten."""

    name = "early_exit"
    severity = "wrong result"
    description = "`break` and `continue` are confused or forgotten; a bare `return` is forgotten."
    shown = {
        "javascript": (
            example(
                "function firstEven(values) {\n  let found;\n  for (const value of values) {\n"
                "    if (value % 2 === 0) {\n      found = value;\n      break;\n    }\n  }\n"
                "  return found;\n}\n",
                "function firstEven(values) {\n  let found;\n  for (const value of values) {\n"
                "    if (value % 2 === 0) {\n      found = value;\n      continue;\n    }\n  }\n"
                "  return found;\n}\n",
            ),
        ),
        "rust": (
            example(
                "fn count(values: &[i32]) -> i32 {\n    let mut n = 0;\n    for v in values {\n"
                "        if *v == 0 {\n            break;\n        }\n        n += 1;\n    }\n"
                "    n\n}\n",
                "fn count(values: &[i32]) -> i32 {\n    let mut n = 0;\n    for v in values {\n"
                "        if *v == 0 {\n            continue;\n        }\n        n += 1;\n    }\n"
                "    n\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the other word where a loop is around, and the removal."""
        grammar = source.grammar
        functions = frozenset(grammar.functions)
        if node.named_child_count:
            return
        if node.type in grammar.exits and within(node, grammar.loops, functions):
            yield source.edit(node, grammar.exits[node.type][0])
        if node.type in grammar.exits or node.type == grammar.returning[0]:
            inside = within(node, frozenset({"switch_statement"}), functions | grammar.loops)
            detail = f"`{shorten(source.code(node))}` removed"
            if not inside or node.type != "break_statement":
                whole = node
                if node.parent is not None and node.parent.type == "expression_statement":
                    whole = node.parent
                yield source.removal(whole, detail)
            else:
                yield source.removal(node, detail)


class MissingStatement(SyntaxFamily):
    """A statement is removed."""

    name = "missing_statement"
    severity = "wrong result"
    description = "A statement (an assignment, an update, a call) is removed."
    shown = {
        "javascript": (
            example(
                "function total(values) {\n  let result = 0;\n  for (const value of values) {\n"
                "    result += value;\n  }\n  return result;\n}\n",
                "function total(values) {\n  let result = 0;\n  for (const value of values) {\n"
                "  }\n  return result;\n}\n",
            ),
        ),
        "rust": (
            example(
                "fn sorted(mut v: Vec<i32>) -> Vec<i32> {\n    v.sort();\n    v\n}\n",
                "fn sorted(mut v: Vec<i32>) -> Vec<i32> {\n    v\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the removal of the statement."""
        if node.type in source.grammar.statement and source.code(node)[:1] not in "'\"`":
            inner = node.named_children[0] if node.named_children else node
            if inner.type in source.grammar.conditional or inner.type in source.grammar.leaving:
                return
            yield source.removal(node, f"`{shorten(source.code(node))}` removed")
