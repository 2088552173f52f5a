"""One way to break code, and what is tried and proven as one task.

A `Site` is plain data (offsets and a replacement), so that a break changes nothing but the
characters it names: comments, quotes and odd spacing around it stay byte for byte. A `Break` is
what is tried and proven: one site, or several that are made together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from journeyman.records import Patch, digest
from journeyman.records.task import Severity
from journeyman.tasks.breaking.ground import Lines, SiteScope


@dataclass(frozen=True)
class Edit:
    """Replace the characters `start` to `end` by `replacement`; `detail` says so in one line."""

    start: int
    end: int
    replacement: str
    detail: str


@dataclass(frozen=True, slots=True)
class Site:
    """One way to break one function, or code outside of functions.

    `first` to `last` are the lines that are checked together (a function from its ``def`` or its
    decorators to its end, a class for its header, a statement outside of functions); `line` is the
    line that is broken (lines from 1); `start` and `end` are character offsets into the file's
    text. `function` is the outermost function or method, the class for code of a class body, or
    empty for a module's. `duplicate` says that another site does the same.

    `scope` is ``body`` exactly if compiling that one function anew is all that the break takes:
    its code object is the only one of the file that differs. `judged` are the ranges of lines
    whose tests judge the break, where these are not just `line`: what runs before any test (a
    decorator, a class body, an import) is judged by the tests of the functions that depend on it.
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
    severity: Severity = "wrong result"
    scope: SiteScope = "body"
    judged: tuple[Lines, ...] = ()

    @property
    def order(self) -> tuple[int, int, str]:
        """What sites of one function are sorted by."""
        return self.start, self.end, self.replacement

    @property
    def lines(self) -> tuple[Lines, ...]:
        """The ranges of lines whose tests judge the break."""
        return self.judged or ((self.line, self.line),)

    def apply(self, text: str) -> str:
        """Return `text`, the file this site was found in, with the break made."""
        return text[: self.start] + self.replacement + text[self.end :]


@dataclass(frozen=True, slots=True)
class Break:
    """What is made and proven as one task: one site, or several that are made together.

    Sites of one file must not overlap. `path`, `function`, `first` and `last` are the first
    part's: where the task is said to be.
    """

    parts: tuple[Site, ...]

    @property
    def family(self) -> str:
        """The family of a single site, or how the parts are spread."""
        if len(self.parts) == 1:
            return self.parts[0].family
        if len({part.path for part in self.parts}) > 1:
            return COMBINED[2]
        return COMBINED[len({(part.function, part.first) for part in self.parts}) > 1]

    @property
    def severity(self) -> Severity:
        """The worst that a part typically does."""
        return min((part.severity for part in self.parts), key=get_args(Severity).index)

    @property
    def quiet(self) -> bool:
        """Whether all that it typically does is to give wrong results."""
        return self.severity == "wrong result"

    @property
    def duplicate(self) -> bool:
        """Whether a part does what another site does."""
        return any(part.duplicate for part in self.parts)

    @property
    def path(self) -> str:
        """The first part's file."""
        return self.parts[0].path

    @property
    def function(self) -> str:
        """The first part's function."""
        return self.parts[0].function

    @property
    def first(self) -> int:
        """The first line of the first part's function."""
        return self.parts[0].first

    @property
    def last(self) -> int:
        """The last line of the first part's function."""
        return self.parts[0].last

    @property
    def order(self) -> tuple[tuple[int, int, str], ...]:
        """What breaks of one function are sorted by."""
        return tuple(part.order for part in self.parts)

    @property
    def detail(self) -> str:
        """What is broken, for a person, on one line."""
        return "; ".join(part.detail for part in self.parts)

    @property
    def key(self) -> str:
        """What names the break across runs."""
        keys = [
            digest([p.family, p.path, p.start, p.end, p.replacement, p.duplicate])
            for p in self.parts
        ]
        return keys[0] if len(keys) == 1 else digest(keys)

    def patch(self, read: Callable[[str], str]) -> Patch:
        """Return the patch that breaks the tree whose files `read` reads.

        Raises `ValueError` where two parts overlap.
        """
        files: dict[str, str | None] = {}
        for path in dict.fromkeys(part.path for part in self.parts):
            text = read(path)
            after = len(text) + 1
            for part in sorted(self.in_file(path), key=lambda part: part.start, reverse=True):
                if part.end > after or part.start == after:
                    raise ValueError(f"{path}: two breaks overlap at offset {part.start}")
                text, after = part.apply(text), part.start
            files[path] = text
        return Patch(files=files)

    def in_file(self, path: str) -> tuple[Site, ...]:
        """Return the parts in the file at `path`."""
        return tuple(part for part in self.parts if part.path == path)

    def touched(self) -> list[tuple[str, int, int]]:
        """Return (path, first line, last line) of whatever the tests that judge it go through."""
        return [(part.path, *lines) for part in self.parts for lines in part.lines]

    def alone(self, index: int) -> Break:
        """Return the break of one part only: what is left when all the others are repaired."""
        return Break((self.parts[index],))

    def without(self, index: int) -> Break:
        """Return the break with one of its several parts repaired."""
        return Break(self.parts[:index] + self.parts[index + 1 :])


COMBINED = ("combined in a function", "combined in a file", "combined across files")
"""The families of breaks with several parts."""
