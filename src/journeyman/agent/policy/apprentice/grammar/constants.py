"""Wrong constants: truth values, numbers, texts, and bounds of slices."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from journeyman.agent.policy.apprentice.grammar.site import Site
from journeyman.agent.policy.apprentice.likeness import most_alike
from journeyman.agent.policy.apprentice.move import Change

_TRUTHS = ("True", "False", "None")


def constant_changes(site: Site, node: ast.AST, parent: ast.AST) -> Iterator[Change]:
    """Yield other constants for `node`, and constants for conditions."""
    if isinstance(node, ast.Slice):
        yield from _slices(site, node)
    if not isinstance(node, ast.Constant):
        if isinstance(parent, ast.If | ast.While) and parent.test is node:
            span = site.source.span(node)
            yield Change(*span, "True", "condition-constant", "", "True")
            yield Change(*span, "False", "condition-constant", "", "False")
        return
    span, value = site.source.span(node), node.value
    if value is None or isinstance(value, bool):
        for other in _TRUTHS:
            if other != str(value):
                yield Change(*span, other, "truth", str(value), other)
        for name in site.names[:6] if value is None else ():
            yield Change(*span, name, "constant-to-name", "None", name)
    elif isinstance(value, int | float):
        yield from _numbers(site, node, value)
    elif isinstance(value, str) and "\n" not in site.source.of(node):
        yield from _strings(site, node, value)


def _numbers(site: Site, node: ast.Constant, value: float) -> Iterator[Change]:
    span, text = site.source.span(node), site.source.of(node)
    close = [repr(value + 1), repr(value - 1)]
    others = ["0", "1", "-1", "2", repr(value * 10), repr(value + 2)]
    others += [one for one, _ in site.source.words.numbers.most_common(6)]
    for other in close:
        yield Change(*span, other, "number-next", text, other)
    for other in dict.fromkeys(others):
        if other not in close and other != text:
            yield Change(*span, other, "number-other", text, other)
    for name in site.names[:3]:
        yield Change(*span, name, "constant-to-name", text, name)


def _strings(site: Site, node: ast.Constant, value: str) -> Iterator[Change]:
    span, text = site.source.span(node), site.source.of(node)
    if not text or text[0] not in "\"'" or text[-1] not in "\"'" or text[:3] in ('"""', "'''"):
        return
    others = most_alike(value, site.source.words.strings, 4)
    frequent = [one for one, _ in site.source.words.strings.most_common(4)]
    for other in dict.fromkeys([*others, *frequent, "", " "]):
        if other != value:
            quoted = repr(other)
            yield Change(*span, quoted, "string", value[:40], other[:40])


def _slices(site: Site, node: ast.Slice) -> Iterator[Change]:
    """Yield the slice without one of its bounds, and with the usual bounds where one is missing."""
    source = site.source
    parts = [
        source.of(part) if part is not None else "" for part in (node.lower, node.upper, node.step)
    ]
    start, end = _slice_span(site, node)

    def change(index: int, text: str) -> Change:
        new = [*parts]
        new[index] = text
        joined = ":".join(new) if new[2] else ":".join(new[:2])
        return Change(start, end, joined, "slice", parts[index], text)

    for index in range(3):
        if parts[index]:
            yield change(index, "")
        else:
            for text in (("1",), ("-1", "1"), ("-1", "2"))[index]:
                yield change(index, text)
    if parts[0] != parts[1]:
        yield Change(start, end, f"{parts[1]}:{parts[0]}", "slice", parts[0], parts[1])
    for name in site.names[:3]:
        for index in range(2):
            if not parts[index]:
                yield change(index, name)


def _slice_span(site: Site, node: ast.Slice) -> tuple[int, int]:
    return site.source.span(node)
