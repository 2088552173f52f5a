"""Families about names: misspelt, mixed up, in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.spelling import misspell, nearest
from journeyman.tasks.syntax.family import (
    SyntaxFamily,
    arguments,
    called,
    example,
    method,
    replaced,
)
from journeyman.tasks.syntax.source import SyntaxSource

if TYPE_CHECKING:
    from tree_sitter import Node


class UnknownName(SyntaxFamily):
    """A name that is read is misspelt."""

    name = "unknown_name"
    severity = "raises"
    description = "A name that is read is misspelt, so that it does not exist."
    shown = {
        "javascript": (
            example(
                "function total(values) {\n  const result = sum(values);\n  return result;\n}\n",
                "function total(values) {\n  const result = sum(values);\n  return reslut;\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield a misspelling."""
        if node.type not in source.grammar.identifier or node.start_byte in source.bound_at:
            return
        grammar = source.grammar
        taken = source.words | grammar.keywords | grammar.globals
        slip = misspell(source.code(node), source.line(node), taken)
        if slip and source.code(node) not in grammar.receivers:
            yield source.edit(node, slip)


class UnknownAttribute(SyntaxFamily):
    """A property or method is misspelt."""

    name = "unknown_attribute"
    severity = "raises"
    description = "A property or method is misspelt, so that no object has it."
    shown = {
        "javascript": (
            example(
                "function shout(text) {\n  return text.toUpperCase();\n}\n",
                "function shout(text) {\n  return text.toUpperCases();\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield a misspelling."""
        grammar = source.grammar
        if node.type in grammar.member:
            name = source.field(node, grammar.property)
            if name is not None and source.code(name).isidentifier():
                taken = source.words | grammar.keywords
                slip = misspell(source.code(name), source.line(name), taken)
                if slip:
                    yield source.edit(name, slip)


class WrongVariable(SyntaxFamily):
    """A local variable is replaced by another one."""

    name = "wrong_variable"
    severity = "wrong result"
    description = "A local variable is replaced by another one of the same function."
    shown = {
        "javascript": (
            example(
                "function clamp(value, low, high) {\n"
                "  return Math.max(low, Math.min(value, high));\n}\n",
                "function clamp(value, low, high) {\n"
                "  return Math.max(high, Math.min(value, high));\n}\n",
            ),
        ),
        "rust": (
            example(
                "fn clamp(value: i32, low: i32, high: i32) -> i32 {\n"
                "    value.min(high).max(low)\n}\n",
                "fn clamp(value: i32, low: i32, high: i32) -> i32 {\n"
                "    value.min(low).max(low)\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the two variables that were bound last before the name is read."""
        grammar = source.grammar
        at, name = node.start_byte, source.code(node)
        if node.type not in grammar.identifier or at in source.bound_at:
            return
        if name in grammar.receivers or not self._local(source, name, node):
            return
        around = self._function(source, node)
        near: dict[str, int] = {}
        for other, places in source.bindings.items():
            for place in places:
                here = place.first <= at < place.last and around.start_byte <= place.at < at
                if here and other != name and other not in grammar.receivers and other != "_":
                    near[other] = max(place.at, near.get(other, 0))
        for other in sorted(near, key=lambda one: (-near[one], one))[:2]:
            yield source.edit(node, other)

    def _local(self, source: SyntaxSource, name: str, node: Node) -> bool:
        around = self._function(source, node)
        return any(
            around.start_byte <= place.at < around.end_byte
            and place.first <= node.start_byte < place.last
            for place in source.bindings.get(name, ())
        )

    def _function(self, source: SyntaxSource, node: Node) -> Node:
        for function in source.functions:
            if function.node.start_byte <= node.start_byte < function.node.end_byte:
                return function.node
        return source.tree.root_node


class WrongAttribute(SyntaxFamily):
    """A property is replaced by another one that the file uses on the same object."""

    name = "wrong_attribute"
    severity = "wrong result"
    description = "A property is replaced by another one that the file uses on the same object."
    shown = {
        "javascript": (
            example(
                "function area(shape) {\n  return shape.width * shape.height;\n}\n",
                "function area(shape) {\n  return shape.height * shape.height;\n}\n",
            ),
        ),
        "rust": (
            example(
                "fn area(shape: &Shape) -> u32 {\n    shape.width * shape.height\n}\n",
                "fn area(shape: &Shape) -> u32 {\n    shape.height * shape.height\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the two most similar of the others."""
        if node.type not in source.grammar.member or (key := source.peers(node)) is None:
            return
        name = source.field(node, source.grammar.property)
        assert name is not None
        for other in nearest(source.code(name), source.attributes.get(key, ()), 2):
            yield source.edit(name, other)


class SiblingCall(SyntaxFamily):
    """A well-known function or method is replaced by its sibling."""

    name = "sibling_call"
    severity = "wrong result"
    description = "A well-known function or method is replaced by its sibling."
    shown = {
        "javascript": (
            example(
                "function largest(a, b) {\n  return Math.max(a, b);\n}\n",
                "function largest(a, b) {\n  return Math.min(a, b);\n}\n",
            ),
            example(
                "function all(items) {\n  return items.every(Boolean);\n}\n",
                "function all(items) {\n  return items.some(Boolean);\n}\n",
            ),
        ),
        "rust": (
            example(
                "fn largest(a: i32, b: i32) -> i32 {\n    a.max(b)\n}\n",
                "fn largest(a: i32, b: i32) -> i32 {\n    a.min(b)\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the sibling."""
        if node.type not in source.grammar.call:
            return
        if (of := method(source, node)) is not None:
            yield from replaced(source, of[1], source.grammar.sibling_methods)
        elif called(source, node) in source.grammar.sibling_functions:
            function = source.field(node, source.grammar.callee)
            yield from replaced(source, function, source.grammar.sibling_functions)


class ArgumentOrder(SyntaxFamily):
    """Two neighbouring arguments of a call are swapped."""

    name = "argument_order"
    severity = "wrong result"
    description = "Two neighbouring arguments of a call are swapped."
    shown = {
        "javascript": (
            example(
                "function ratio(part, whole) {\n  return divide(part, whole);\n}\n",
                "function ratio(part, whole) {\n  return divide(whole, part);\n}\n",
            ),
        ),
        "rust": (
            example(
                "fn ratio(part: f64, whole: f64) -> f64 {\n    divide(part, whole)\n}\n",
                "fn ratio(part: f64, whole: f64) -> f64 {\n    divide(whole, part)\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield each swap of neighbours."""
        if node.type not in source.grammar.call:
            return
        given = arguments(source, node)
        for one, other in pairwise(given):
            start, end = source.at(one.start_byte), source.at(other.end_byte)
            between = source.text[source.at(one.end_byte) : source.at(other.start_byte)]
            swapped = source.code(other) + between + source.code(one)
            yield Edit(start, end, swapped, f"arguments {swapped[:50]!r} swapped")


class MissingArgument(SyntaxFamily):
    """An argument of a call is dropped."""

    name = "missing_argument"
    severity = "raises"
    description = "The last argument of a call is dropped."
    shown = {
        "javascript": (
            example(
                "function power(base, exponent) {\n  return Math.pow(base, exponent);\n}\n",
                "function power(base, exponent) {\n  return Math.pow(base);\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the call without its last argument."""
        if node.type not in source.grammar.call:
            return
        given = arguments(source, node)
        if given:
            before = given[-2].end_byte if len(given) > 1 else given[-1].start_byte
            start, end = source.at(before), source.at(given[-1].end_byte)
            detail = f"argument `{source.code(given[-1])[:40]}` dropped"
            yield Edit(start, end, "", " ".join(detail.split()))
