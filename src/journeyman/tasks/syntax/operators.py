"""Families about operators: comparing, counting, combining."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.syntax.family import (
    SyntaxFamily,
    arguments,
    example,
    method,
    operator,
    replaced,
    sides,
    unary,
)
from journeyman.tasks.syntax.source import SyntaxSource

if TYPE_CHECKING:
    from tree_sitter import Node


class Comparison(SyntaxFamily):
    """A comparison operator is replaced by a plausible other one."""

    name = "comparison"
    severity = "wrong result"
    description = "A comparison operator is replaced by a plausible other one."
    shown = {
        "javascript": (
            example(
                "function adult(age) {\n  return age >= 18;\n}\n",
                "function adult(age) {\n  return age > 18;\n}\n",
            ),
            example(
                "const same = (a, b) => { return a === b; };\n",
                "const same = (a, b) => { return a !== b; };\n",
            ),
        ),
        "rust": (
            example(
                "fn adult(age: u8) -> bool {\n    age >= 18\n}\n",
                "fn adult(age: u8) -> bool {\n    age > 18\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield other operators."""
        if node.type in source.grammar.binary:
            yield from replaced(source, operator(source, node), source.grammar.comparisons)


class Boundary(SyntaxFamily):
    """A number, or a bound, is one too high or one too low."""

    name = "boundary"
    severity = "wrong result"
    description = "A number, or the bound of a slice or loop, is one too high or one too low."
    shown = {
        "javascript": (
            example(
                "function tail(items) {\n  return items.slice(1);\n}\n",
                "function tail(items) {\n  return items.slice(2);\n}\n",
            ),
            example(
                "function head(text, width) {\n  return text.slice(0, width);\n}\n",
                "function head(text, width) {\n  return text.slice(0, width + 1);\n}\n",
            ),
        ),
        "rust": (
            example(
                "fn next(n: u32) -> u32 {\n    n + 1\n}\n",
                "fn next(n: u32) -> u32 {\n    n + 2\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the neighbours of a whole number; a slice's or comparison's bound moved by one."""
        grammar = source.grammar
        if node.type in grammar.number:
            text = source.code(node)
            if text.isdecimal() and len(text) < 10:
                yield source.edit(node, str(int(text) + 1))
                if int(text) > 0:
                    yield source.edit(node, str(int(text) - 1))
        elif (of := method(source, node)) is not None and source.code(of[1]) in _CUTTING:
            for bound in arguments(source, node):
                if bound.type not in grammar.number:
                    yield source.edit(bound, f"{source.code(bound)} + 1")


class Boolean(SyntaxFamily):
    """A logical operator, operand or constant is wrong."""

    name = "boolean"
    severity = "wrong result"
    description = "`and` for `or`, an operand or a `not` dropped, `true` for `false`."
    shown = {
        "javascript": (
            example(
                "function usable(item) {\n  return item.ready && item.fresh;\n}\n",
                "function usable(item) {\n  return item.ready || item.fresh;\n}\n",
            ),
            example(
                "function empty(items) {\n  return !items;\n}\n",
                "function empty(items) {\n  return items;\n}\n",
            ),
            example(
                "function on() {\n  return { deep: true };\n}\n",
                "function on() {\n  return { deep: false };\n}\n",
            ),
        ),
        "rust": (
            example(
                "fn both(a: bool, b: bool) -> bool {\n    a && b\n}\n",
                "fn both(a: bool, b: bool) -> bool {\n    a || b\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the other operator, one operand alone; the operand of a `not`; the opposite."""
        grammar = source.grammar
        if node.type in grammar.binary:
            sign, both = operator(source, node), sides(source, node)
            if sign is not None and both is not None and source.code(sign) in grammar.logical:
                yield from replaced(source, sign, grammar.logical)
                yield source.edit(node, source.code(both[0]))
                yield source.edit(node, source.code(both[1]))
        elif (operand := unary(source, node, grammar.not_)) is not None:
            yield source.edit(node, source.code(operand))
        elif not node.named_child_count and node.is_named:
            yield from replaced(source, node, grammar.constants)


class Arithmetic(SyntaxFamily):
    """An arithmetic operator is replaced, a sign dropped, or operands are swapped."""

    name = "arithmetic"
    severity = "wrong result"
    description = "An arithmetic operator is replaced, a sign is dropped, or operands are swapped."
    shown = {
        "javascript": (
            example(
                "function net(gross, tax) {\n  return gross - tax;\n}\n",
                "function net(gross, tax) {\n  return gross + tax;\n}\n",
            ),
            example(
                "function net(gross, tax) {\n  return gross - tax;\n}\n",
                "function net(gross, tax) {\n  return tax - gross;\n}\n",
            ),
            example(
                "function count(items) {\n  let n = 0;\n  for (const i of items) n += i;\n"
                "  return n;\n}\n",
                "function count(items) {\n  let n = 0;\n  for (const i of items) n -= i;\n"
                "  return n;\n}\n",
            ),
        ),
        "rust": (
            example(
                "fn net(gross: i32, tax: i32) -> i32 {\n    gross - tax\n}\n",
                "fn net(gross: i32, tax: i32) -> i32 {\n    gross + tax\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield other operators, swapped operands, the operand of a minus, the other step."""
        grammar = source.grammar
        if node.type in grammar.augmented:
            yield from replaced(source, operator(source, node), grammar.assigning)
        elif node.type in grammar.binary:
            sign, both = operator(source, node), sides(source, node)
            if sign is None or both is None or source.code(sign) not in grammar.arithmetic:
                return
            yield from replaced(source, sign, grammar.arithmetic)
            if source.code(sign) in grammar.swapped:
                left, right = map(source.code, both)
                yield source.edit(node, f"{right} {source.code(sign)} {left}")
        elif (operand := unary(source, node, grammar.minus)) is not None:
            yield source.edit(node, source.code(operand))
        elif not node.is_named and node.type in grammar.stepping:
            yield from replaced(source, node, grammar.stepping)


_CUTTING = frozenset(
    {"slice", "substring", "substr", "splice", "charAt", "charCodeAt", "at", "padStart", "padEnd"}
    | {"codePointAt", "repeat", "take", "skip", "nth", "fill", "split_at"}
)
