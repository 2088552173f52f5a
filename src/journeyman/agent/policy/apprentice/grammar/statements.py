"""Wrong statements: what leaves a block, what is returned, branches, order, and too many."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from journeyman.agent.policy.apprentice.grammar.site import Site, is_docstring
from journeyman.agent.policy.apprentice.grammar.stock import copies
from journeyman.agent.policy.apprentice.move import Change
from journeyman.agent.policy.apprentice.source import BLOCKS


def statement_changes(site: Site) -> Iterator[Change]:
    """Yield what may be done to a statement as a whole."""
    node = site.statement
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from _decorators(site, node)
        return
    if isinstance(node, ast.Break | ast.Continue | ast.Pass):
        yield from _leaving(site)
    elif isinstance(node, ast.Return):
        yield from _returned(site, node)
    elif isinstance(node, ast.Expr | ast.Assign):
        yield from _values(site, node)
    elif isinstance(node, ast.If):
        yield from _branches(site, node)
    if site.alone and not isinstance(node, ast.ExceptHandler):
        yield from _deletion(site)
        yield from _order(site)
        yield from _depth(site)


def _leaving(site: Site) -> Iterator[Change]:
    """Yield other ways on from a ``break``, ``continue`` or ``pass``."""
    span, now = site.source.span(site.statement), site.source.of(site.statement)
    if site.loop is not None:
        for other in ("break", "continue", "pass"):
            if other != now:
                yield Change(*span, other, "leave", now, other)
    yield Change(*span, "return", "leave", now, "return")
    for value in [*site.names[:6], "None", "True", "False"]:
        if value != "None":
            yield Change(*span, f"return {value}", "return-insert", now, value)
    if now == "pass":
        yield Change(*span, "raise", "leave", now, "raise")
        for text in copies(site, 4):
            yield Change(*span, text, "copy", now)
        if site.loop is None:
            return
    for name in site.names[:3]:
        yield Change(*span, f"{name} += 1", "assign-insert", now, name)


def _returned(site: Site, node: ast.Return) -> Iterator[Change]:
    span, source = site.source.span(node), site.source
    if node.value is None:
        for value in [*site.names[:8], "True", "False", "[]", "0", "''"]:
            yield Change(*span, f"return {value}", "return-value", "", value)
        return
    text = source.of(node.value)
    yield Change(*span, f"yield {text}", "yield")
    yield Change(*span, text, "return-drop")
    for value in ("None", "True", "False", *site.names[:4]):
        if value != text:
            yield Change(*source.span(node.value), value, "return-value", text[:40], value)
    yield Change(*source.span(node.value), f"[{text}]", "wrap", "", "[]")
    yield Change(*source.span(node.value), f"({text},)", "wrap", "", "()")
    if isinstance(node.value, ast.Tuple | ast.List) and len(node.value.elts) == 1:
        yield Change(*source.span(node.value), source.of(node.value.elts[0]), "unwrap")


def _values(site: Site, node: ast.Expr | ast.Assign) -> Iterator[Change]:
    """Yield a value kept or returned that is thrown away now, and other values assigned."""
    source, start = site.source, site.source.span(node)[0]
    if isinstance(node, ast.Assign):
        text = source.of(node.value)
        yield Change(*source.span(node), f"return {text}", "return-add")
        for other in ("None", "True", "False", "0", "[]", *site.names[:4]):
            if other != text and not isinstance(node.value, ast.Constant):
                yield Change(*source.span(node.value), other, "assigned", text[:40], other)
        return
    if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return
    value = node.value
    if isinstance(value, ast.Yield | ast.YieldFrom):
        if value.value is not None:
            yield Change(*source.span(node), f"return {source.of(value.value)}", "return-add")
        return
    yield Change(start, start, "return ", "return-add")
    yield Change(start, start, "yield ", "return-add")
    for name in site.names[:6]:
        if name not in ("self", "cls"):
            yield Change(start, start, f"{name} = ", "assign-add", "", name)


def _branches(site: Site, node: ast.If) -> Iterator[Change]:
    """Yield the two branches exchanged, and the body without its condition."""
    source = site.source
    lines = source.starts
    if node.orelse and not _elif(source.of(node.orelse[0]), node):
        a, b = lines[node.body[0].lineno - 1], lines[node.body[-1].end_lineno or 0]
        c, d = lines[node.orelse[0].lineno - 1], lines[node.orelse[-1].end_lineno or 0]
        if a < b <= c < d and not source.text[b:c].strip(" \t\r\n").startswith("#"):
            text = source.text
            tail = text[c:d] if text[c:d].endswith(("\n", "\r")) else text[c:d] + source.newline()
            yield Change(a, d, tail + text[b:c] + text[a:b], "branch-swap")


def _elif(text: str, node: ast.If) -> bool:
    return text.startswith("elif") and len(node.orelse) == 1


def _deletion(site: Site) -> Iterator[Change]:
    node = site.statement
    start, end = site.whole
    if isinstance(node, ast.Pass) or is_docstring(node):
        return
    kind = "delete-block" if any(getattr(node, block, None) for block in BLOCKS) else "delete"
    if isinstance(node, ast.If) and site.source.of(node).startswith("elif"):
        return
    if len(site.block) > 1:
        yield Change(start, end, "", kind)
    else:
        yield Change(*site.source.span(node), "pass", kind)
    if kind == "delete-block" and isinstance(node, ast.If) and not node.orelse:
        first = site.source.starts[node.body[0].lineno - 1]
        if first > start:
            body = _shifted(
                site, first, end, site.source.indent_of(node.body[0].lineno), site.indent
            )
            yield Change(start, end, body, "condition-drop")


def _order(site: Site) -> Iterator[Change]:
    """Yield the statement exchanged with the next one."""
    if site.index + 1 >= len(site.block):
        return
    following = site.block[site.index + 1]
    start, middle = site.whole
    end = site.source.starts[following.end_lineno or following.lineno]
    text = site.source.text
    if getattr(following, "body", None) or getattr(site.statement, "body", None):
        return
    if following.lineno == (site.statement.end_lineno or 0) + 1 and text[:end].endswith("\n"):
        yield Change(start, end, text[middle:end] + text[start:middle], "order")


def _depth(site: Site) -> Iterator[Change]:
    """Yield the statement moved out of its block, or into the one before it."""
    start, end = site.whole
    source = site.source
    parent = site.parent
    last = site.index == len(site.block) - 1
    if (
        last
        and site.index
        and isinstance(parent, ast.If | ast.For | ast.While | ast.With | ast.Try)
    ):
        outer = source.indent_of(parent.lineno)
        if site.block is not getattr(parent, "body", None) or not getattr(parent, "orelse", None):
            yield Change(start, end, _shifted(site, start, end, site.indent, outer), "depth")
    if site.index:
        before = site.block[site.index - 1]
        if isinstance(before, ast.If | ast.For | ast.While | ast.With) and site.alone:
            blocks = [
                block for name in ("orelse", "body") if (block := getattr(before, name, None))
            ]
            target = source.indent_of(blocks[0][-1].lineno)
            if target.startswith(site.indent) and target != site.indent:
                yield Change(start, end, _shifted(site, start, end, site.indent, target), "depth")


def _shifted(site: Site, start: int, end: int, old: str, new: str) -> str:
    lines = site.source.text[start:end].splitlines(keepends=True)
    return "".join(new + line[len(old) :] if line.startswith(old) else line for line in lines)


def _decorators(site: Site, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Change]:
    """Yield the def with a decorator that this file knows, or without one it has."""
    source = site.source
    at = source.starts[site.line - 1]
    have = {ast.unparse(one) for one in node.decorator_list}
    known = [one for one, _ in source.words.decorators.most_common(4)]
    if node.args.args and node.args.args[0].arg in ("self", "cls"):
        known += ["property", "classmethod"]
    elif isinstance(site.parent, ast.ClassDef) or "." in site.scope.qualified:
        known += ["staticmethod", "classmethod"]
    for one in dict.fromkeys(known):
        if one not in have:
            yield Change(at, at, f"{site.indent}@{one}{source.newline()}", "decorator", "", one)
    for decorator in node.decorator_list:
        start = source.starts[decorator.lineno - 1]
        end = source.starts[decorator.end_lineno or decorator.lineno]
        yield Change(start, end, "", "decorator", ast.unparse(decorator))
