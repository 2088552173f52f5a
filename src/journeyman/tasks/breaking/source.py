"""A source file as every family sees it: parsed once, with the places of everything in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from journeyman.errors import SourceError
from journeyman.records.task import Severity
from journeyman.tasks.breaking.ground import Function, survey
from journeyman.tasks.breaking.outside import outside
from journeyman.tasks.breaking.site import Edit, Site


class UnparsableError(SourceError):
    """The text of a source file is not Python that can be read into a syntax tree."""


@dataclass(frozen=True, eq=False)
class Source:
    """A Python file: parsed on first use, once, and shared by every family.

    Reading anything but `path` and `text` raises `UnparsableError` where the text cannot be parsed.
    """

    path: str
    text: str

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """The outermost functions and methods, in the order of the file."""
        return self._survey[0]

    @cached_property
    def outside(self) -> tuple[Function, ...]:
        """The ground outside of bodies: signatures, decorators, class bodies, the module's."""
        return self._outside[0]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every identifier-like word of the text, comments and strings included."""
        return frozenset(re.findall(r"[^\W\d]\w*", self.text))

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset of the first character of each line; one more entry for the end."""
        return line_starts(self.text)

    @cached_property
    def attributes(self) -> Mapping[tuple[str, str, bool], frozenset[str]]:
        """Attribute names used on the same object, by (class or "", object's code, called)."""
        found: dict[tuple[str, str, bool], set[str]] = {}
        for function in self.functions:
            for node in function.of(cst.Attribute):
                found.setdefault(self.peers(function, node), set()).add(node.attr.value)
        return {key: frozenset(names) for key, names in found.items()}

    @cached_property
    def keywords(self) -> Mapping[str, frozenset[str]]:
        """The names of keyword arguments by the name of what is called with them."""
        found: dict[str, set[str]] = {}
        for function in self.functions:
            for node in function.of(cst.Call):
                callee = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
                names = {each.keyword.value for each in node.args if each.keyword is not None}
                if names:
                    found.setdefault(self.code(callee), set()).update(names)
        return {callee: frozenset(names) for callee, names in found.items()}

    @cached_property
    def keys(self) -> frozenset[str]:
        """The strings that stand as keys in ``[…]``, as they are written between the quotes."""
        keys = (string_key(node) for each in self.functions for node in each.of(cst.Subscript))
        return frozenset(key.raw_value for key in keys if key is not None)

    @cached_property
    def newline(self) -> str:
        """What ends its first line."""
        found = re.search(r"\r\n?|\n", self.text)
        return found.group() if found else "\n"

    def peers(self, function: Function, node: cst.Attribute) -> tuple[str, str, bool]:
        """Return the key in `attributes` of the names that could stand in `node`'s place."""
        base = self.code(node.value)
        parent = self.parent(node)
        called = isinstance(parent, cst.Call) and parent.func is node
        owner = function.name.rpartition(".")[0] if base in ("self", "cls") else ""
        return owner, base, called

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Return the node around `node`."""
        parent = self._survey[1].get(node)
        return parent if parent is not None else self._outside[1].get(node)

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return the offsets of `node`, without its own parentheses and surrounding spaces."""
        where = self._positions[node]
        starts = self.line_starts
        return (
            starts[where.start.line - 1] + where.start.column,
            starts[where.end.line - 1] + where.end.column,
        )

    def outer(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return the offsets of `node` with its own parentheses."""
        start, end = self.span(node)
        left, right = getattr(node, "lpar", ()), getattr(node, "rpar", ())
        if left and right:
            return self.span(left[0])[0], self.span(right[-1])[1]
        return start, end

    def code(self, node: cst.CSTNode) -> str:
        """Return the text of `node` with its own parentheses."""
        start, end = self.outer(node)
        return self.text[start:end]

    def line(self, node: cst.CSTNode) -> int:
        """Return the line on which `node` begins."""
        return self._positions[node].start.line

    def whole(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return the offsets of the lines that `node` stands on, from margin to line break."""
        where = self._positions[node]
        ends = where.end.line if where.end.column else where.end.line - 1
        return self.line_starts[where.start.line - 1], self.line_starts[ends]

    def removal(self, statement: cst.CSTNode, detail: str) -> Edit:
        """Return the edit that deletes a whole statement, or puts ``pass`` where one must stay."""
        start, end = self.span(statement)
        block = self.parent(statement)
        if not isinstance(block, cst.IndentedBlock) or len(block.body) < 2:
            return Edit(start, end, "pass", detail)
        where = self._positions[statement]
        return Edit(
            self.line_starts[where.start.line - 1], self.line_starts[where.end.line], "", detail
        )

    def site(
        self, family: str, function: Function, edit: Edit, severity: Severity = "wrong result"
    ) -> Site:
        """Return `edit` as a site of `family` in `function`."""
        glued = _is_word(self.text[edit.start - 1 : edit.start]) and _is_word(edit.replacement[:1])
        line = self._line_at(edit.start)
        until = max(line, self._line_at(max(edit.start, edit.end - 1)))
        scope, judged = function.scope, function.judged
        if scope == "body" and until > line:
            judged = ((line, until),)
        if severity in ("does not parse", "does not import"):  # All tests of the file will fail.
            scope, judged = "module", ((1, len(self.line_starts) - 1),)
        elif scope == "body" and self._closes_over(edit):
            scope = "class"  # The class body gives or no longer gives the function a cell.
        return Site(
            family=family,
            path=self.path,
            function=function.name,
            first=function.first,
            last=function.last,
            line=line,
            start=edit.start,
            end=edit.end,
            replacement=f" {edit.replacement}" if glued else edit.replacement,
            detail=edit.detail,
            severity=severity,
            scope=scope,
            judged=judged,
        )

    def _line_at(self, offset: int) -> int:
        return min(bisect_right(self.line_starts, offset), len(self.line_starts) - 1)

    def _closes_over(self, edit: Edit) -> bool:
        """Whether a use of ``super`` or ``__class__`` comes or goes, by which classes compile."""
        old = self.text[max(0, edit.start - 1) : edit.end]
        return bool(_CLASS_CELL.search(old)) != bool(_CLASS_CELL.search(edit.replacement))

    @cached_property
    def _wrapper(self) -> MetadataWrapper:
        try:
            if "\0" in self.text:
                raise ValueError("it holds a null character")  # Python refuses it, libcst may not.
            module = cst.parse_module(self.text)
            wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
            wrapper.resolve(PositionProvider)
        except (cst.ParserSyntaxError, RecursionError, ValueError) as error:
            reason = str(error).splitlines()[0] if str(error) else "nested too deeply"
            raise UnparsableError(
                f"{self.path} cannot be parsed as Python: {reason}",
                "Leave the file out, or repair its syntax.",
            ) from error
        return wrapper

    @cached_property
    def _positions(self) -> Mapping[cst.CSTNode, CodeRange]:
        return self._wrapper.resolve(PositionProvider)

    @cached_property
    def _survey(self) -> tuple[tuple[Function, ...], Mapping[cst.CSTNode, cst.CSTNode]]:
        return survey(self._wrapper.module, self._positions)

    @cached_property
    def _outside(self) -> tuple[tuple[Function, ...], Mapping[cst.CSTNode, cst.CSTNode]]:
        return outside(self._wrapper.module, self._positions, self.functions, self.text)


def line_starts(text: str) -> tuple[int, ...]:
    """Return the offset of the first character of each line of `text`, then its length."""
    starts = [1 if text.startswith("\ufeff") else 0]
    starts += [match.end() for match in re.finditer(r"\r\n?|\n", text)]
    return (*starts, len(text))


def string_key(node: cst.Subscript) -> cst.SimpleString | None:
    """Return the string between the brackets of a subscript, if that is all there is."""
    index = node.slice[0].slice if len(node.slice) == 1 else None
    value = index.value if isinstance(index, cst.Index) else None
    plain = isinstance(value, cst.SimpleString) and value.prefix == "" and len(value.quote) == 1
    return value if isinstance(value, cst.SimpleString) and plain else None


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


_CLASS_CELL = re.compile(r"(?<![\w.])(?:super|__class__)\b")
