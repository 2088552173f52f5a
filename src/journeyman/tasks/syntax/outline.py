"""A file's functions, and which of them are nearly the same, read by a grammar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from journeyman.tasks.breaking.source import UnparsableError
from journeyman.tasks.syntax.grammar import Grammar
from journeyman.tasks.syntax.parsing import parse, walk
from journeyman.tasks.syntax.source import SyntaxSource
from journeyman.understanding.duplicates import near_duplicates as pairs
from journeyman.understanding.duplicates import shingles_of
from journeyman.understanding.functions import Function

if TYPE_CHECKING:
    from tree_sitter import Node


def functions(path: str, text: str, grammar: Grammar) -> list[Function]:
    """Return the outermost functions of a file; none where it cannot be parsed."""
    source = SyntaxSource(path, text, grammar)
    try:
        found = source.functions
    except UnparsableError:
        return []
    lines = text.splitlines(keepends=True)
    return [
        Function(
            path=path,
            qualname=one.name,
            first=one.first,
            last=one.last,
            text="".join(lines[one.first - 1 : one.last]),
        )
        for one in found
    ]


def near_duplicates(texts: Mapping[str, str], grammar: Grammar) -> list[tuple[str, str]]:
    """Return the pairs of functions (name to text) that are nearly the same.

    See `understanding.duplicates`; here a grammar says what the tokens are.
    """
    return pairs(texts, shingle=lambda text: shingles_of(list(_tokens(text, grammar))))


def _tokens(text: str, grammar: Grammar) -> Iterator[str]:
    """Yield the tokens that matter, a name that the function binds as ``$name``.

    A method's text is not a file of its own, so that the parser has to recover; what it makes of
    the tokens is the same.
    """
    tree = parse(text.encode("utf-8", "surrogatepass"), grammar)
    if tree is None:
        return
    source = SyntaxSource("", text, grammar)
    source.__dict__["tree"] = tree  # with its errors
    bound = set(source.bindings)
    for node in walk(tree.root_node, frozenset({"comment", "line_comment", "block_comment"})):
        if node.type in grammar.string:
            yield '""'
        elif not node.child_count and not _in_string(node, grammar):
            word = source.code(node)
            own = node.type in grammar.identifier and word in bound
            if word.strip():
                yield f"${word}" if own else word


def _in_string(node: Node, grammar: Grammar) -> bool:
    return node.parent is not None and node.parent.type in grammar.string
