"""The names a file uses: what it calls, what it inherits from, which types it speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from journeyman.understanding.parsing.definitions import Definitions
from journeyman.understanding.parsing.parsed import Reference

if TYPE_CHECKING:
    import tree_sitter

_KINDS = ("skip", "inherit", "call", "type")
"""Of several readings of one name the first holds."""

_WINDOW = 120
"""Bytes before a name that are looked through for what it belongs to."""

_FAR = 1000
_COMMENTED = re.compile(rb"(?://|#|\*|--)[^\n]*\n\s*\Z")

_NAME = rb"[\w$@#\x80-\xff]+"


def _receiver_pattern(*separators: bytes) -> re.Pattern[bytes]:
    """Return what reads a path before a name, from its end: both are turned round."""
    one = rb"(?:" + b"|".join(separators) + rb")"
    return re.compile(
        rb"(?P<first>%b)(?P<path>(?:%b%b)*%b)?(?P<rest>%b)?" % (one, _NAME, one, _NAME, one)
    )


_DOT = rb"\s*\.(?:[?&]|!!?)?\s*"
_USUAL = _receiver_pattern(_DOT, rb"::")
_RECEIVERS: Mapping[str, re.Pattern[bytes]] = {
    **dict.fromkeys(("c", "cpp"), _receiver_pattern(_DOT, rb"\s*>-\s*", rb"::")),
    "php": _receiver_pattern(rb"\s*>-\??\s*", rb"::", rb"\\"),
    "lua": _receiver_pattern(_DOT, rb":"),
}
_SEPARATORS = re.compile(rb"\s*(?:(?:[?&]|!!?)?\.|\??->|::|[:\\])\s*")
_ENDINGS = frozenset(b".>:\\")
_ENDS = (b")", b"]", b"}", b">")
"""What an expression without a name of its own ends in."""
_WORDS = frozenset(
    {b"return", b"case", b"in", b"else", b"await", b"yield", b"throw", b"not", b"and"}
)
_SCRIPT = frozenset({"require"})
_BUILT_IN: Mapping[str, frozenset[str]] = {
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "lua": _SCRIPT,
    "go": frozenset(
        {"any", "bool", "byte", "comparable", "complex64", "complex128", "error", "float32"}
        | {"float64", "int", "int8", "int16", "int32", "int64", "rune", "string", "uint"}
        | {"uint8", "uint16", "uint32", "uint64", "uintptr"}
    ),
    "rust": frozenset({"Self", "Some", "Ok", "Err", "None"}),
    "cpp": frozenset({"static_cast", "const_cast", "dynamic_cast", "reinterpret_cast"}),
    "php": frozenset({"self", "static", "parent", "define"}),
    "ruby": frozenset(
        {"require", "require_relative", "autoload", "include", "extend", "prepend", "class"}
        | {"private", "public", "protected", "module_function", "attr_reader", "attr_accessor"}
        | {"attr_writer", "alias_method", "define_method", "private_constant", "freeze"}
    ),
    "bash": frozenset(
        {"source", ".", "echo", "printf", "cd", "exit", "return", "set", "shift", "alias", "test"}
        | {"[", "eval", "exec", "trap", "true", "false", "read", ":", "unset", "break", "continue"}
    ),
}
"""Names that grammars do not tell from those of the program."""


def find_references(
    captures: Mapping[str, Sequence[tree_sitter.Node]],
    language: str,
    text: bytes,
    definitions: Definitions,
) -> tuple[Reference, ...]:
    """Return the references in their order; a name that is being defined is none."""
    chosen: dict[int, tuple[str, tree_sitter.Node]] = {}
    for kind in _KINDS:
        for node in captures.get(kind, ()):
            chosen.setdefault(node.start_byte, (kind, node))
    pattern = _RECEIVERS.get(language, _USUAL)
    parameters = {_name(text, node) for node in captures.get("skip", ())}
    built_in = _BUILT_IN.get(language, frozenset())
    opened: list[tuple[int, int]] = []
    spans = iter([*definitions.spans, (len(text) + 1, 0, -1)])
    span = next(spans)
    found = []
    for start in sorted(chosen):
        kind, node = chosen[start]
        if kind == "skip" or (start in definitions.names and kind != "inherit"):
            continue
        while span[0] <= start:
            while opened and opened[-1][0] <= span[0]:
                opened.pop()
            opened.append(span[1:])
            span = next(spans)
        while opened and opened[-1][0] <= start:
            opened.pop()
        within = opened[-1][1] if opened else -1
        name = _name(text, node)
        if name in built_in or (kind == "type" and name in parameters):
            continue
        line = node.start_point[0] + 1
        found.append(Reference(name, kind, line, _receiver(pattern, text, start), within))  # type: ignore[arg-type]
    return tuple(found)


def _name(text: bytes, node: tree_sitter.Node) -> str:
    return text[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _receiver(pattern: re.Pattern[bytes], text: bytes, start: int) -> str:
    before = text[max(0, start - _WINDOW) : start].rstrip(b" \t")
    if before.endswith(b"\n"):
        before = before.rstrip()
        if before.endswith(b".") and _COMMENTED.search(text, max(0, start - _FAR), start):
            return ""  # the end of a sentence
    if not before or before[-1] not in _ENDINGS or before.endswith((b"..", b" ->")):
        return ""
    found = pattern.match(before[::-1])
    if found is None:
        return ""
    path, outermost = found["path"], found["rest"] or found["first"]
    left = before[: len(before) - len(found[0])][-1:]
    if path is None or found["rest"] is not None:
        # `::read()` and `\\strlen()` are paths from the root, `shop().read()` is none
        if outermost.strip() not in (b"::", b"\\") or left in _ENDS:
            return "?"
        if path is None:
            return ""
    if len(found[0]) == _WINDOW:
        return "?"
    names = _SEPARATORS.split(path[::-1])
    if names[0] in _WORDS or names[0][:1].isdigit():
        return "?"
    return b".".join(names).decode("utf-8", "replace")
