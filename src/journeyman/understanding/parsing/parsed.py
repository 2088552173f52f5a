"""What is read out of one file: plain data, a function of its text alone."""

from __future__ import annotations

from typing import Literal, NamedTuple

SymbolKind = Literal[
    "function",
    "method",
    "class",
    "interface",
    "struct",
    "enum",
    "trait",
    "module",
    "type",
    "constant",
    "field",
    "macro",
]
ReferenceKind = Literal["call", "inherit", "type"]


class Symbol(NamedTuple):
    """A definition, with lines from 1, both inclusive.

    `qualified` is its name with those of what it stands in, joined by dots; `parent` the index of
    what it stands in among the file's symbols, or -1; `header` the line that it begins on, without
    what surrounds it; `doc` the first paragraph of its documentation.
    """

    name: str
    qualified: str
    kind: SymbolKind
    first: int
    last: int
    parent: int
    header: str
    doc: str


class Reference(NamedTuple):
    """A use of a name.

    `receiver` is the path in front of it, with dots in every language (``shop`` in
    ``shop.total()``, ``std.fs`` in ``std::fs::read()``), empty where there is none and ``?`` where
    it is no plain path; `within` the index of the innermost symbol that it stands in, or -1.
    """

    name: str
    kind: ReferenceKind
    line: int
    receiver: str
    within: int


class Import(NamedTuple):
    """A module that is named, and what of it: `name` is empty for the whole, ``*`` for all.

    `module` is written as in the source (``.shop``, ``../shop``, ``com.example.Shop``); `alias` is
    what it is called here.
    """

    module: str
    name: str
    alias: str
    line: int


class Parsed(NamedTuple):
    """One file.

    `broken` says that the grammar could not make sense of some part of it; `package` is what the
    file says it belongs to (``package com.example;``), as written.
    """

    language: str
    symbols: tuple[Symbol, ...] = ()
    references: tuple[Reference, ...] = ()
    imports: tuple[Import, ...] = ()
    broken: bool = False
    package: str = ""
