"""Where code can be broken: a parsed source file and one replacement inside it.

A `Site` is plain data (offsets and a replacement), so that a break changes nothing but the
characters it names: comments, quotes and odd spacing around it stay byte for byte.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from journeyman.errors import SourceError
from journeyman.tasks.breaking.ground import Function, survey


class UnparsableError(SourceError):
    """The text of a source file is not Python that can be read into a syntax tree."""


@dataclass(frozen=True)
class Edit:
    """Replace the characters `start` to `end` by `replacement`; `detail` says so in one line."""

    start: int
    end: int
    replacement: str
    detail: str


@dataclass(frozen=True)
class Site:
    """One way to break one function.

    `first` to `last` are the lines of the function from its ``def`` to its end, `line` is the line
    that is broken (lines from 1); `start` and `end` are character offsets into the file's text.
    `duplicate` says that another site makes the same syntax tree.
    """

    family: str
    path: str
    function: str
    first: int
    last: int
    line: int
    start: int
    end: int
    replacement: str
    detail: str
    duplicate: bool = False

    def apply(self, text: str) -> str:
        """Return `text`, the file this site was found in, with the break made."""
        return text[: self.start] + self.replacement + text[self.end :]


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
    def words(self) -> frozenset[str]:
        """Every identifier-like word of the text, comments and strings included."""
        return frozenset(re.findall(r"[^\W\d]\w*", self.text))

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset of the first character of each line; one more entry for the end."""
        starts = [1 if self.text.startswith("\ufeff") else 0]
        starts += [match.end() for match in re.finditer(r"\r\n?|\n", self.text)]
        return (*starts, len(self.text))

    @cached_property
    def attributes(self) -> Mapping[tuple[str, str, bool], frozenset[str]]:
        """Attribute names used on the same object, by (class or "", object's code, called)."""
        found: dict[tuple[str, str, bool], set[str]] = {}
        for function in self.functions:
            for node in function.of(cst.Attribute):
                found.setdefault(self.peers(function, node), set()).add(node.attr.value)
        return {key: frozenset(names) for key, names in found.items()}

    def peers(self, function: Function, node: cst.Attribute) -> tuple[str, str, bool]:
        """Return the key in `attributes` of the names that could stand in `node`'s place."""
        base = self.code(node.value)
        parent = self.parent(node)
        called = isinstance(parent, cst.Call) and parent.func is node
        owner = function.name.rpartition(".")[0] if base in ("self", "cls") else ""
        return owner, base, called

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Return the node around `node`."""
        return self._survey[1].get(node)

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

    def site(self, family: str, function: Function, edit: Edit) -> Site:
        """Return `edit` as a site of `family` in `function`."""
        glued = _is_word(self.text[edit.start - 1 : edit.start]) and _is_word(edit.replacement[:1])
        return Site(
            family=family,
            path=self.path,
            function=function.name,
            first=function.first,
            last=function.last,
            line=min(bisect_right(self.line_starts, edit.start), len(self.line_starts) - 1),
            start=edit.start,
            end=edit.end,
            replacement=f" {edit.replacement}" if glued else edit.replacement,
            detail=edit.detail,
        )

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


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
