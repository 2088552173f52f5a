"""Tests that write down what code does today, for functions that are tested too little.

After Feathers' characterisation tests (Working Effectively with Legacy Code, 2004): call the
function, see what comes back, and assert that. Calls come from the suite's own, or are made up by
kind (`arguments.py`). Of the many that are steady only those are kept that notice a mutant no test
noticed, or go through a line no test went through; what changes nothing would only be in the way.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from journeyman.records import Patch, Record
from journeyman.records.goal import Mutant
from journeyman.sandbox import unisolated
from journeyman.sandbox.testing.pytest_suite import as_pytest
from journeyman.tasks.written.arguments import argument_lists
from journeyman.tasks.written.draft import RefusedError
from journeyman.tasks.written.examples import call_text
from journeyman.tasks.written.observing import Observer, Seen
from journeyman.tasks.written.pieces import Definition, Piece, piece_of
from journeyman.tasks.written.workshop import Workshop

MOST_CALLS, MOST_MADE_UP, MOST_KEPT = 40, 30, 8
LONGEST = 300
_MISUSE = frozenset(
    {
        *("TypeError", "AttributeError", "NameError", "RecursionError", "OSError"),
        *("FileNotFoundError", "NotADirectoryError", "IsADirectoryError", "PermissionError"),
    }
)
"""What made-up arguments of the wrong kind raise: nothing that anybody promised."""


class Observed(Record):
    """One call that is worth a test, and what it came to (see `observing.Seen`)."""

    call: str
    how: str
    what: str


class Character(Record):
    """What was found out about one function.

    `missed` are the lines no test went through, `reached` those of them that the kept calls go
    through; of `mutants` tried, `survived` are those that the suite does not notice, and `noticed`
    those of them that the kept calls notice. `why` says why nothing was kept.
    """

    path: str
    function: str
    module: str
    kept: tuple[Observed, ...] = ()
    missed: tuple[int, ...] = ()
    reached: tuple[int, ...] = ()
    mutants: int = 0
    survived: tuple[Mutant, ...] = ()
    noticed: tuple[Mutant, ...] = ()
    why: str = ""


def missed_lines(shop: Workshop, piece: Piece) -> tuple[int, ...]:
    """Return the lines of a function on which a statement begins and that no test goes through."""
    ran = shop.coverage.files.get(piece.path, {})
    begins = {
        each.lineno
        for one in piece.body
        for each in ast.walk(one)
        if isinstance(each, ast.stmt) and not isinstance(each, ast.Global | ast.Nonlocal)
    }
    return tuple(sorted(line for line in begins if not ran.get(line)))


def characterise(shop: Workshop, piece: Piece, missed: tuple[int, ...]) -> Character:
    """Return tests for one function; refuse where none adds anything."""
    module = shop.module(piece.path)
    observer = Observer(shop.grader, (f"from {module} import {piece.name.split('.')[0]}",))
    calls = _calls(shop, piece)
    seen = observer.observe(list(calls)[:MOST_CALLS])
    good = {call: one for call, one in seen.items() if _is_good(one, calls[call], module, call)}
    if not good:
        raise RefusedError("flaky", "no call of it gives a plain, steady answer")
    again = observer.observe(list(good))
    good = {call: one for call, one in good.items() if again.get(call) == one}
    mutants, survived = surviving(shop, piece)
    notices: dict[str, set[int]] = {call: set() for call in good}
    for number, mutant in enumerate(survived):
        tree = Patch(files={piece.path: mutant.apply(piece.text)})
        other = observer.observe(list(good), tree)
        for call, one in good.items():
            if other.get(call) != one:
                notices[call].add(number)
    through = observer.lines(list(good))
    reaches = {
        call: {line for path, line in through[call] if path == piece.path and line in missed}
        for call in good
    }
    kept = _chosen(list(good), notices, reaches)
    if not any(notices[call] for call in kept):
        raise RefusedError("survived", "no call notices a mutant that the tests do not")
    return Character(
        path=piece.path,
        function=piece.name,
        module=module,
        kept=tuple(Observed(call=c, how=good[c].how, what=good[c].what) for c in kept),
        missed=missed,
        reached=tuple(sorted(set().union(*(reaches[call] for call in kept)))),
        mutants=mutants,
        survived=survived,
        noticed=tuple(
            one for n, one in enumerate(survived) if any(n in notices[call] for call in kept)
        ),
    )


def surviving(shop: Workshop, piece: Piece) -> tuple[int, tuple[Mutant, ...]]:
    """Return how many mutants of a function were tried, and those that no test notices."""
    mutants = shop.drawn_mutants(piece.path, piece.name, piece.text)[: shop.mutants]
    return len(mutants), tuple(one for one in mutants if _survives(shop, piece, one))


def _calls(shop: Workshop, piece: Piece) -> dict[str, bool]:
    """Return calls to try, each with whether the tests were seen to make it."""
    assert isinstance(piece.node, Definition)
    start = piece.body[0].lineno
    tests = shop.prover.tests_for([(piece.path, start, piece.last)])
    found: dict[str, bool] = {}
    objects = [""]
    if piece.owner:
        objects = [f"{made}." for made in _objects(shop, piece)]
    watch = [(piece.path, piece.plain)]
    recorded = as_pytest(shop.grader.suite).values(Patch(), tests, watch)[1] if tests else {}
    for given, _, _ in recorded.get(f"{piece.path}::{piece.plain}", []):
        text = call_text(piece.plain, piece.node, given, method=bool(piece.owner)) if given else ""
        if text and len(text) <= LONGEST and len(found) < MOST_CALLS - 5:
            found.setdefault(objects[len(found) % len(objects)] + text, True)
    if as_pytest(shop.grader.suite).pool.server.tier != unisolated.TIER:
        lists = argument_lists(
            piece.node, MOST_MADE_UP, f"{shop.seed} {piece.name}", method=bool(piece.owner)
        )
        for number, arguments in enumerate(lists):
            call = f"{objects[number % len(objects)]}{piece.plain}({arguments})"
            found.setdefault(call, False)
    return found


def _objects(shop: Workshop, piece: Piece) -> list[str]:
    """Return ways to make an object of the class, by how its tests make one."""
    assert isinstance(piece.node, Definition)
    marks = [getattr(one, "id", "") for one in piece.node.decorator_list]
    if "staticmethod" in marks or "classmethod" in marks:
        return [piece.owner]
    start = piece_of(piece.path, piece.text, f"{piece.owner}.__init__")
    if start is None or not isinstance(start.node, Definition):
        return [f"{piece.owner}()"]
    tests = shop.prover.tests_for([(piece.path, start.body[0].lineno, start.last)])
    watch = [(piece.path, "__init__")]
    recorded = as_pytest(shop.grader.suite).values(Patch(), tests, watch)[1] if tests else {}
    found: dict[str, None] = {}
    for given, _, _ in recorded.get(f"{piece.path}::__init__", []):
        text = call_text(piece.owner, start.node, given, method=True) if given else ""
        if text and len(text) <= LONGEST:
            found.setdefault(text)
    if not found and as_pytest(shop.grader.suite).pool.server.tier != unisolated.TIER:
        lists = argument_lists(start.node, 4, f"{shop.seed} {piece.owner}", method=True)
        found = {f"{piece.owner}({arguments})": None for arguments in lists}
    return list(found)[:6] or [f"{piece.owner}()"]


def _is_good(seen: Seen, recorded: bool, module: str, call: str) -> bool:
    if len(seen.what) > LONGEST or len(call) > LONGEST:
        return False
    if seen.how != "raised":
        return True
    where, _, name = seen.what.partition(":")
    return where in ("builtins", module) and "." not in name and (recorded or name not in _MISUSE)


def _survives(shop: Workshop, piece: Piece, mutant: Mutant) -> bool:
    """Whether the tests there are pass with a mutant in place (always, where there are none)."""
    tests = shop.prover.tests_for([(piece.path, piece.body[0].lineno, piece.last)])
    if not tests:
        return True
    tree = Patch(files={piece.path: mutant.apply(piece.text)})
    report = shop.grader.suite.run(tree, tests)
    return all(report.good(test) for test in tests)


def _chosen(
    calls: Sequence[str], notices: dict[str, set[int]], reaches: dict[str, set[int]]
) -> list[str]:
    """Return the calls that add most, one after the other, until none adds anything."""
    kept: list[str] = []
    mutants: set[int] = set()
    lines: set[int] = set()
    while len(kept) < MOST_KEPT:
        gains = [
            (2 * len(notices[c] - mutants) + len(reaches[c] - lines), -len(c), c) for c in calls
        ]
        gain, _, call = max(gains, default=(0, 0, ""))
        if not gain:
            break
        kept.append(call)
        mutants |= notices[call]
        lines |= reaches[call]
    return kept
