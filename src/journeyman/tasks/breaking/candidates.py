"""From places to candidates: only breaks that are Python, that differ, and that are new.

A candidate's function is checked by itself, not its whole file, so that the cost of a check grows
with the function: a 3,000-line file is done in a second. Nothing is ever executed.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from types import CodeType
from typing import Literal

from journeyman.tasks.breaking.family import Breakage
from journeyman.tasks.breaking.registry import families as all_families
from journeyman.tasks.breaking.site import Site
from journeyman.tasks.breaking.source import Source


def candidates(source: Source, families: Iterable[Breakage] | None = None) -> Iterator[Site]:
    """Yield the sites of the given families (default: all) whose result is worth testing.

    A result has to compile (a family of breaks that do not parse: must not), has to have another
    syntax tree than the original, and must not have been yielded before. The order is that of the
    families, then of the file. Raises `UnparsableError` for a source that cannot be parsed.
    """
    for site in worthy(unchecked(source, families), lambda path: source):
        if not site.duplicate:
            yield site


def unchecked(source: Source, families: Iterable[Breakage] | None = None) -> Iterator[Site]:
    """Yield every site of the given families (default: all); checking is what takes the time."""
    for family in all_families() if families is None else families:
        severity = family.severity
        for site in family.sites(source):
            yield site if site.severity == severity else replace(site, severity=severity)


def worthy(sites: Iterable[Site], source_of: Callable[[str], Source]) -> Iterator[Site]:
    """Yield, in their order, those of `sites` that compile and differ; they may be of many files.

    One that does the same as one before comes marked as a duplicate. Of what `source_of` returns
    for a path only the text is looked at, so sources need not be kept after their sites were found.
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
    """Judges the breaks of the lines `first` to `last`: a function, or a statement outside.

    What is compared is what the compiler makes of both, less line numbers: texts with the same
    syntax tree compile alike, and so do many that differ in it without doing anything else
    (trivial compiler equivalence: Papadakis and others, ICSE 2015). It is several times quicker
    than comparing trees, and only hashes are kept.
    """

    def __init__(self, source: Source, first: int, last: int) -> None:
        self.start, self.end = source.line_starts[first - 1], source.line_starts[last]
        self.text = source.text[self.start : self.end]
        self.original = fingerprint(self.text)
        self.texts: dict[int, bool] = {}
        self.shapes: set[int] = set()

    def judge(self, site: Site) -> Literal["new", "duplicate", "unfit"]:
        if self.original is None or not self.start <= site.start <= site.end <= self.end:
            return "unfit"
        start, end = site.start - self.start, site.end - self.start
        text = self.text[:start] + site.replacement + self.text[end:]
        name = hash(text)
        if name in self.texts:
            return "duplicate" if self.texts[name] else "unfit"
        shape = fingerprint(text)
        if site.severity == "does not parse":
            self.texts[name] = shape is None
            return "new" if shape is None else "unfit"
        differs = shape is not None and shape != self.original
        differs = differs and not self._only_looks_other(site, text)
        self.texts[name] = differs
        if not differs or shape is None:
            return "unfit"
        known = shape in self.shapes
        self.shapes.add(shape)
        return "duplicate" if known else "new"

    def _only_looks_other(self, site: Site, text: str) -> bool:
        """Whether just the layout differs, which the compiler's treatment of lines can hide."""
        old = self.text[site.start - self.start : site.end - self.start]
        if _letters(old) != _letters(site.replacement):
            return False
        before, after = _tree(self.text), _tree(text)
        return before == after


def fingerprint(text: str) -> int | None:
    """Return a hash of what lines of code compile to, less positions; `None` if they do not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(_framed(text), "<break>", "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return hash(_shape(code))


def _shape(code: CodeType) -> tuple[object, ...]:
    return (
        code.co_code,
        code.co_exceptiontable,
        tuple(
            _shape(each) if isinstance(each, CodeType) else repr(each) for each in code.co_consts
        ),
        (code.co_names, code.co_varnames, code.co_cellvars, code.co_freevars),
        (code.co_name, code.co_flags, code.co_argcount),
        (code.co_posonlyargcount, code.co_kwonlyargcount),
    )


def _framed(text: str) -> str:
    return f"if 1:\n{text}" if text.startswith((" ", "\t", "\f")) else f"\n{text}"


def _tree(text: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.dump(ast.parse(_framed(text)))


def _letters(code: str) -> str:
    return re.sub(r"[\s()\\,;]", "", code)
