"""Wrong operators: comparison, arithmetic, boolean, sign, `not`, and off by one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from journeyman.agent.policy.apprentice.grammar.site import Site
from journeyman.agent.policy.apprentice.move import Change

_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_OPPOSITE = {
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "==": "!=",
    "!=": "==",
    "is": "is not",
    "is not": "is",
    "in": "not in",
    "not in": "in",
}
_ORDER = ("<", "<=", ">", ">=")
_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
_ARITHMETIC = ("+", "-", "*", "/", "//", "%", "**")
_UNARY: dict[type[ast.unaryop], str] = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}
_TIGHT = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.List, ast.Tuple)


def operator_changes(site: Site, node: ast.AST, parent: ast.AST) -> Iterator[Change]:
    """Yield what may be done to the operators of `node` and around it."""
    if isinstance(node, ast.Compare):
        yield from _comparisons(site, node)
    elif isinstance(node, ast.BinOp):
        yield from _binary(site, node)
    elif isinstance(node, ast.BoolOp):
        yield from _boolean(site, node)
    elif isinstance(node, ast.UnaryOp):
        yield from _unary(site, node)
    elif isinstance(node, ast.IfExp):
        yield from _conditional(site, node)
    if isinstance(node, ast.expr):
        yield from _negation(site, node, parent)
        yield from _nudge(site, node, parent)
        yield from _sign(site, node, parent)


def assignment_changes(site: Site) -> Iterator[Change]:
    """Yield other operators for an augmented assignment, and plain ones; and the way back."""
    node, source = site.statement, site.source
    if isinstance(node, ast.AugAssign):
        start, end = source.span(node.target)[1], source.span(node.value)[0]
        between, sign = source.text[start:end], _BINARY.get(type(node.op), "@")
        if between.count(sign + "=") != 1:
            return
        for other in _BINARY.values():
            if other != sign:
                same = (sign in _ARITHMETIC) == (other in _ARITHMETIC)
                new = between.replace(sign + "=", other + "=")
                kind = "arithmetic" if same else "arithmetic-other"
                yield Change(start, end, new, kind, sign, other)
        yield Change(start, end, between.replace(sign + "=", "="), "augment", sign + "=", "=")
    elif isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        if isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
            start, end = source.span(target)[1], source.span(node.value)[0]
            if source.text[start:end].strip() == "=":
                for sign in ("+", "-", "|", "*"):
                    yield Change(start, end, f" {sign}= ", "augment", "=", sign + "=")


def atom(site: Site, node: ast.expr) -> str:
    """Return the text of `node`, in parentheses unless it binds tightly."""
    text = site.source.of(node)
    return text if isinstance(node, _TIGHT) else f"({text})"


def is_condition(node: ast.AST, parent: ast.AST) -> bool:
    """Whether `parent` asks whether `node` is true."""
    if isinstance(parent, ast.If | ast.While | ast.IfExp | ast.Assert):
        return parent.test is node
    if isinstance(parent, ast.comprehension):
        return node in parent.ifs
    return isinstance(parent, ast.BoolOp)


def _comparisons(site: Site, node: ast.Compare) -> Iterator[Change]:
    left = node.left
    for operator, right in zip(node.ops, node.comparators, strict=True):
        start, end = site.source.span(left)[1], site.source.span(right)[0]
        between, sign = site.source.text[start:end], _COMPARE[type(operator)]
        left = right
        if between.count(sign) != 1:
            continue
        for other in _COMPARE.values():
            if other == sign:
                continue
            new = between.replace(sign, other)
            if (between == sign and other.isalpha()) or other in ("is not", "not in"):
                new = f" {new.strip()} "
            yield Change(start, end, new, _comparison_kind(sign, other), sign, other)


def _comparison_kind(sign: str, other: str) -> str:
    if sign.rstrip("=") == other.rstrip("=") and sign[0] in "<>":
        return "boundary"
    if _OPPOSITE[sign] == other:
        return "comparison-opposite"
    if sign in _ORDER and other in _ORDER:
        return "comparison-flip"
    return "comparison-other"


def _binary(site: Site, node: ast.BinOp) -> Iterator[Change]:
    source = site.source
    start, end = source.span(node.left)[1], source.span(node.right)[0]
    between, sign = source.text[start:end], _BINARY.get(type(node.op), "@")
    if between.count(sign) == 1:
        for other in _BINARY.values():
            if other != sign:
                same = (sign in _ARITHMETIC) == (other in _ARITHMETIC)
                kind = "arithmetic" if same else "arithmetic-other"
                yield Change(start, end, between.replace(sign, other), kind, sign, other)
    whole = source.span(node)
    yield Change(*whole, source.of(node.left), "operand-drop", sign)
    yield Change(*whole, source.of(node.right), "operand-drop", sign)
    if sign in ("-", "/", "//", "%", "**", "+"):
        swapped = atom(site, node.right) + between + atom(site, node.left)
        yield Change(*whole, swapped, "operand-swap", sign)


def _boolean(site: Site, node: ast.BoolOp) -> Iterator[Change]:
    source = site.source
    sign, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    spans = [source.span(value) for value in node.values]
    for (_, start), (end, _) in pairwise(spans):
        between = source.text[start:end]
        if between.count(sign) == 1:
            yield Change(start, end, between.replace(sign, other), "boolean", sign, other)
    for index, (start, end) in enumerate(spans):
        if index + 1 < len(spans):
            yield Change(start, spans[index + 1][0], "", "operand-drop", sign)
        else:
            yield Change(spans[index - 1][1], end, "", "operand-drop", sign)


def _unary(site: Site, node: ast.UnaryOp) -> Iterator[Change]:
    start, end = site.source.span(node)[0], site.source.span(node.operand)[0]
    if isinstance(node.op, ast.Not):
        yield Change(start, end, site.source.text[start:end].replace("not", "").lstrip(), "negate")
        return
    sign = _UNARY[type(node.op)]
    for other in ("", *_UNARY.values()):
        if other != sign:
            new = site.source.text[start:end].replace(sign, other)
            yield Change(start, end, new, "sign", sign, other)


def _conditional(site: Site, node: ast.IfExp) -> Iterator[Change]:
    source, whole = site.source, site.source.span(node)
    yes, test, no = source.of(node.body), source.of(node.test), source.of(node.orelse)
    yield Change(*whole, f"{no} if {test} else {yes}", "branch-swap")
    yield Change(*whole, yes, "operand-drop")
    yield Change(*whole, no, "operand-drop")


def _negation(site: Site, node: ast.expr, parent: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.UnaryOp | ast.Starred | ast.Constant):
        return
    start, end = site.source.span(node)
    if is_condition(node, parent):
        text = site.source.of(node)
        loose = isinstance(node, ast.BoolOp | ast.IfExp | ast.Lambda | ast.NamedExpr)
        yield Change(start, end, f"not ({text})" if loose else f"not {text}", "negate")
    elif isinstance(parent, ast.Return | ast.Assign) and isinstance(
        node, ast.Call | ast.Compare | ast.BoolOp | ast.Name
    ):
        yield Change(start, end, f"not {atom(site, node)}", "negate-value")


def _nudge(site: Site, node: ast.expr, parent: ast.AST) -> Iterator[Change]:
    """Yield `node` one more and one less, where indices, bounds and counts are formed."""
    if isinstance(node, ast.Constant | ast.Slice | ast.Starred | ast.JoinedStr | ast.Lambda):
        return
    if isinstance(
        node, ast.Tuple | ast.List | ast.Dict | ast.Set | ast.ListComp | ast.GeneratorExp
    ):
        return
    if not _counts(node, parent):
        return
    start, end = site.source.span(node)
    loose = isinstance(node, ast.Compare | ast.BoolOp | ast.IfExp)
    text = f"({site.source.of(node)})" if loose else site.source.of(node)
    yield Change(start, end, f"{text} + 1", "off-by-one", "", "+")
    yield Change(start, end, f"{text} - 1", "off-by-one", "", "-")


def _counts(node: ast.expr, parent: ast.AST) -> bool:
    """Whether `node` may well be a number where it stands."""
    if isinstance(parent, ast.Slice):
        return True
    if isinstance(parent, ast.Subscript):
        return parent.slice is node
    number = isinstance(node, ast.BinOp) or (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("len", "int", "abs", "min", "max", "sum", "round")
    )
    if isinstance(parent, ast.Compare):
        return number or isinstance(node, ast.Name | ast.Attribute)
    if isinstance(parent, ast.Call):
        ranging = isinstance(parent.func, ast.Name) and parent.func.id == "range"
        return node is not parent.func and (ranging or number or isinstance(node, ast.Name))
    return number and isinstance(parent, ast.Return | ast.Assign | ast.AugAssign)


def _sign(site: Site, node: ast.expr, parent: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.Name | ast.Call | ast.Attribute | ast.Constant):
        return
    if isinstance(node, ast.Constant) and type(node.value) not in (int, float):
        return
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        return
    placed = isinstance(parent, ast.Return | ast.BinOp | ast.Slice | ast.Assign | ast.AugAssign)
    if isinstance(parent, ast.Subscript):
        placed = parent.slice is node
    if isinstance(parent, ast.Call):
        placed = node in parent.args and isinstance(node, ast.Constant)
    if placed:
        start, end = site.source.span(node)
        yield Change(start, end, f"-{site.source.of(node)}", "sign", "", "-")
