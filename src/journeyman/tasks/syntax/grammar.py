"""What the nodes of one language's syntax tree are called: a table the families go by.

The grammars are packages that carry their parser compiled; nothing is downloaded at run time.
`tree-sitter-language-pack` would bring three hundred grammars where three are used, and its newer
releases fetch them from the network when they are first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

Words = Mapping[str, tuple[str, ...]]
"""A word to what is put in its place, the most plausible first."""


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


def table(text: str) -> dict[str, tuple[str, ...]]:
    """Return a table from rows with commas between them: a word, then what may replace it."""
    rows = [row.split() for row in text.split(",")]
    return {first: tuple(others) for first, *others in rows}


def pairs(text: str) -> dict[str, tuple[str, ...]]:
    """Return a table in which each of two words stands for the other, pairs between commas."""
    rows = [row.split() for row in text.split(",")]
    return {old: (new,) for row in rows for old, new in (row, row[::-1])}


@dataclass(frozen=True, eq=False)
class Grammar:
    """One language's names for what the families look for.

    Fields named after a kind of code hold the types of its nodes, as the grammar spells them; an
    empty set leaves the families out that need it. `functions` is node type to the field with its
    name; `bindings` is node type to the fields that bind names in it; `skipped` are nodes that are
    never broken, nor anything in them. `blocks` are the nodes that a local variable lives in.
    """

    name: str
    load: Callable[[], Any]
    functions: Mapping[str, str]
    classes: Mapping[str, str]
    skipped: frozenset[str]
    blocks: frozenset[str]
    bindings: Mapping[str, tuple[str, ...]]
    hoisted: frozenset[str] = frozenset()
    """Binding nodes whose names live in the whole function."""
    identifier: frozenset[str] = frozenset({"identifier"})
    receivers: frozenset[str] = frozenset()
    """Names that stand for the object itself, never swapped."""
    binary: frozenset[str] = frozenset({"binary_expression"})
    augmented: frozenset[str] = frozenset()
    comparisons: Words = field(default_factory=dict)
    logical: Words = field(default_factory=dict)
    arithmetic: Words = field(default_factory=dict)
    assigning: Words = field(default_factory=dict)
    swapped: frozenset[str] = frozenset({"-", "/", "%", "**"})
    """Operators whose operands change the result when swapped."""
    stepping: Words = field(default_factory=dict)
    not_: tuple[str, str] = ("unary_expression", "!")
    minus: tuple[str, str] = ("unary_expression", "-")
    number: frozenset[str] = frozenset()
    string: frozenset[str] = frozenset()
    constants: Words = field(default_factory=dict)
    """Words such as ``true``, and what they are confused with."""
    call: frozenset[str] = frozenset({"call_expression"})
    callee: str = "function"
    arguments: str = "arguments"
    member: frozenset[str] = frozenset()
    object: str = "object"
    property: str = "property"
    subscript: frozenset[str] = frozenset()
    length: str = ""
    """What is put behind a sequence to get its length, such as ``.length``."""
    conditional: frozenset[str] = frozenset()
    """`if` statements, with fields condition, consequence and alternative."""
    ternary: frozenset[str] = frozenset()
    else_clause: str = "else_clause"
    negate: str = "!({})"
    leaving: frozenset[str] = frozenset()
    """Statements that leave a block early: return, throw, break, continue."""
    returning: tuple[str, str] = ("return_statement", "return")
    exits: Words = field(default_factory=dict)
    """`break` and `continue`: node type to the other's text."""
    loops: frozenset[str] = frozenset()
    statement: frozenset[str] = frozenset()
    """Statements that may be dropped (assignments, calls)."""
    container: frozenset[str] = frozenset()
    """Nodes whose children are statements, so that one of them can be dropped."""
    empty: str = "{}"
    """What stands for a statement where one must be."""
    awaiting: str = ""
    optional: Words = field(default_factory=dict)
    """Pieces of code that make a lookup safe, and what stands there without."""
    defaulting: frozenset[str] = frozenset()
    """Operators that give a default for what is missing."""
    conversions: frozenset[str] = frozenset()
    """Functions of one argument that convert it."""
    converting: frozenset[str] = frozenset()
    """Methods without arguments that convert their object."""
    copying: frozenset[str] = frozenset()
    """Methods without arguments that copy their object."""
    spreads: Mapping[str, str] = field(default_factory=dict)
    """Displays that copy when all they hold is one spread: node type to the spread's."""
    exceptions: Words = field(default_factory=dict)
    sibling_functions: Words = field(default_factory=dict)
    sibling_methods: Words = field(default_factory=dict)
    cosmetic: tuple[str, ...] = ()
    """How code begins that only shapes messages."""
    keywords: frozenset[str] = frozenset()
    globals: frozenset[str] = frozenset()
    """Names that are there without being bound: never the result of a misspelling."""


@cache
def loaded(load: Callable[[], Any]) -> Any:
    """Return the grammar as tree-sitter takes it."""
    import tree_sitter

    return tree_sitter.Language(load())
