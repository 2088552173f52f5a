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

_NAME = rb"[\w$@#\x80-\xff]+"


def _receiver_pattern(*separators: bytes) -> re.Pattern[bytes]:
    """Return what reads a path before a name, from its end: both are turned round."""
    one = rb"\s*(?:" + b"|".join(separators) + rb")\s*"
    return re.compile(
        rb"(?P<first>%b)(?P<path>(?:%b%b)*%b)?(?P<rest>%b)?" % (one, _NAME, one, _NAME, one)
    )


_USUAL = _receiver_pattern(rb"\.(?:[?&]|!!?)?", rb"::")
_RECEIVERS: Mapping[str, re.Pattern[bytes]] = {
    **dict.fromkeys(("c", "cpp"), _receiver_pattern(rb"\.", rb">-", rb"::")),
    "php": _receiver_pattern(rb">-\??", rb"::", rb"\\"),
    "lua": _receiver_pattern(rb"\.", rb":"),
}
_SEPARATORS = re.compile(rb"\s*(?:(?:[?&]|!!?)?\.|\??->|::|[:\\])\s*")
_ENDINGS = frozenset(b".>:\\")
_WORDS = frozenset(
    {b"return", b"case", b"in", b"else", b"await", b"yield", b"throw", b"not", b"and"}
)
_BUILT_IN: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("javascript", "typescript", "tsx"), frozenset({"require"})),
    "go": frozenset(
        {"any", "bool", "byte", "comparable", "complex64", "complex128", "error", "float32"}
        | {"float64", "int", "int8", "int16", "int32", "int64", "rune", "string", "uint"}
        | {"uint8", "uint16", "uint32", "uint64", "uintptr"}
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
        name = text[start : node.end_byte].decode("utf-8", "replace")
        if name in built_in:
            continue
        line = node.start_point[0] + 1
        found.append(Reference(name, kind, line, _receiver(pattern, text, start), within))  # type: ignore[arg-type]
    return tuple(found)


def _receiver(pattern: re.Pattern[bytes], text: bytes, start: int) -> str:
    before = text[max(0, start - _WINDOW) : start].rstrip()
    if not before or before[-1] not in _ENDINGS:
        return ""
    found = pattern.match(before[::-1])
    if found is None or before.endswith(b".."):
        return ""
    path = found["path"]
    if path is None:
        return "?" if len(found[0]) < len(before) else ""
    if found["rest"] is not None or len(found[0]) == _WINDOW:
        return "?"
    names = _SEPARATORS.split(path[::-1])
    if names[0] in _WORDS or names[0][:1].isdigit():
        return "?"
    return b".".join(names).decode("utf-8", "replace")
