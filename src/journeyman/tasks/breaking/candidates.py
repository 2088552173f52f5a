"""From places to candidates: only breaks that are Python, that differ, and that are new.

A candidate's function is checked by itself, not its whole file, so that the cost of a check grows
with the function: a 3,000-line file is done in seconds. Nothing is ever executed.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Iterator

from journeyman.tasks.breaking.family import Breakage
from journeyman.tasks.breaking.registry import families as all_families
from journeyman.tasks.breaking.site import Site, Source


def candidates(source: Source, families: Iterable[Breakage] | None = None) -> Iterator[Site]:
    """Yield the sites of the given families (default: all) whose result is worth testing.

    A result has to compile, has to have another syntax tree than the original, and must not have
    been yielded before. The order is that of the families, then of the file. Raises
    `UnparsableError` for a source that cannot be parsed.
    """
    yield from worthy(unchecked(source, families), lambda path: source)


def unchecked(source: Source, families: Iterable[Breakage] | None = None) -> Iterator[Site]:
    """Yield every site of the given families (default: all); checking is what takes the time."""
    for family in all_families() if families is None else families:
        yield from family.sites(source)


def worthy(sites: Iterable[Site], source_of: Callable[[str], Source]) -> Iterator[Site]:
    """Yield, in their order, those of `sites` that `candidates` would; they may be of many files.

    `source_of` returns the source of a path, the same object every time.
    """
    checks: dict[tuple[str, int, int], _Check] = {}
    for site in sites:
        key = (site.path, site.first, site.last)
        check = checks.get(key)
        if check is None:
            check = checks[key] = _Check(source_of(site.path), site.first, site.last)
        if check.accepts(site):
            yield site


class _Check:
    """Judges the breaks of the function on the lines `first` to `last`."""

    def __init__(self, source: Source, first: int, last: int) -> None:
        self.start, self.end = source.line_starts[first - 1], source.line_starts[last]
        self.text = source.text[self.start : self.end]
        self.first = first
        self.original = _parse(self.text)
        self.seen: set[str] = set()
        self.dumps: dict[ast.AST, str] = {}

    def accepts(self, site: Site) -> bool:
        if self.original is None or not self.start <= site.start <= site.end <= self.end:
            return False
        start, end = site.start - self.start, site.end - self.start
        text = self.text[:start] + site.replacement + self.text[end:]
        if text in self.seen:
            return False
        self.seen.add(text)
        broken = _parse(text)
        if broken is None:
            return False
        # One line more, for the line that `_framed` puts on top.
        line = site.line - self.first + 2
        return self._differs(broken, self.original, line) and _compiles(broken)

    def _differs(self, broken: ast.Module, original: ast.Module, line: int) -> bool:
        """Whether the trees differ, by their dumps; looks at the statement on `line` first."""
        before: ast.AST = original
        after: ast.AST = broken
        while below := _statement_on(before, after, line):
            before, after = below
        return self._dump(before) != ast.dump(after) or self._dump(original) != ast.dump(broken)

    def _dump(self, node: ast.AST) -> str:
        """Return the dump of a part of the original, made once."""
        if node not in self.dumps:
            self.dumps[node] = ast.dump(node)
        return self.dumps[node]


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


def _statement_on(old: ast.AST, new: ast.AST, line: int) -> tuple[ast.AST, ast.AST] | None:
    """Return the pair of child statements at the same place that cover `line` in `old`."""
    for field in ("body", "handlers", "orelse", "finalbody"):
        ours, theirs = getattr(old, field, None), getattr(new, field, None)
        if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
            for one, other in zip(ours, theirs, strict=True):
                if one.lineno <= line <= one.end_lineno and type(one) is type(other):
                    return one, other
    return None
