"""Which tasks are practised on, which decide when to stop, and which only examine.

A policy that has seen a file knows its names and habits, so whole files go to one side, and a
practice task in a function that has a near-duplicate on the other side is dropped. With too few
files that cannot be done, and then whole functions (with their near-duplicates) go to one side;
the record says so, because the exam then shows less.

An assignment is greedy, largest units first, each to the side that lacks most tasks; of a fixed
number of jittered orders the best one is kept. The order comes from content and seed alone, never
from the order in which tasks arrive, so the same tasks are always split alike.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from journeyman.errors import SettingsError
from journeyman.records import Record
from journeyman.records.task import TaskHead

SIDES = ("practice", "validation", "held_out")
FRACTIONS = (0.5, 0.15, 0.35)
ORDERS = 64
LARGE_FILE = 0.6
TOLERANCE = 0.15

Assignment = dict[str, list[TaskHead]]
Neighbours = Mapping[str, set[str]]


class Split(Record):
    """Task ids by side, each sorted; no id is on two sides.

    `history` tasks are real fixes and exam only; they are held apart from breakages and may lie in
    files that were practised on. `dropped` is task id to reason, `why` says what was split by
    and how near the wanted fractions it came.
    """

    practice: tuple[str, ...]
    validation: tuple[str, ...]
    held_out: tuple[str, ...]
    history: tuple[str, ...]
    dropped: dict[str, str]
    by: Literal["file", "function"]
    why: str


def split(
    tasks: Iterable[TaskHead],
    near_pairs: Iterable[tuple[str, str]],
    seed: int = 0,
    fractions: tuple[float, float, float] = FRACTIONS,
) -> Split:
    """Split `tasks` into practice, validation and held-out ones, in shares of `fractions`.

    `near_pairs` are near-duplicate functions, named as `Task.cluster` names them. Of the ways that
    come near the fractions, one is chosen in which most families are on every side and few tasks
    are dropped. Raises `SettingsError` for fractions that are not positive or do not add up to 1.
    """
    if len(fractions) != 3 or min(fractions) <= 0 or abs(sum(fractions) - 1) > 1e-6:
        raise SettingsError(
            f"split: the fractions are {fractions}",
            "Give three positive numbers (practice, validation, held out) that add up to 1.",
        )
    known = sorted({task.id: task for task in tasks}.values(), key=lambda task: task.id)
    breakages = [task for task in known if task.source != "history"]
    near = _neighbours(near_pairs)
    by: Literal["file", "function"] = "file"
    sides = _assign(_units(breakages, lambda task: task.place.path), near, seed, fractions)
    problem = _problem(sides, near, fractions)
    if problem:
        by = "function"
        sides = _assign(_units(breakages, _with_twins(near)), near, seed, fractions)
    dropped = dict(_dropped(sides, near))
    kept = {
        side: tuple(task.id for task in sorted(sides[side], key=lambda task: task.id))
        for side in SIDES
    }
    return Split(
        **{side: tuple(id for id in ids if id not in dropped) for side, ids in kept.items()},
        history=tuple(task.id for task in known if task.source == "history"),
        dropped=dropped,
        by=by,
        why=_why(by, problem, sides, fractions),
    )


def _units(tasks: Sequence[TaskHead], key: Callable[[TaskHead], str]) -> dict[str, list[TaskHead]]:
    units: dict[str, list[TaskHead]] = defaultdict(list)
    for task in tasks:
        units[key(task)].append(task)
    return units


def _assign(
    units: Mapping[str, list[TaskHead]], near: Neighbours, seed: int, fractions: Sequence[float]
) -> Assignment:
    """Return the best of `ORDERS` greedy assignments of whole units to sides."""
    total = sum(len(unit) for unit in units.values())
    families = {task.family for unit in units.values() for task in unit}

    def cost(sides: Assignment) -> tuple[bool, int, float]:
        dropped = {id for id, _ in _dropped(sides, near)}
        present = sum(
            len({task.family for task in side if task.id not in dropped}) for side in sides.values()
        )
        off = _deviation(sides, fractions)
        return off > TOLERANCE, 3 * len(families) - present, off + len(dropped) / max(1, total)

    orders = (_order(units, f"{seed}:{attempt}") for attempt in range(ORDERS))
    return min((_greedy(units, order, fractions) for order in orders), key=cost)


def _order(units: Mapping[str, list[TaskHead]], salt: str) -> list[str]:
    """Return the units largest first, their sizes jittered by up to half either way."""

    def weight(unit: str) -> float:
        first = hashlib.sha256(f"{salt}:{unit}".encode()).digest()[:4]
        return len(units[unit]) * (0.5 + int.from_bytes(first, "big") / 2**32)

    return sorted(units, key=lambda unit: (-weight(unit), unit))


def _greedy(
    units: Mapping[str, list[TaskHead]], order: Sequence[str], fractions: Sequence[float]
) -> Assignment:
    lacking = {
        side: fraction * sum(len(unit) for unit in units.values())
        for side, fraction in zip(SIDES, fractions, strict=True)
    }
    sides: Assignment = {side: [] for side in SIDES}
    for unit in order:
        side = max(SIDES, key=lambda side: lacking[side])
        sides[side] += units[unit]
        lacking[side] -= len(units[unit])
    return sides


def _problem(sides: Assignment, near: Neighbours, fractions: Sequence[float]) -> str:
    """Return why an assignment of whole files will not do, or nothing."""
    held = [task.place.path for tasks in sides.values() for task in tasks]
    if not held:
        return ""
    files = set(held)
    if len(files) < len(SIDES):
        return f"only {len(files)} file{'s' * (len(files) > 1)} with tasks"
    largest = max(sorted(files), key=held.count)
    share = held.count(largest) / len(held)
    if share > LARGE_FILE and _deviation(sides, fractions) > TOLERANCE:
        return f"{largest} holds {share:.0%} of the tasks"
    dropped = {id for id, _ in _dropped(sides, near)}
    for side in SIDES:
        if all(task.id in dropped for task in sides[side]):
            return f"near-duplicates across files would leave no {side.replace('_', '-')} tasks"
    return ""


def _deviation(sides: Assignment, fractions: Sequence[float]) -> float:
    """Return by how much the worst side misses its fraction of the tasks."""
    total = sum(len(side) for side in sides.values())
    return max(
        abs(len(sides[side]) / max(1, total) - fraction)
        for side, fraction in zip(SIDES, fractions, strict=True)
    )


def _dropped(sides: Assignment, near: Neighbours) -> Iterator[tuple[str, str]]:
    """Yield the tasks (id, reason) that would give away what a later side asks.

    The earlier side loses: it is better to practise less than to examine less.
    """
    later: dict[str, str] = {}
    for side in reversed(SIDES):
        for task in sides[side]:
            twin = min(
                (other for other in near.get(task.cluster, ()) if other in later), default=""
            )
            if twin:
                yield task.id, f"{task.cluster} is a near-duplicate of {twin} ({later[twin]})"
        later.update((task.cluster, side.replace("_", " ")) for task in sides[side])


def _neighbours(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    near: dict[str, set[str]] = defaultdict(set)
    for left, right in pairs:
        if left != right:
            near[left].add(right)
            near[right].add(left)
    return dict(near)


def _with_twins(near: Neighbours) -> Callable[[TaskHead], str]:
    """Return a key that is equal for functions linked by near-duplication, however indirectly."""
    head: dict[str, str] = {}
    for start in sorted(near):
        waiting = [start]
        while waiting:
            function = waiting.pop()
            if function not in head:
                head[function] = start
                waiting += near[function]
    return lambda task: head.get(task.cluster, task.cluster)


def _why(by: str, problem: str, sides: Assignment, fractions: Sequence[float]) -> str:
    total = sum(len(side) for side in sides.values())
    if not total:
        return "there are no breakages to split"
    got = "/".join(f"{100 * len(sides[side]) / total:.0f}" for side in SIDES)
    wanted = "/".join(f"{100 * fraction:.0f}" for fraction in fractions)
    shares = f"{got} % of {total} tasks to {', '.join(SIDES)} (wanted {wanted} %)"
    reason = f" because {problem}" if problem else ""
    return f"whole {by}s{reason}: {shares}".replace("held_out", "held out")
