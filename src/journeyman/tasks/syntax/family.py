"""The base of the families that a `Grammar` makes work in any language.

Names and meanings are those of the Python families in `tasks.breaking`, so that a mix, a ledger or
a policy's record says the same of all languages.
"""

from __future__ import annotations

import textwrap
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from journeyman.records.task import Severity
from journeyman.tasks.breaking.family import MOST_EDITS_A_NODE, Example
from journeyman.tasks.breaking.site import Edit, Site
from journeyman.tasks.syntax.grammar import Grammar
from journeyman.tasks.syntax.source import SyntaxSource

if TYPE_CHECKING:
    from tree_sitter import Node


class SyntaxFamily(ABC):
    """A family that looks at one node of a syntax tree at a time; a `tasks.breaking.Breakage`.

    Args:
        grammar: Whose examples it shows; sources bring their own grammar.
    """

    name: ClassVar[str]
    severity: ClassVar[Severity]
    description: ClassVar[str]
    shown: ClassVar[Mapping[str, tuple[Example, ...]]]

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar

    @property
    def quiet(self) -> bool:
        """Whether a break typically gives wrong results without raising."""
        return self.severity == "wrong result"

    def sites(self, source: SyntaxSource) -> Iterator[Site]:
        """Yield the places, function by function and node by node."""
        for function in source.functions:
            for node in function.nodes:
                if self.quiet and node.id in function.cosmetic:
                    continue  # No test is likely to look at the words of a message.
                for edit in islice(self.edits(source, node), MOST_EDITS_A_NODE):
                    yield source.site(self.name, function, edit)

    @abstractmethod
    def edits(self, source: SyntaxSource, node: Node) -> Iterator[Edit]:
        """Yield the breaks of `node`, the most plausible first; three of them are used."""

    def examples(self) -> tuple[Example, ...]:
        """Return the family's examples in its grammar's language."""
        return self.shown.get(self.grammar.name, ())


def example(before: str, after: str) -> Example:
    """Return an example from two indented blocks of code."""
    return Example(textwrap.dedent(before).lstrip("\n"), textwrap.dedent(after).lstrip("\n"))


def operator(source: SyntaxSource, node: Node) -> Node | None:
    """Return the operator of a binary, unary or assigning expression."""
    found = source.field(node, "operator")
    if found is None and len(node.children) in (2, 3):
        tokens = [child for child in node.children if not child.is_named]
        found = tokens[0] if len(tokens) == 1 else None
    return found


def sides(source: SyntaxSource, node: Node) -> tuple[Node, Node] | None:
    """Return the operands of a binary expression."""
    left, right = source.field(node, "left"), source.field(node, "right")
    return None if left is None or right is None else (left, right)


def unary(source: SyntaxSource, node: Node, kind: tuple[str, str]) -> Node | None:
    """Return the operand where `node` applies the unary operator `kind`."""
    if node.type != kind[0] or not source.code(node).startswith(kind[1]):
        return None
    operands = node.named_children
    return operands[0] if len(operands) == 1 else None


def replaced(
    source: SyntaxSource, node: Node | None, words: Mapping[str, Sequence[str]]
) -> Iterator[Edit]:
    """Yield what a table of words puts in a node's place."""
    if node is not None:
        for word in words.get(source.code(node), ()):
            yield source.edit(node, word)


def arguments(source: SyntaxSource, call: Node) -> list[Node]:
    """Return the plain arguments of a call; none where one is spread."""
    holder = source.field(call, source.grammar.arguments)
    if holder is None:
        return []
    given = [child for child in holder.named_children if not child.is_extra]
    return [] if any("spread" in child.type for child in given) else given


def called(source: SyntaxSource, node: Node) -> str:
    """Return the plain name that `node` calls, or an empty string."""
    if node.type not in source.grammar.call:
        return ""
    function = source.field(node, source.grammar.callee)
    return source.code(function) if function is not None else ""


def method(source: SyntaxSource, node: Node) -> tuple[Node, Node] | None:
    """Return the object and the name of the method that `node` calls."""
    grammar = source.grammar
    function = source.field(node, grammar.callee) if node.type in grammar.call else None
    if function is None or function.type not in grammar.member:
        return None
    owner, name = source.field(function, grammar.object), source.field(function, grammar.property)
    return None if owner is None or name is None else (owner, name)


def within(node: Node, kinds: frozenset[str], stop: frozenset[str]) -> bool:
    """Whether a node of `kinds` lies around `node`, nearer than one of `stop`."""
    here = node.parent
    while here is not None and here.type not in stop:
        if here.type in kinds:
            return True
        here = here.parent
    return False
