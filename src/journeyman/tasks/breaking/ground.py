"""The ground on which code may be broken: first of all the statements inside functions.

One walk over a module finds its outermost functions and, for each, the nodes that a family may
break. Signatures and decorators are other ground (see `outside`). Annotations, docstrings,
patterns, type-checking blocks and what runs only as a script are left out, because breaking them
changes no behaviour that a test looks at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeVar

import libcst as cst
from libcst.metadata import CodeRange

Node = TypeVar("Node", bound=cst.CSTNode)
Scope = Mapping[str, tuple[cst.Name, ...]]
"""The local variables of one function: name to the places that bind it, in document order."""

SiteScope = Literal["body", "signature", "decorator", "class", "module"]
"""What has to run again for a change to count: one function's code, or what makes it."""

Lines = tuple[int, int]
"""First and last line, from 1, both included."""


@dataclass(frozen=True, eq=False)
class Function:
    """An outermost function or method; functions nested in it belong to it.

    Other ground has the same shape: `scope` says what it is (see `outside`), and `judged` are the
    lines whose tests judge a break of it (for a body: the broken lines).

    `nodes` are in document order. `loads` are the names that are read, each with the scope it is
    read in; `scopes` are the function's locals and those of the functions nested in it; `stores`
    are names, attributes and subscripts that are assigned to or deleted. `cosmetic` nodes only
    shape messages (inside ``raise``, logging or warnings).
    """

    name: str
    node: cst.CSTNode
    first: int
    last: int
    nodes: tuple[cst.CSTNode, ...]
    loads: Mapping[cst.Name, Scope]
    scopes: tuple[Scope, ...]
    stores: frozenset[cst.CSTNode]
    cosmetic: frozenset[cst.CSTNode]
    scope: SiteScope = "body"
    judged: tuple[Lines, ...] = ()

    def of(self, *kinds: type[Node]) -> Iterator[Node]:
        """Yield the nodes of the given kinds in document order."""
        return (node for node in self.nodes if isinstance(node, kinds))


def survey(
    module: cst.Module, positions: Mapping[cst.CSTNode, CodeRange]
) -> tuple[tuple[Function, ...], dict[cst.CSTNode, cst.CSTNode]]:
    """Return the module's outermost functions and the parent of every node inside them."""
    parents: dict[cst.CSTNode, cst.CSTNode] = {}
    functions = []
    for name, node in _outermost(module, ""):
        walk = Walk(parents)
        walk.function(node)
        functions.append(walk.result(name, node, positions))
    return tuple(functions), parents


_TARGETS = frozenset(
    (kind, "target")
    for kind in (
        cst.AssignTarget,
        cst.AugAssign,
        cst.AnnAssign,
        cst.For,
        cst.CompFor,
        cst.NamedExpr,
        cst.Del,
    )
) | {(cst.AsName, "name")}
_STORING_THROUGH = (cst.Tuple, cst.List, cst.Element, cst.StarredElement)
_CLOSED_KINDS = (cst.Import, cst.ImportFrom, cst.Global, cst.Nonlocal)
_SKIPPED_FIELDS = frozenset(
    (kind, field)
    for kind, fields in {
        cst.FunctionDef: ("decorators", "params", "returns", "name", "type_parameters"),
        cst.ClassDef: ("decorators", "bases", "keywords", "name", "type_parameters"),
        cst.Lambda: ("params",),
        cst.MatchCase: ("pattern",),
        cst.Attribute: ("attr",),
        cst.Arg: ("keyword",),
    }.items()
    for field in fields
)
_TRIVIA = frozenset(
    {"lpar", "rpar", "lbracket", "rbracket", "lbrace", "rbrace", "comma", "semicolon", "equal"}
    | {"dot", "colon", "first_colon", "second_colon", "star", "asynchronous", "newline"}
    | {"leading_lines", "header", "footer", "trailing_whitespace"}
)


