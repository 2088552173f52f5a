"""The definitions of a file: their kinds, their places, and what they are called in full."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from journeyman.understanding.parsing.documentation import Lines
from journeyman.understanding.parsing.parsed import Import, Symbol

if TYPE_CHECKING:
    import tree_sitter

_HEADER = 200
"""Characters of the line of a definition that are kept."""

_LONG = 1000
"""What stands in something whose name is longer is not named after it."""

_SCOPES = frozenset({"class", "interface", "struct", "enum", "trait"})
_LEAVES = frozenset({"constant", "field", "type"})

_SEPARATOR = re.compile(r"::|->|[.:\\]")
_ARGUMENTS = re.compile(r"<[^<>]*>|\[[^\[\]]*\]|\s+")
_MARKS = frozenset("[]<=>!+-*/%&|^~`(")
_NO_OWNER = frozenset({"", "module", "exports", "this", "prototype", "self", "_G"})


class Definitions(NamedTuple):
    """Symbols in the order they begin, the outer before the inner.

    `spans` are (start, end, symbol) in bytes of what references can stand in, in order; the symbol
    is -1 for a scope that is no symbol of the file. `names` are where names are defined.
    """

    symbols: list[Symbol]
    spans: list[tuple[int, int, int]]
    names: set[int]


class _Found(NamedTuple):
    """A match, ordered by where it begins, the longest first, then by its pattern."""

    start: int
    minus_end: int
    pattern: int
    path: str
    kind: str
    owner: str
    node: tree_sitter.Node
    name: tree_sitter.Node


class _Open(NamedTuple):
    start: int
    end: int
    symbol: int
    qualified: str
    kind: str

    def is_place(self, found: _Found) -> bool:
        return (self.start, self.end) == (found.start, -found.minus_end)


_NOTHING = _Open(0, 0, -1, "", "")


def find_definitions(
    query: tree_sitter.Query,
    root: tree_sitter.Node,
    language: str,
    text: bytes,
    imports: Sequence[Import],
) -> Definitions:
    """Return the definitions of a file; a constant that holds an import is none."""
    imported = {(one.alias, one.line) for one in imports}
    lines = Lines(language, text)
    result = Definitions([], [], set())
    owners: dict[str, int] = {}
    opened: list[_Open] = []
    for found in _matches(query, root, result.names):
        while opened and opened[-1].end <= found.start:
            opened.pop()
        outer = _outer(opened, found)
        owner, name = _split(found.path, found.owner)
        if not name:
            continue
        qualified = _joined(outer.qualified, owner, name)
        if found.kind == "scope":
            index = owners.get(qualified, -1)
            opened.append(_Open(found.start, -found.minus_end, outer.symbol, qualified, "class"))
            result.spans.append((found.start, -found.minus_end, index))
            continue
        first = found.node.start_point[0] + 1
        if found.kind == "constant" and (name, first) in imported:
            continue
        kind = found.kind
        if kind == "function" and (owner or outer.kind in _SCOPES):
            kind = "method"
        row, column = found.node.end_point
        last = max(first, row + (1 if column else 0))
        header = lines.at(*found.name.start_point)[:_HEADER]
        doc = lines.document(*found.node.start_point, last)
        index = len(result.symbols)
        result.symbols.append(
            Symbol(name, qualified, kind, first, last, outer.symbol, header, doc)  # type: ignore[arg-type]
        )
        opened.append(_Open(found.start, -found.minus_end, index, qualified, kind))
        if kind not in _LEAVES:
            result.spans.append((found.start, -found.minus_end, index))
            owners.setdefault(qualified, index)
    return result


def _outer(opened: list[_Open], found: _Found) -> _Open:
    """Return what a definition belongs to, which is not always the innermost that is around it."""
    if opened and opened[-1].kind in _LEAVES and opened[-1].is_place(found):
        opened.pop()  # `int a, b;`: one place, two names
    if not opened:
        return _NOTHING
    inner = opened[-1].kind
    if (inner in _LEAVES and found.kind in _SCOPES) or (
        inner in ("function", "method") and found.kind == "field"
    ):  # `typedef struct shop {} shop_t`; `constructor(private shop: Shop)`
        return opened[-2] if len(opened) > 1 else _NOTHING
    return opened[-1]


def _matches(query: tree_sitter.Query, root: tree_sitter.Node, names: set[int]) -> list[_Found]:
    """Return the matches in order, each definition once; where names stand goes into `names`."""
    import tree_sitter

    found: dict[tuple[int, int, int], _Found] = {}
    firsts: dict[tuple[int, int], int] = {}
    for pattern, captures in tree_sitter.QueryCursor(query).matches(root):
        named = captures.pop("name", None)
        owner = captures.pop("owner", None)
        for capture, nodes in captures.items():
            if named is None or capture.startswith("_"):
                continue
            node, name = nodes[0], named[0]
            start, end, place = node.start_byte, node.end_byte, name.start_byte
            kind = capture.removeprefix("definition.")
            key = start, end, place
            if kind not in _LEAVES:
                firsts[start, end] = min(pattern, firsts.get((start, end), pattern))
            before = found.get(key)
            if before is None or before.pattern > pattern:
                whose = _text(owner[0]) if owner else ""
                found[key] = _Found(start, -end, pattern, _text(name), kind, whose, node, name)
            if capture != "scope":
                names.add(place)
    kept = [
        one
        for one in found.values()
        if one.kind in _LEAVES or one.pattern == firsts[one.start, -one.minus_end]
    ]
    return sorted(kept, key=lambda one: (one.start, one.minus_end, one.name.start_byte))


def _split(path: str, owner: str) -> tuple[str, str]:
    """Return the owner, with dots, and the name of what is defined by the path of a name."""
    if owner:
        return ".".join(_parts(owner)), path
    if path.isidentifier():
        return "", path if path != "_" else ""
    if path[:1] in _MARKS:  # Ruby's `[]=`, C++'s `~Till`, Kotlin's `two words`
        return "", path.strip("`") if path[:1] != "(" else ""
    if "(" in path and "operator" not in path:
        return "", ""
    parts = _parts(path)
    name = parts.pop() if parts else ""
    return ".".join(parts), name if name not in _NO_OWNER else ""


def _parts(path: str) -> list[str]:
    """Return the names of a path without type arguments, and without what is no owner."""
    if "operator" in path:  # C++: `operator<<` and `operator ->` are names
        head, _, tail = path.partition("operator")
        return [*filter(None, _parts(head)), "operator" + "".join(tail.split())]
    bare = path.lstrip("*&")
    while (shorter := _ARGUMENTS.sub("", bare)) != bare:
        bare = shorter
    parts = [part.strip() for part in _SEPARATOR.split(bare)]
    return [part for part in parts[:-1] if part not in _NO_OWNER] + parts[-1:]


def _joined(outer: str, owner: str, name: str) -> str:
    full = f"{owner}.{name}" if owner else name
    return f"{outer}.{full}" if outer and len(outer) < _LONG else full


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
