"""Wrong calls: arguments swapped, missing or too many; calls and keys too many or missing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from journeyman.agent.policy.apprentice.grammar.site import Site
from journeyman.agent.policy.apprentice.move import Change
from journeyman.agent.policy.apprentice.words import called_name

_WRAPPED = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.BinOp)


def call_changes(site: Site, node: ast.AST, parent: ast.AST) -> Iterator[Change]:
    """Yield changes to the arguments of a call, and calls put around or taken from a value."""
    if isinstance(node, ast.Call):
        yield from _swaps(site, node)
        yield from _insertions(site, node)
        yield from _drops(site, node)
        yield from _unwraps(site, node)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield Change(*site.source.span(node), site.source.of(node.value), "unwrap")
    elif isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load):
        yield from _elements(site, node)
    elif isinstance(node, ast.Await | ast.YieldFrom | ast.Yield) and node.value is not None:
        yield from _yields(site, node)
    elif isinstance(node, ast.comprehension):
        yield from _filters(site, node)
    if isinstance(node, _WRAPPED):
        yield from _wraps(site, node, parent)


def _swaps(site: Site, node: ast.Call) -> Iterator[Change]:
    source, given = site.source, [one for one in node.args if not isinstance(one, ast.Starred)]
    for left in range(len(given)):
        for right in range(left + 1, min(len(given), left + 3)):
            (a, b), (c, d) = source.span(given[left]), source.span(given[right])
            new = source.text[c:d] + source.text[b:c] + source.text[a:b]
            yield Change(a, d, new, "argument-swap")
    values = [one.value for one in node.keywords]
    for first, second in pairwise(values):
        (a, b), (c, d) = source.span(first), source.span(second)
        new = source.text[c:d] + source.text[b:c] + source.text[a:b]
        yield Change(a, d, new, "argument-swap")


def _insertions(site: Site, node: ast.Call) -> Iterator[Change]:
    """Yield the call with one argument more: positional at either end, or by a known keyword."""
    source, name = site.source, called_name(node)
    open_at = source.text.find("(", source.span(node.func)[1])
    end = source.span(node)[1] - 1
    if open_at < 0 or source.text[end] != ")" or _generator_alone(node):
        return
    wanted = [one for one in source.words.signatures.get(name, ()) if one not in ("self", "cls")]
    given = {one.arg for one in node.keywords}
    values = [one for one in site.names if one not in ("self", "cls")][:5]
    if "self" in site.scope.bound and not node.args:
        values.append("self")
    values += [one for one in ("None", "True") if one not in values]
    some = bool(node.args or node.keywords)
    starred = any(isinstance(one, ast.Starred) for one in node.args)
    for value in values:
        yield Change(
            open_at + 1, open_at + 1, value + (", " if some else ""), "argument-add", "", value
        )
        if node.args and not starred:
            at = _after(site, node.args[-1], end)
            yield Change(at, at, f", {value}", "argument-add", "", value)
    separator = "" if source.text[:end].rstrip().endswith((",", "(")) else ", "
    keywords = [one for one in source.words.keywords.get(name, {}) if one not in given][:4]
    for keyword in dict.fromkeys([*wanted[len(node.args) :], *keywords]):
        if keyword not in given and (keyword in site.scope.bound or keyword in keywords):
            for value in (keyword,) if keyword in site.scope.bound else ("True", "False", "None"):
                new = f"{separator}{keyword}={value}"
                yield Change(end, end, new, "keyword-add", keyword, value)


def _drops(site: Site, node: ast.Call) -> Iterator[Change]:
    source = site.source
    given: list[ast.AST] = [*node.args, *node.keywords]
    for index, one in enumerate(given):
        start, end = source.span(one)
        if index + 1 < len(given):
            end = source.span(given[index + 1])[0]
        elif index:
            start = source.span(given[index - 1])[1]
        yield Change(start, end, "", "argument-drop", source.of(one)[:40])


def _unwraps(site: Site, node: ast.Call) -> Iterator[Change]:
    source, span = site.source, site.source.span(node)
    if isinstance(node.func, ast.Name) and node.args and not isinstance(node.args[0], ast.Starred):
        if not isinstance(node.args[0], ast.GeneratorExp):
            yield Change(*span, source.of(node.args[0]), "unwrap", node.func.id)
    elif isinstance(node.func, ast.Attribute):
        yield Change(*span, source.of(node.func.value), "unwrap", node.func.attr)
    if not node.args and not node.keywords:
        yield Change(*span, source.of(node.func), "call-drop")


def _wraps(site: Site, node: ast.expr, parent: ast.AST) -> Iterator[Change]:
    """Yield the value inside a call that this file often makes; and a call of the value itself."""
    placed = isinstance(parent, ast.Return | ast.Assign) or (
        isinstance(parent, ast.For | ast.comprehension) and parent.iter is node
    )
    if isinstance(parent, ast.Call) and node is not parent.func:
        placed = True
    if isinstance(parent, ast.Compare | ast.Subscript):
        placed = not isinstance(parent, ast.Subscript) or parent.slice is node
    if not placed or isinstance(getattr(node, "ctx", None), ast.Store):
        return
    span, text = site.source.span(node), site.source.of(node)
    for name, _ in site.source.words.wrappers.most_common(5):
        yield Change(*span, f"{name}({text})", "wrap", "", name)
    if isinstance(node, ast.Name | ast.Attribute):
        yield Change(*span, f"{text}()", "call-add")
        if not isinstance(parent, ast.Compare | ast.Subscript):
            for index in ("0", "-1"):
                yield Change(*span, f"{text}[{index}]", "index-add", "", index)


def _elements(site: Site, node: ast.Tuple | ast.List) -> Iterator[Change]:
    spans = [site.source.span(one) for one in node.elts[:4]]
    for (a, b), (c, d) in pairwise(spans):
        text = site.source.text
        yield Change(a, d, text[c:d] + text[b:c] + text[a:b], "argument-swap")


def _yields(site: Site, node: ast.Await | ast.YieldFrom | ast.Yield) -> Iterator[Change]:
    assert node.value is not None
    span, value = site.source.span(node), site.source.of(node.value)
    if isinstance(node, ast.Yield):
        yield Change(*span, f"yield from {value}", "yield")
    elif isinstance(node, ast.YieldFrom):
        yield Change(*span, f"yield {value}", "yield")
    else:
        yield Change(*span, value, "yield")


def _filters(site: Site, node: ast.comprehension) -> Iterator[Change]:
    """Yield the comprehension without a filter, and with a plain one where it has none."""
    source = site.source
    at = source.span(node.iter)[1]
    if node.ifs:
        yield Change(at, source.span(node.ifs[-1])[1], "", "filter-drop")
    elif isinstance(node.target, ast.Name):
        yield Change(at, at, f" if {node.target.id}", "filter-add", "", node.target.id)
        yield Change(at, at, f" if {node.target.id} is not None", "filter-add", "", node.target.id)


def _generator_alone(node: ast.Call) -> bool:
    return len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp)


def _after(site: Site, node: ast.expr, limit: int) -> int:
    """Return where an argument ends, closing parentheses of its own included."""
    at = site.source.span(node)[1]
    text = site.source.text
    while at < limit and text[at] == ")":
        at += 1
    return at
