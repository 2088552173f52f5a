"""The ground outside of functions' bodies: signatures, decorators, class bodies, the module.

What lies there runs once, when the module is imported, before any test does. So the tests that
judge a break are those that go through the functions which depend on it: the decorated function,
the functions that read a constant, the whole class or file where nothing closer is known.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import libcst as cst
from libcst.metadata import CodeRange

from journeyman.tasks.breaking.ground import Function, Lines, SiteScope, Walk, is_unseen

Positions = Mapping[cst.CSTNode, CodeRange]
Parents = dict[cst.CSTNode, cst.CSTNode]


def outside(
    module: cst.Module, positions: Positions, functions: Iterable[Function], text: str
) -> tuple[tuple[Function, ...], Parents]:
    """Return the pieces of ground outside of bodies, in order, and the parents of their nodes.

    A piece is the signature or the decorators of one function or class, the header of one class
    (its `nodes` begin with the ``ClassDef``), or one statement of a class body or of the module.
    """
    survey = _Survey(positions)
    survey.block(module.body, "", _lines(positions, module))
    readers = _Readers(functions, survey.statements, list(io.StringIO(text, newline="")))
    found = [readers.judge(piece) for piece in survey.pieces]
    return tuple(sorted(found, key=lambda piece: piece.first)), survey.parents


class _Survey:
    """Walks over everything but bodies of functions."""

    def __init__(self, positions: Positions) -> None:
        self.positions = positions
        self.parents: Parents = {}
        self.pieces: list[Function] = []
        self.statements: list[Function] = []

    def block(self, body: Iterable[cst.CSTNode], owner: str, around: Lines) -> None:
        """Note the statements of a class (`owner`) or the module that lies on lines `around`."""
        for statement in body:
            if isinstance(statement, cst.FunctionDef):
                self.function(statement, owner)
            elif isinstance(statement, cst.ClassDef):
                self.class_(statement, owner)
            elif isinstance(statement, cst.SimpleStatementLine):
                self.statement(statement, owner, around)
            elif not is_unseen(statement):
                for inner in _blocks(statement):
                    self.parents.update((each, statement) for each in inner)
                    self.block(inner, owner, around)

    def statement(self, node: cst.SimpleStatementLine, owner: str, around: Lines) -> None:
        if len(node.body) != 1 or _is_dunder(node.body[0]) or _is_plumbing(node.body[0]):
            return
        walk = Walk(self.parents)
        walk.visit(node, {}, storing=False, cosmetic=False)
        scope: SiteScope = "class" if owner else "module"
        piece = walk.result(owner, node, self.positions, scope, (around,))
        self.statements.append(piece)
        self.pieces.append(piece)

    def function(self, node: cst.FunctionDef, owner: str) -> None:
        name = f"{owner}.{node.name.value}" if owner else node.name.value
        lines = _lines(self.positions, node)
        self.decorators(node, name, lines)
        walk = Walk(self.parents)
        for parameter in _all_parameters(node.params):
            self.parents[parameter] = node
            walk.nodes.append(parameter)
            if parameter.default is not None:
                self.parents[parameter.default] = parameter
                walk.visit(parameter.default, {}, storing=False, cosmetic=False)
        if walk.nodes:
            piece = walk.result(name, node, self.positions, "signature", (lines,))
            self.pieces.append(piece)

    def class_(self, node: cst.ClassDef, owner: str) -> None:
        name = f"{owner}.{node.name.value}" if owner else node.name.value
        lines = _lines(self.positions, node)
        self.decorators(node, name, lines)
        walk = Walk(self.parents)
        walk.nodes.append(node)
        self.pieces.append(walk.result(name, node, self.positions, "class", (lines,)))
        self.block(node.body.body, name, lines)

    def decorators(self, node: cst.FunctionDef | cst.ClassDef, name: str, lines: Lines) -> None:
        if not node.decorators:
            return
        walk = Walk(self.parents)
        for decorator in node.decorators:
            self.parents[decorator] = node
            walk.nodes.append(decorator)
            self.parents[decorator.decorator] = decorator
            walk.visit(decorator.decorator, {}, storing=False, cosmetic=False)
        piece = walk.result(name, node, self.positions, "decorator", (lines,))
        first = _lines(self.positions, node.decorators[0])[0]
        self.pieces.append(replace(piece, first=first))


class _Readers:
    """Finds the functions that read a name, directly or by way of other statements outside."""

    def __init__(
        self, functions: Iterable[Function], statements: Iterable[Function], lines: list[str]
    ) -> None:
        self.functions: dict[str, list[Lines]] = {}
        self.statements: dict[str, set[str]] = {}
        for function in functions:
            for word in _words(lines, function):
                self.functions.setdefault(word, []).append((function.first, function.last))
        for statement in statements:
            bound = set(_bound(statement))
            for word in _words(lines, statement) - bound:
                self.statements.setdefault(word, set()).update(bound)

    def judge(self, piece: Function) -> Function:
        """Return `piece`, judged by the functions that read what it binds, if there are any."""
        if not isinstance(piece.node, cst.SimpleStatementLine):
            return piece
        names, waiting = set[str](), list(_bound(piece))
        while waiting:
            name = waiting.pop()
            if name not in names:
                names.add(name)
                waiting.extend(self.statements.get(name, ()))
        found = {lines for name in names for lines in self.functions.get(name, ())}
        return replace(piece, judged=tuple(sorted(found))) if found else piece


def _bound(piece: Function) -> Iterator[str]:
    """Yield the names that a statement binds."""
    for node in piece.nodes:
        if isinstance(node, cst.Name) and node in piece.stores:
            yield node.value
        elif isinstance(node, cst.Import | cst.ImportFrom):
            aliases = node.names if not isinstance(node.names, cst.ImportStar) else ()
            for alias in aliases:
                named: cst.CSTNode = alias.asname.name if alias.asname else alias.name
                while isinstance(named, cst.Attribute):
                    named = named.value
                if isinstance(named, cst.Name):
                    yield named.value


def _words(lines: list[str], piece: Function) -> set[str]:
    return set(re.findall(r"[^\W\d]\w*", "".join(lines[piece.first - 1 : piece.last])))


def _lines(positions: Positions, node: cst.CSTNode) -> Lines:
    return positions[node].start.line, positions[node].end.line


def _blocks(statement: cst.CSTNode) -> Iterator[Sequence[cst.CSTNode]]:
    """Yield the statements of each indented block of an ``if``, ``try``, ``with`` or loop."""
    for child in statement.children:
        if isinstance(child, cst.IndentedBlock):
            yield child.body
        elif isinstance(child, cst.If | cst.Else | cst.Finally | cst.ExceptHandler):
            yield from _blocks(child)


def _all_parameters(parameters: cst.Parameters) -> Iterator[cst.Param]:
    yield from parameters.posonly_params
    yield from parameters.params
    yield from parameters.kwonly_params


def _is_plumbing(node: cst.BaseSmallStatement) -> bool:
    """Whether it makes a type variable, a logger and the like, which no test looks at."""
    call = node.value if isinstance(node, cst.Assign | cst.AnnAssign) else None
    if not isinstance(call, cst.Call):
        return False
    named = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    return isinstance(named, cst.Name) and named.value in _PLUMBING


_PLUMBING = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple", "NewType", "getLogger"})


def _is_dunder(node: cst.BaseSmallStatement) -> bool:
    """Whether it sets `__all__`, `__version__` and the like, which are for people and tools."""
    if isinstance(node, cst.Assign):
        target: cst.CSTNode = node.targets[0].target
    elif isinstance(node, cst.AugAssign | cst.AnnAssign):
        target = node.target
    else:
        return False
    return isinstance(target, cst.Name) and bool(re.fullmatch(r"__\w+__", target.value))
