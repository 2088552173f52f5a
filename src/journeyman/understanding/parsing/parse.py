"""Parse one file with its grammar. Pure, and quick: a hundred thousand lines a second."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from journeyman.understanding.parsing.documentation import document
from journeyman.understanding.parsing.imports import read_imports
from journeyman.understanding.parsing.languages import grammar, is_code, queries
from journeyman.understanding.parsing.parsed import Import, Parsed, Reference, Symbol

if TYPE_CHECKING:
    import tree_sitter

_HEADER = 200
"""Characters of a definition's first line that are kept."""

_RECEIVER = re.compile(rb"([A-Za-z_$@][\w$.]*)?\s*(?:\.|\?\.|->|::)\s*$")
_SCOPES = frozenset({"class", "interface", "struct", "enum", "trait", "module"})


def parse(language: str, text: bytes) -> Parsed:
    """Return what stands in `text`; nothing for a language without a grammar here.

    Does not raise for any text. It may not return in time: grammars are third-party code, so the
    index parses in a process of its own (see `understanding.index.crew`).
    """
    if not is_code(language):
        return Parsed(language)
    root = _parser(language).parse(text).root_node
    definitions, references = queries(language)
    lines = text.split(b"\n")
    symbols = _symbols(definitions, root, language, lines)
    uses, imports = _uses(references, root, language, text, symbols)
    return Parsed(language, symbols, uses, imports, root.has_error)


@cache
def _parser(language: str) -> tree_sitter.Parser:
    import tree_sitter

    return tree_sitter.Parser(grammar(language))


def _symbols(
    query: tree_sitter.Query, root: tree_sitter.Node, language: str, lines: Sequence[bytes]
) -> tuple[Symbol, ...]:
    """Return the definitions in the order they begin, each once, the outer before the inner."""
    import tree_sitter

    found: dict[tuple[int, int, str], tuple[str, int, int]] = {}
    for _, captures in tree_sitter.QueryCursor(query).matches(root):
        names = captures.pop("name", None)
        for capture, nodes in captures.items():
            if names and capture.startswith("definition."):
                node = nodes[0]
                name = _text(names[0])
                found.setdefault(
                    (node.start_byte, -node.end_byte, name),
                    (capture[11:], node.start_point[0] + 1, _last_line(node)),
                )
    symbols: list[Symbol] = []
    open_scopes: list[tuple[int, int]] = []
    for (start, minus_end, name), (kind, first, last) in sorted(found.items()):
        while open_scopes and open_scopes[-1][0] <= start:
            open_scopes.pop()
        parent = open_scopes[-1][1] if open_scopes else -1
        outer = symbols[parent] if parent >= 0 else None
        if kind == "function" and outer is not None and outer.kind in _SCOPES - {"module"}:
            kind = "method"
        qualified = f"{outer.qualified}.{name}" if outer is not None else name
        header = lines[first - 1].decode("utf-8", "replace").strip()[:_HEADER]
        doc = document(language, lines, first, last)
        symbols.append(Symbol(name, qualified, kind, first, last, parent, header, doc))  # type: ignore[arg-type]
        if kind not in ("constant", "field", "type"):
            open_scopes.append((-minus_end, len(symbols) - 1))
    return tuple(symbols)


def _last_line(node: tree_sitter.Node) -> int:
    row, column = node.end_point
    return int(row) + (1 if column else 0)


def _uses(
    query: tree_sitter.Query,
    root: tree_sitter.Node,
    language: str,
    text: bytes,
    symbols: Sequence[Symbol],
) -> tuple[tuple[Reference, ...], tuple[Import, ...]]:
    import tree_sitter

    captures = tree_sitter.QueryCursor(query).captures(root)
    imports: list[Import] = []
    for node in captures.pop("import", ()):
        imports += read_imports(language, _text(node), node.start_point[0] + 1)
    innermost = _Innermost(symbols)
    uses = []
    for kind, nodes in captures.items():
        for node in nodes:
            start = node.start_byte
            line = node.start_point[0] + 1
            name = text[start : node.end_byte].decode("utf-8", "replace")
            receiver = _receiver(text, start)
            uses.append(Reference(name, kind, line, receiver, innermost.at(line)))  # type: ignore[arg-type]
    uses.sort(key=lambda use: (use.line, use.name, use.kind))
    return tuple(uses), tuple(sorted(imports, key=lambda one: one.line))


def _receiver(text: bytes, start: int) -> str:
    if text[start - 1 : start] not in (b".", b">", b":"):
        return ""
    before = _RECEIVER.search(text, max(0, start - 80), start)
    if before is None:
        return ""
    name = before.group(1)
    return name.decode("utf-8", "replace") if name else "?"


class _Innermost:
    """Finds the innermost symbol around a line."""

    def __init__(self, symbols: Sequence[Symbol]) -> None:
        self._scopes = [
            (symbol.first, symbol.last, index)
            for index, symbol in enumerate(symbols)
            if symbol.kind not in ("constant", "field", "type")
        ]
        self._firsts = [first for first, _, _ in self._scopes]
        self._symbols = symbols

    def at(self, line: int) -> int:
        place = bisect_right(self._firsts, line) - 1
        if place < 0:
            return -1
        index = self._scopes[place][2]
        while index >= 0 and self._symbols[index].last < line:
            index = self._symbols[index].parent
        return index


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
