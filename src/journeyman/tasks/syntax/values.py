"""Families about values: constants, indices, conversions, copies, defaults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.spelling import nearest
from journeyman.tasks.syntax.family import (
    SyntaxFamily,
    arguments,
    called,
    example,
    method,
    operator,
    replaced,
    sides,
)
from journeyman.tasks.syntax.parsing import walk
from journeyman.tasks.syntax.source import SyntaxSource

if TYPE_CHECKING:
    from tree_sitter import Node


class IndexOutOfRange(SyntaxFamily):
    """An index goes past the end of a sequence."""

    name = "index_out_of_range"
    severity = "raises"
    description = "An index goes past the end of a sequence."
    shown = {
        "javascript": (
            example(
                "function last(items) {\n  return items[items.length - 1];\n}\n",
                "function last(items) {\n  return items[items.length];\n}\n",
            ),
            example(
                "function first(items) {\n  return items[0];\n}\n",
                "function first(items) {\n  return items[items.length];\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the length for an index that is a number or the length less one."""
        grammar = source.grammar
        if node.type not in grammar.subscript or not grammar.length:
            return
        base, index = source.field(node, "object"), source.field(node, "index")
        if base is None or index is None:
            return
        past = f"{source.code(base)}{grammar.length}"
        spelt = source.code(index).replace(" ", "")
        if index.type in grammar.number or spelt == f"{past}-1":
            yield source.edit(index, past)


class MissingConversion(SyntaxFamily):
    """A conversion is dropped."""

    name = "missing_conversion"
    severity = "raises"
    description = "A conversion such as `Number(x)`, `String(x)` or `x.toString()` is dropped."
    shown = {
        "javascript": (
            example(
                "function add(a, b) {\n  return Number(a) + Number(b);\n}\n",
                "function add(a, b) {\n  return a + Number(b);\n}\n",
            ),
            example(
                "function label(n) {\n  return n.toString().length;\n}\n",
                "function label(n) {\n  return n.length;\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the argument, or the object, without the conversion."""
        if called(source, node) in source.grammar.conversions:
            given = arguments(source, node)
            if given:
                yield source.edit(node, source.code(given[0]))
            return
        of = method(source, node)
        known = source.grammar.converting
        if of is not None and source.code(of[1]) in known and not arguments(source, node):
            yield source.edit(node, source.code(of[0]))


class UncheckedLookup(SyntaxFamily):
    """A lookup that expects something to be missing no longer does."""

    name = "unchecked_lookup"
    severity = "raises"
    description = "A lookup loses its check or its default (`?.`, `??`, `|| default`)."
    shown = {
        "javascript": (
            example(
                "function title(page) {\n  return page?.head.title;\n}\n",
                "function title(page) {\n  return page.head.title;\n}\n",
            ),
            example(
                "function size(options) {\n  return (options.size ?? 10) + 1;\n}\n",
                "function size(options) {\n  return (options.size) + 1;\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the plain lookup."""
        grammar = source.grammar
        if not node.child_count and source.code(node) in grammar.optional:
            parent = node.parent
            if parent is not None and parent.type == "optional_chain":
                parent = parent.parent
            bracket = parent is not None and parent.type not in grammar.member
            yield source.edit(node, "" if bracket else grammar.optional[source.code(node)][0])
        elif node.type in grammar.binary:
            sign, both = operator(source, node), sides(source, node)
            if sign is not None and both is not None and source.code(sign) in grammar.defaulting:
                yield source.edit(node, source.code(both[0]))


class WrongConstant(SyntaxFamily):
    """A number or string is replaced by another one from nearby."""

    name = "wrong_constant"
    severity = "wrong result"
    description = "A number or string is replaced by another one of the same function."
    shown = {
        "javascript": (
            example(
                "function plural(n) {\n  return n === 1 ? 'item' : 'items';\n}\n",
                "function plural(n) {\n  return n === 1 ? 'items' : 'items';\n}\n",
            ),
            example(
                "function clamp(n) {\n  return Math.max(0, Math.min(n, 100));\n}\n",
                "function clamp(n) {\n  return Math.max(100, Math.min(n, 100));\n}\n",
            ),
        ),
        "rust": (
            example(
                "fn clamp(n: i32) -> i32 {\n    n.min(100).max(0)\n}\n",
                "fn clamp(n: i32) -> i32 {\n    n.min(0).max(0)\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the nearest other constants of the kind in the same function."""
        for kinds in (source.grammar.number, source.grammar.string):
            if node.type in kinds:
                others = self._others(source, node, kinds)
                for other in nearest(source.code(node), others, 2):
                    yield source.edit(node, other)

    def _others(self, source: SyntaxSource, node: Node, kinds: frozenset[str]) -> set[str]:
        for function in source.functions:
            if function.node.start_byte <= node.start_byte < function.node.end_byte:
                return {source.code(one) for one in function.nodes if one.type in kinds}
        return set()


class MissingCopy(SyntaxFamily):
    """A copy is dropped, so that an object is shared."""

    name = "missing_copy"
    severity = "wrong result"
    description = "A copy (`[...x]`, `{ ...x }`, `x.slice()`) is dropped: an object is shared."
    shown = {
        "javascript": (
            example(
                "function ordered(items) {\n  return [...items].sort();\n}\n",
                "function ordered(items) {\n  return items.sort();\n}\n",
            ),
            example(
                "function copy(items) {\n  const own = items.slice();\n  return own;\n}\n",
                "function copy(items) {\n  const own = items;\n  return own;\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the object itself."""
        grammar = source.grammar
        if node.type in grammar.spreads:
            inner = [child for child in node.named_children if not child.is_extra]
            if len(inner) == 1 and inner[0].type == grammar.spreads[node.type]:
                yield source.edit(node, source.code(inner[0].named_children[0]))
            return
        of = method(source, node)
        if of is not None and source.code(of[1]) in grammar.copying and not arguments(source, node):
            yield source.edit(node, source.code(of[0]))


class WrongException(SyntaxFamily):
    """The error that is thrown is replaced by a related one."""

    name = "wrong_exception"
    severity = "raises"
    description = "The class of the error that is thrown or checked for is a related one."
    shown = {
        "javascript": (
            example(
                "function check(age) {\n  if (age < 0) throw new RangeError('age');\n}\n",
                "function check(age) {\n  if (age < 0) throw new TypeError('age');\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield related classes."""
        if node.type in source.grammar.identifier:
            yield from replaced(source, node, source.grammar.exceptions)


class MissingAwait(SyntaxFamily):
    """An `await` is forgotten."""

    name = "missing_await"
    severity = "raises"
    description = "An `await` is forgotten, so that a promise stands where its value should."
    shown = {
        "javascript": (
            example(
                "async function title(page) {\n  return (await page.load()).title;\n}\n",
                "async function title(page) {\n  return (page.load()).title;\n}\n",
            ),
        ),
    }

    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield what is awaited."""
        if node.type == source.grammar.awaiting:
            inner = [child for child in walk(node) if child.parent == node and child.is_named]
            if len(inner) == 1:
                yield source.edit(node, source.code(inner[0]))
