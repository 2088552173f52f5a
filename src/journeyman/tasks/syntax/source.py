"""A source file as a tree-sitter syntax tree, shared by all families."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from journeyman.tasks.breaking.site import Edit, Site
from journeyman.tasks.breaking.source import UnparsableError
from journeyman.tasks.syntax.grammar import Grammar
from journeyman.tasks.syntax.parsing import parse, walk

if TYPE_CHECKING:
    from tree_sitter import Node, Tree


@dataclass(frozen=True, eq=False)
class SyntaxFunction:
    """An outermost function or method; functions nested in it belong to it.

    `nodes` are in document order; `cosmetic` are the ids of those that only shape messages.
    """

    name: str
    node: Node
    first: int
    last: int
    nodes: tuple[Node, ...]
    cosmetic: frozenset[int]


@dataclass(frozen=True)
class Binding:
    """A name that is bound at the byte `at` and can be read from byte `first` to `last`."""

    name: str
    at: int
    first: int
    last: int


@dataclass(frozen=True, eq=False)
class SyntaxSource:
    """A file: parsed on first use, once.

    Reading anything but `path` and `text` raises `UnparsableError` where the text cannot be parsed.
    """

    path: str
    text: str
    grammar: Grammar

    @cached_property
    def data(self) -> bytes:
        """The text as the parser sees it."""
        return self.text.encode("utf-8", "surrogatepass")

    @cached_property
    def tree(self) -> Tree:
        """The syntax tree, without errors."""
        tree = parse(self.data, self.grammar)
        if tree is None or tree.root_node.has_error:
            why = "it takes too long or is too large" if tree is None else "its syntax is not known"
            raise UnparsableError(
                f"{self.path} cannot be parsed as {self.grammar.name}: {why}",
                "Leave the file out, or repair its syntax.",
            )
        return tree

    @cached_property
    def functions(self) -> tuple[SyntaxFunction, ...]:
        """The outermost functions and methods, in the order of the file."""
        found = []
        for name, node in self._outermost(self.tree.root_node, ""):
            nodes = tuple(self._inside(node))
            found.append(
                SyntaxFunction(
                    name=name,
                    node=node,
                    first=node.start_point[0] + 1,
                    last=node.end_point[0] + 1,
                    nodes=nodes,
                    cosmetic=frozenset(self._cosmetic(nodes)),
                )
            )
        return tuple(found)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every identifier-like word of the text, comments and strings included."""
        return frozenset(re.findall(r"[^\W\d]\w*", self.text))

    def code(self, node: Node) -> str:
        """Return the text of a node."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def field(self, node: Node, name: str) -> Node | None:
        """Return the child of `node` in a field."""
        return node.child_by_field_name(name)

    def line(self, node: Node) -> int:
        """Return the line on which a node begins."""
        return int(node.start_point[0]) + 1

    def edit(self, node: Node, replacement: str, detail: str = "") -> Edit:
        """Return the edit that puts `replacement` in a node's place."""
        detail = detail or f"`{shorten(self.code(node))}` became `{shorten(replacement)}`"
        return Edit(self.at(node.start_byte), self.at(node.end_byte), replacement, detail)

    def removal(self, node: Node, detail: str) -> Edit:
        """Return the edit that deletes a whole statement, or leaves an empty one if need be."""
        parent = node.parent
        if parent is None or parent.type not in self.grammar.container:
            return self.edit(node, self.grammar.empty, detail)
        start, end = self.at(node.start_byte), self.at(node.end_byte)
        line = self.text.rfind("\n", 0, start) + 1
        after = self.text.find("\n", end)
        after = len(self.text) if after < 0 else after + 1
        if not self.text[line:start].strip() and not self.text[end:after].strip():
            start, end = line, after
        return Edit(start, end, "", detail)

    def at(self, byte: int) -> int:
        """Return the character that begins at a byte."""
        return byte if self.text.isascii() else self._characters[byte]

    @cached_property
    def _characters(self) -> list[int]:
        offsets: list[int] = []
        for index, character in enumerate(self.text):
            offsets += [index] * len(character.encode("utf-8", "surrogatepass"))
        return [*offsets, len(self.text)]

    @cached_property
    def bindings(self) -> Mapping[str, tuple[Binding, ...]]:
        """Where each name of the file is bound."""
        found: dict[str, list[Binding]] = {}
        for node in walk(self.tree.root_node):
            for field in self.grammar.bindings.get(node.type, ()):
                for bound in node.children_by_field_name(field):
                    scope = self._scope(node)
                    for name in self._names(bound):
                        found.setdefault(self.code(name), []).append(
                            Binding(
                                self.code(name), name.start_byte, scope.start_byte, scope.end_byte
                            )
                        )
        return {name: tuple(places) for name, places in found.items()}

    @cached_property
    def bound_at(self) -> frozenset[int]:
        """The bytes at which names are bound: what stands there is not read."""
        return frozenset(one.at for places in self.bindings.values() for one in places)

    @cached_property
    def attributes(self) -> Mapping[tuple[str, bool], frozenset[str]]:
        """Property names used on the same object, by (object's code, whether it is called)."""
        found: dict[tuple[str, bool], set[str]] = {}
        for node in walk(self.tree.root_node):
            if node.type in self.grammar.member and (key := self.peers(node)) is not None:
                name = self.field(node, self.grammar.property)
                assert name is not None
                found.setdefault(key, set()).add(self.code(name))
        return {key: frozenset(names) for key, names in found.items()}

    def peers(self, node: Node) -> tuple[str, bool] | None:
        """Return the key in `attributes` of the names that could stand in a member's place."""
        grammar = self.grammar
        base, name = self.field(node, grammar.object), self.field(node, grammar.property)
        if base is None or name is None:
            return None
        parent = node.parent
        called = parent is not None and parent.type in grammar.call
        called = called and self.field(parent, grammar.callee) == node  # type: ignore[arg-type]
        return self.code(base), called

    def site(self, family: str, function: SyntaxFunction, edit: Edit) -> Site:
        """Return `edit` as a site of `family` in `function`."""
        before = self.text[edit.start - 1 : edit.start]
        glued = (before.isalnum() or before == "_") and edit.replacement[:1].isalnum()
        return Site(
            family=family,
            path=self.path,
            function=function.name,
            first=function.first,
            last=function.last,
            line=self.text.count("\n", 0, edit.start) + 1,
            start=edit.start,
            end=edit.end,
            replacement=f" {edit.replacement}" if glued else edit.replacement,
            detail=edit.detail,
        )

    def _scope(self, node: Node) -> Node:
        """Return the node in which a name that `node` binds can be read."""
        functions = self.grammar.functions
        wanted = functions.keys() if node.type in self.grammar.hoisted else self.grammar.blocks
        here: Node = node if node.type in functions else (node.parent or node)
        while here.parent is not None and here.type not in wanted and here.type not in functions:
            here = here.parent
        if node.type in functions and here.parent is not None and node.type.endswith("declaration"):
            here = here.parent
        return here

    def _names(self, node: Node) -> Iterator[Node]:
        """Yield the identifiers that a name or pattern binds."""
        if node.type in self.grammar.identifier:
            yield node
            return
        if node.type in _SHORTHAND:
            yield node
            return
        left = node.child_by_field_name("left") if node.type in _DEFAULTED else None
        for child in [left] if left is not None else node.named_children:
            key = child.child_by_field_name("value") if child.type == "pair_pattern" else None
            if child.type not in self.grammar.skipped:
                yield from self._names(key if key is not None else child)

    def _outermost(self, node: Node, prefix: str) -> Iterator[tuple[str, Node]]:
        for child in node.named_children:
            kind = child.type
            if kind in self.grammar.functions:
                name = self._name(child)
                if not name and any(self._declares(one) for one in walk(child)):
                    yield from self._outermost(child, prefix)  # a wrapper around a whole module
                elif self.field(child, "body") is not None:
                    yield f"{prefix}{name or f'anonymous:{child.start_point[0] + 1}'}", child
            elif kind in self.grammar.classes:
                own = self.field(child, self.grammar.classes[kind])
                inner = f"{prefix}{self.code(own)}." if own is not None else prefix
                yield from self._outermost(child, inner)
            elif kind not in self.grammar.skipped:
                yield from self._outermost(child, prefix)

    def _declares(self, node: Node) -> bool:
        return node.type in self.grammar.functions and node.type.endswith("declaration")

    def _name(self, function: Node) -> str:
        """Return a function's own name, or that of what it is assigned to."""
        field = self.grammar.functions[function.type]
        own = self.field(function, field) if field else None
        if own is not None:
            return self.code(own)
        parent = function.parent
        if parent is not None:
            for field in ("name", "left", "key", "property"):
                given = self.field(parent, field)
                if given is not None and given != function:
                    return re.sub(r"\s+", "", self.code(given))[:60]
        return ""

    def _inside(self, function: Node) -> Iterator[Node]:
        body = self.field(function, "body")
        if body is not None:
            yield from walk(body, self.grammar.skipped)

    def _cosmetic(self, nodes: tuple[Node, ...]) -> Iterator[int]:
        for node in nodes:
            spoken = node.type.endswith(("statement", "invocation", "call_expression"))
            if spoken and self.code(node).startswith(self.grammar.cosmetic):
                yield from (inner.id for inner in walk(node))


def shorten(code: str) -> str:
    """Return `code` on one line of at most 60 characters."""
    plain = " ".join(code.split())
    return plain if len(plain) <= 60 else f"{plain[:58]} …"


_SHORTHAND = frozenset({"shorthand_property_identifier_pattern"})
_DEFAULTED = frozenset({"assignment_pattern", "object_assignment_pattern"})
