"""From places to candidates: only breaks that are Python, that differ, and that are new.

A candidate's function is checked by itself, not its whole file, so that the cost of a check grows
with the function: a 3,000-line file is done in seconds. Nothing is ever executed.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Literal

from journeyman.tasks.breaking.family import Breakage
from journeyman.tasks.breaking.registry import families as all_families
from journeyman.tasks.breaking.site import Site, Source


def candidates(source: Source, families: Iterable[Breakage] | None = None) -> Iterator[Site]:
    """Yield the sites of the given families (default: all) whose result is worth testing.

    A result has to compile, has to have another syntax tree than the original, and must not have
    been yielded before. The order is that of the families, then of the file. Raises
    `UnparsableError` for a source that cannot be parsed.
    """
    for site in worthy(unchecked(source, families), lambda path: source):
        if not site.duplicate:
            yield site


def unchecked(source: Source, families: Iterable[Breakage] | None = None) -> Iterator[Site]:
    """Yield every site of the given families (default: all); checking is what takes the time."""
    for family in all_families() if families is None else families:
        yield from family.sites(source)


def worthy(sites: Iterable[Site], source_of: Callable[[str], Source]) -> Iterator[Site]:
    """Yield, in their order, those of `sites` that compile and differ; they may be of many files.

    One that makes the same syntax tree as one before comes marked as a duplicate. `source_of`
    returns the source of a path, the same object every time.
    """
    checks: dict[tuple[str, int, int], _Check] = {}
    for site in sites:
        key = (site.path, site.first, site.last)
        check = checks.get(key)
        if check is None:
            check = checks[key] = _Check(source_of(site.path), site.first, site.last)
        verdict = check.judge(site)
        if verdict != "unfit":
            yield replace(site, duplicate=verdict == "duplicate")


class _Check:
    """Judges the breaks of the function on the lines `first` to `last`."""

    def __init__(self, source: Source, first: int, last: int) -> None:
        self.start, self.end = source.line_starts[first - 1], source.line_starts[last]
        self.text = source.text[self.start : self.end]
        original = _parse(self.text)
        self.original = None if original is None else ast.dump(original)
        self.texts: dict[str, bool] = {}
        self.shapes: set[str] = set()

    def judge(self, site: Site) -> Literal["new", "duplicate", "unfit"]:
        if self.original is None or not self.start <= site.start <= site.end <= self.end:
            return "unfit"
        start, end = site.start - self.start, site.end - self.start
        text = self.text[:start] + site.replacement + self.text[end:]
        if text in self.texts:
            return "duplicate" if self.texts[text] else "unfit"
        broken = _parse(text)
        shape = ast.dump(broken) if broken is not None and _compiles(broken) else self.original
        self.texts[text] = shape != self.original
        if shape == self.original:
            return "unfit"
        known = shape in self.shapes
        self.shapes.add(shape)
        return "duplicate" if known else "new"


def _framed(text: str) -> str:
    return f"if 1:\n{text}" if text[:1] in " \t\f" else f"\n{text}"


def _parse(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(_framed(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _compiles(tree: ast.Module) -> bool:
    """Whether the compiler, which knows more rules than the parser, accepts it too."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(tree, "<break>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
