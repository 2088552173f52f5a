"""What a family of breaks is: a seam for others, and the base that the built-in ones share."""

from __future__ import annotations

import textwrap
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar, Generic, Protocol

import libcst as cst

from journeyman.records.task import Severity
from journeyman.tasks.breaking.ground import Function, Node, SiteScope
from journeyman.tasks.breaking.site import Edit, Site
from journeyman.tasks.breaking.source import Source

MOST_EDITS_A_NODE = 3


@dataclass(frozen=True)
class Example:
    """A small function and one of the results of breaking it; documentation and test at once."""

    before: str
    after: str


class Breakage(Protocol):
    """One way to break code.

    Third parties register theirs (an instance, or a callable that returns one) as an entry point
    of the group ``journeyman.breakages``.

    A family may say how often it comes in the mix: `probability`, a number of which only the
    proportion to the others' counts. Without one it is 1.
    """

    @property
    def name(self) -> str:
        """The family's name, in lower case with underscores."""
        ...

    @property
    def severity(self) -> Severity:
        """What a break typically does to the function."""
        ...

    @property
    def quiet(self) -> bool:
        """Whether a break typically gives wrong results without raising."""
        ...

    @property
    def description(self) -> str:
        """One sentence on the mistake that the family imitates."""
        ...

    def sites(self, source: Source) -> Iterator[Site]:
        """Yield the places, lazily and always in the same order."""
        ...

    def examples(self) -> tuple[Example, ...]:
        """Return examples, each `after` being one of the results of breaking its `before`."""
        ...


class NodeBreakage(ABC, Generic[Node]):
    """A family that looks at one node of the syntax tree at a time."""

    name: ClassVar[str]
    severity: ClassVar[Severity]
    description: ClassVar[str]
    kinds: tuple[type[Node], ...]
    shown: ClassVar[tuple[Example, ...]]
    probability: ClassVar[float] = 1.0
    """How often it comes in the mix, in proportion to the other families."""
    scopes: ClassVar[frozenset[SiteScope]] = frozenset({"body"})
    """The kinds of ground it breaks."""

    @property
    def quiet(self) -> bool:
        """Whether a break typically gives wrong results without raising."""
        return self.severity == "wrong result"

    def sites(self, source: Source) -> Iterator[Site]:
        """Yield the places, function by function and node by node."""
        for function in self._ground(source):
            for node in function.of(*self.kinds):
                if self.quiet and node in function.cosmetic:
                    continue  # No test is likely to look at the words of a message.
                for edit in islice(self.edits(source, function, node), MOST_EDITS_A_NODE):
                    yield source.site(self.name, function, edit, self.severity)

    def _ground(self, source: Source) -> Iterator[Function]:
        if "body" in self.scopes:
            yield from source.functions
        if self.scopes != {"body"}:
            yield from (piece for piece in source.outside if piece.scope in self.scopes)

    @abstractmethod
    def edits(self, source: Source, function: Function, node: Node) -> Iterator[Edit]:
        """Yield the breaks of `node`, the most plausible first; three of them are used."""

    def examples(self) -> tuple[Example, ...]:
        """Return the family's examples."""
        return self.shown


def example(before: str, after: str) -> Example:
    """Return an example from two indented blocks of code."""
    return Example(textwrap.dedent(before).lstrip("\n"), textwrap.dedent(after).lstrip("\n"))


def replace(source: Source, node: cst.CSTNode, replacement: str) -> Edit:
    """Return the edit that puts `replacement` in the place of `node` and its parentheses."""
    start, end = source.outer(node)
    old = source.text[start:end]
    return Edit(start, end, replacement, f"`{shorten(old)}` became `{shorten(replacement)}`")


def shorten(code: str) -> str:
    """Return `code` on one line of at most 60 characters."""
    return textwrap.shorten(" ".join(code.split()), 60, placeholder=" …") or "…"


_ATOMS = (
    cst.Name,
    cst.Attribute,
    cst.Call,
    cst.Subscript,
    cst.BaseNumber,
    cst.BaseString,
    cst.List,
    cst.Dict,
    cst.Set,
)


def operand(source: Source, node: cst.CSTNode) -> str:
    """Return the code of an expression so that any operator can be put beside it."""
    code = source.code(node)
    return code if isinstance(node, _ATOMS) or getattr(node, "lpar", None) else f"({code})"


def alone(source: Source, node: cst.CSTNode) -> str:
    """Return the code of an expression so that it can stand where it is not inside brackets."""
    code = source.code(node)
    return operand(source, node) if "\n" in code or "\r" in code else code


def called(node: cst.CSTNode) -> str:
    """Return the plain name that `node` calls, or an empty string."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
        return node.func.value
    return ""


def positional(call: cst.Call) -> list[cst.Arg]:
    """Return the leading plain positional arguments of `call`."""
    plain = []
    for argument in call.args:
        if argument.star or argument.keyword is not None:
            break
        plain.append(argument)
    return plain


def method_of(node: cst.CSTNode) -> str:
    """Return the name of the method that `node` calls, or an empty string."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        return node.func.attr.value
    return ""


def calls_super(node: cst.CSTNode) -> bool:
    """Whether a statement is a call of a method of ``super(…)``."""
    call = node.value if isinstance(node, cst.Expr) else None
    if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute):
        return called(call.func.value) == "super"
    return False


def speaks(function: Function) -> bool:
    """Whether the function only makes text for people to look at."""
    return function.name.rpartition(".")[2] in ("__repr__", "__str__")


def known(source: Source, function: Function, target: cst.BaseExpression) -> bool:
    """Whether what is assigned to exists without the assignment."""
    if isinstance(target, (cst.Tuple, cst.List)):
        return all(known(source, function, element.value) for element in target.elements)
    if not isinstance(target, cst.Name):
        return True
    here = source.span(target)[0]
    return any(
        source.span(place)[0] < here
        for scope in function.scopes
        if target in scope.get(target.value, ()) or target in function.loads
        for place in scope.get(target.value, ())
    )