class Walk:
    """The walk over one piece; an own one, since libcst's visitors go through all whitespace."""

    def __init__(self, parents: dict[cst.CSTNode, cst.CSTNode]) -> None:
        self.parents = parents
        self.nodes: list[cst.CSTNode] = []
        self.scopes: list[dict[str, list[cst.Name]]] = []
        self.loads: dict[cst.Name, dict[str, list[cst.Name]]] = {}
        self.stores: set[cst.CSTNode] = set()
        self.cosmetic: set[cst.CSTNode] = set()

    def function(self, node: cst.FunctionDef | cst.ClassDef) -> None:
        """Walk over the body of a function, or of a class inside one."""
        scope: dict[str, list[cst.Name]] = {}
        if isinstance(node, cst.FunctionDef):
            for parameter in _parameters(node.params):
                scope.setdefault(parameter.value, []).append(parameter)
        self.scopes.append(scope)
        self.parents[node.body] = node
        self.visit(node.body, scope, storing=False, cosmetic=False)

    def visit(
        self, node: cst.CSTNode, scope: dict[str, list[cst.Name]], storing: bool, cosmetic: bool
    ) -> None:
        """Walk over `node` and below, in the scope of the innermost function around it."""
        if isinstance(node, cst.Annotation) or _is_docstring(node) or is_unseen(node):
            return
        if isinstance(node, _CLOSED_KINDS):
            self.nodes.append(node)
            self._aliases(node)
            return
        cosmetic = cosmetic or _is_cosmetic(node)
        self._note(node, scope, storing, cosmetic)
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self.function(node)
            return
        for field in _fields(type(node)):
            value = getattr(node, field)
            target = (type(node), field) in _TARGETS
            below = target or (storing and isinstance(node, _STORING_THROUGH))
            for child in value if isinstance(value, (list, tuple)) else (value,):
                if isinstance(child, cst.CSTNode):
                    self.parents[child] = node
                    # A comprehension's variable lives in the comprehension only.
                    inner = {} if target and isinstance(node, cst.CompFor) else scope
                    self.visit(child, inner, below, cosmetic)

    def _aliases(self, node: cst.CSTNode) -> None:
        if isinstance(node, cst.Import | cst.ImportFrom):
            for alias in () if isinstance(node.names, cst.ImportStar) else node.names:
                self.parents[alias] = node
                self.nodes.append(alias)

    def _note(
        self, node: cst.CSTNode, scope: dict[str, list[cst.Name]], storing: bool, cosmetic: bool
    ) -> None:
        self.nodes.append(node)
        if cosmetic:
            self.cosmetic.add(node)
        if storing:
            self.stores.add(node)
        if isinstance(node, cst.Name):
            if storing:
                scope.setdefault(node.value, []).append(node)
            else:
                self.loads[node] = scope

    def result(
        self,
        name: str,
        node: cst.CSTNode,
        positions: Mapping[cst.CSTNode, CodeRange],
        scope: SiteScope = "body",
        judged: tuple[Lines, ...] = (),
    ) -> Function:
        """Return the ground that was walked over; `node` says on which lines it lies."""
        frozen = [{key: tuple(names) for key, names in scope.items()} for scope in self.scopes]
        by_id = dict(zip(map(id, self.scopes), frozen, strict=True))
        none: Scope = {}

        def place(each: cst.CSTNode) -> tuple[int, int, int, int]:
            where = positions[each]
            return where.start.line, where.start.column, -where.end.line, -where.end.column

        return Function(
            name=name,
            node=node,
            first=positions[node].start.line,
            last=positions[node].end.line,
            nodes=tuple(sorted(self.nodes, key=place)),
            loads={load: by_id.get(id(scope), none) for load, scope in self.loads.items()},
            scopes=tuple(frozen),
            stores=frozenset(self.stores),
            cosmetic=frozenset(self.cosmetic),
            scope=scope,
            judged=judged,
        )


def _outermost(node: cst.CSTNode, prefix: str) -> Iterator[tuple[str, cst.FunctionDef]]:
    for child in node.children:
        if isinstance(child, cst.FunctionDef):
            yield prefix + child.name.value, child
        elif isinstance(child, cst.ClassDef):
            yield from _outermost(child.body, f"{prefix}{child.name.value}.")
        elif isinstance(child, cst.BaseCompoundStatement | cst.BaseSuite | cst.Else | cst.Finally):
            if not is_unseen(child):
                yield from _outermost(child, prefix)
        elif isinstance(child, cst.ExceptHandler | cst.ExceptStarHandler):
            yield from _outermost(child, prefix)


def _parameters(parameters: cst.Parameters) -> Iterator[cst.Name]:
    for parameter in (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params):
        yield parameter.name
    for starred in (parameters.star_arg, parameters.star_kwarg):
        if isinstance(starred, cst.Param):
            yield starred.name


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(
        field
        for field in kind.__dataclass_fields__
        if field not in _TRIVIA
        and not field.startswith("whitespace")
        and (kind, field) not in _SKIPPED_FIELDS
    )


def _is_docstring(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(
        node.value, (cst.SimpleString, cst.ConcatenatedString)
    )


def is_unseen(node: cst.CSTNode) -> bool:
    """Whether no test looks at it: ``if TYPE_CHECKING`` and ``if __name__ == "__main__"``."""
    if not isinstance(node, cst.If):
        return False
    test = node.test
    if isinstance(test, cst.Comparison):
        return isinstance(test.left, cst.Name) and test.left.value == "__name__"
    named = test.attr if isinstance(test, cst.Attribute) else test
    return isinstance(named, cst.Name) and named.value == "TYPE_CHECKING"


def _is_cosmetic(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.Raise):
        return True
    if not isinstance(node, cst.Expr) or not isinstance(node.value, cst.Call):
        return False
    root: cst.CSTNode = node.value.func
    words = []
    while isinstance(root, cst.Attribute):
        words.append(root.attr.value)
        root = root.value
    words.append(root.value if isinstance(root, cst.Name) else "")
    return any(word.strip("_").lower() in _SPEAKERS for word in words[1:])


_SPEAKERS = frozenset({"log", "logger", "logging", "warnings", "warn"})
