"""Bugs drawn by somebody else's operators: cosmic-ray's, applied to text in memory.

Enumerating is cheap and mutating is not (the file is parsed anew), so positions are enumerated
first, a balanced draw is made among them, and only what was drawn is mutated. The operators that
need arguments (VariableReplacer, VariableInserter) are left out, as cosmic-ray itself does unless
it is told the arguments. Whatever else cosmic-ray proposes is kept: what does not compile is
counted, not hidden, and nothing is left out because a repair would be hard to find.

Source of the operators: cosmic-ray, https://github.com/sixty-north/cosmic-ray (package
``cosmic-ray``, extra ``bench``).
"""

from __future__ import annotations

import warnings
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from journeyman.pipeline.adopted import Adopted
from journeyman.records import Record
from journeyman.tasks.breaking import Site, choose
from journeyman.understanding.functions import Function, functions

TRIES_PER_TASK = 12
"""Mutations drawn for each task wanted; many survive, so most of these are needed."""


class Position(Record):
    """Where one operator can mutate one file: its n-th occurrence there."""

    operator: str
    occurrence: int
    path: str
    function: str
    first: int
    last: int
    line: int
    column: int
    tested: int
    """The line whose tests judge the mutant: the line itself, or for a decorator, which runs
    before any test, the first line of the function's body that tests run."""


class Positions(Record):
    """All positions in one adopted repository, as they are kept in its store."""

    found: tuple[Position, ...]


@dataclass(frozen=True)
class Mutation(Site):
    """A drawn position; `replacement` is empty until `realise` has made the mutant."""

    operator: str = ""
    occurrence: int = 0


def kind_of(operator: str) -> str:
    """Return the operator's kind: ``ReplaceBinaryOperator`` of ``core/ReplaceBinaryOperator_…``."""
    return operator.rpartition("/")[2].partition("_")[0]


def positions(adopted: Adopted) -> tuple[Position, ...]:
    """Return every position inside a function on a line that passing tests run; remembered."""
    key = f"cosmic-ray-{adopted.tree.commit}-{adopted.suite.settings.identity}"
    known = adopted.store.get_record("mutation positions", key, Positions)
    if known is None:
        paths = [
            path for path in adopted.adoption.plan.code_files if path in adopted.coverage.files
        ]
        found = tuple(one for path in sorted(paths) for one in _in_file(adopted, path))
        known = Positions(found=found)
        adopted.store.put_record("mutation positions", key, known)
    return known.found


def draw(adopted: Adopted, tasks: int, seed: int) -> list[Mutation]:
    """Return mutations in an order of which any beginning is balanced.

    Kinds of operators take turns (else the 132 exchanges of binary operators would be nearly all),
    and within a kind functions do; see `journeyman.tasks.breaking.choose`.
    """
    by_kind: dict[str, list[Site]] = {}
    for one in positions(adopted):
        by_kind.setdefault(kind_of(one.operator), []).append(_drawn(one))
    chosen = choose(by_kind, TRIES_PER_TASK * tasks, seed)
    return [site for site in chosen if isinstance(site, Mutation)]


def realise(mutation: Mutation, text: str) -> Site | None:
    """Return the mutation of `text` as the one exchange of characters it comes to.

    `None` where the mutant is the same text or cannot be compiled.
    """
    mutant = mutate_code(text, _operator(mutation.operator), mutation.occurrence)
    if mutant is None or mutant == text or not _compiles(mutant):
        return None
    head = _common(text, mutant)
    tail = _common(text[head:][::-1], mutant[head:][::-1])
    end = len(text) - tail
    given = {field.name: getattr(mutation, field.name) for field in fields(Site)}
    replacement = mutant[head : len(mutant) - tail]
    until = max(mutation.line, text.count("\n", 0, max(head, end - 1)) + 1)
    made = {
        "start": head,
        "end": end,
        "replacement": replacement,
        "detail": f"{mutation.operator} #{mutation.occurrence}",
        "judged": ((mutation.line, until),),
    }
    return Site(**{**given, **made})


def _in_file(adopted: Adopted, path: str) -> Iterator[Position]:
    text = adopted.tree.read(path)
    lines, covered = text.split("\n"), adopted.coverage.files[path]
    found = functions(path, text)
    nodes = list(ast_nodes(get_ast(text)))
    for operator in _operators():
        places = (place for node in nodes for place in _operator(operator).mutation_positions(node))
        for occurrence, ((line, column), _) in enumerate(places):
            function = _around(found, line)
            tested = None if function is None else _tested(function, line, lines, covered)
            if function is None or tested is None:
                continue
            yield Position(
                operator=operator,
                occurrence=occurrence,
                path=path,
                function=function.qualname,
                first=function.first,
                last=function.last,
                line=line,
                column=column,
                tested=tested,
            )


def _tested(
    function: Function, line: int, lines: list[str], covered: dict[int, tuple[int, ...]]
) -> int | None:
    if line in covered:
        return line
    if lines[line - 1].lstrip().startswith("@"):
        return next((n for n in range(line, function.last + 1) if n in covered), None)
    return None


def _around(found: list[Function], line: int) -> Function | None:
    index = bisect_right([function.first for function in found], line) - 1
    return found[index] if index >= 0 and line <= found[index].last else None


def _drawn(one: Position) -> Mutation:
    """Return the position as something to draw; its offsets only put a function's in order."""
    order = one.line * 10_000 + one.column
    return Mutation(
        family=f"cosmic-ray/{one.operator.rpartition('/')[2]}",
        path=one.path,
        function=one.function,
        first=one.first,
        last=one.last,
        line=one.tested,
        start=order,
        end=order,
        replacement="",
        detail="",
        operator=one.operator,
        occurrence=one.occurrence,
    )


@cache
def _operators() -> tuple[str, ...]:
    names = cosmic_ray.plugins.operator_names()
    return tuple(name for name in names if not cosmic_ray.plugins.get_operator(name).arguments())


@cache
def _operator(name: str) -> Any:
    return cosmic_ray.plugins.get_operator(name)()


def _compiles(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginnings."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
