"""A mix of tasks as somebody asked for it: so much of each kind, no more than so much trivial.

Kinds are coarser than families: what an engineer would call the work. Shares that cannot be had are
not made up for by others without being told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from journeyman.errors import SettingsError
from journeyman.records import digest
from journeyman.records.task import TaskHead

TRIVIAL = "trivial"
"""The label of a task whose error message names the very place and thing to repair."""

KINDS = ("bugs", "features", "tests", "documentation", "refactorings", "speed-ups", "real fixes")

_WRITTEN = {
    "rebuild": "features",
    "from-docs": "features",
    "test": "tests",
    "cover": "tests",
    "document": "documentation",
    "refactor": "refactorings",
    "speed": "speed-ups",
}


def kind(head: TaskHead) -> str:
    """Return what kind of work a task is, one of `KINDS`."""
    if head.source == "history":
        return "real fixes"
    return _WRITTEN.get(head.family, "bugs") if head.source == "written" else "bugs"


@dataclass(frozen=True)
class Mixed:
    """The chosen tasks, and what was wanted of a kind or language but was not there."""

    chosen: tuple[TaskHead, ...]
    missing: dict[str, int]


def mixed(
    heads: Sequence[TaskHead],
    count: int,
    shares: Mapping[str, float] | None = None,
    languages: Mapping[str, float] | None = None,
    most_trivial: float = 1.0,
    seed: int = 0,
) -> Mixed:
    """Choose `count` tasks, so many of each kind and language as their shares say.

    Within a kind the least often chosen families and functions come first, in an order that
    follows from content and `seed`.

    Args:
        shares: Kind to share of `count`; they are scaled to add up to 1. All kinds as they come
            when left out.
        languages: Language to share, alike.
        most_trivial: The share of trivial tasks, at most.

    Raises:
        SettingsError: A kind that there is not, or shares that are not positive numbers.
    """
    _check(shares, languages, most_trivial)
    wanted = _apportioned(count, shares or {"": 1.0})
    spoken = _apportioned(count, languages or {"": 1.0})
    trivial_left = int(most_trivial * count)
    chosen: list[TaskHead] = []
    used: Counter[str] = Counter()
    waiting = sorted(heads, key=lambda head: digest(["mix", seed, head.id]))
    for name in wanted:
        pool = [head for head in waiting if name in ("", kind(head))]
        while wanted[name] > 0 and pool:
            pool.sort(key=lambda head: (used[head.family], used[head.cluster]))
            at = next(
                (
                    index
                    for index, head in enumerate(pool)
                    if spoken.get("" if "" in spoken else head.language, 0) > 0
                    and (trivial_left > 0 or TRIVIAL not in head.labels)
                ),
                None,
            )
            if at is None:
                break
            head = pool.pop(at)
            chosen.append(head)
            used.update([head.family, head.cluster])
            wanted[name] -= 1
            spoken["" if "" in spoken else head.language] -= 1
            trivial_left -= TRIVIAL in head.labels
    missing = {name or "tasks": left for name, left in wanted.items() if left}
    return Mixed(tuple(chosen), missing)


def _apportioned(count: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Return whole numbers that add up to `count`, by largest remainders."""
    total = sum(shares.values())
    exact = {name: count * share / total for name, share in shares.items()}
    whole = {name: int(value) for name, value in exact.items()}
    rest = sorted(exact, key=lambda name: (whole[name] - exact[name], name))
    for name in rest[: count - sum(whole.values())]:
        whole[name] += 1
    return whole


def _check(
    shares: Mapping[str, float] | None,
    languages: Mapping[str, float] | None,
    most_trivial: float,
) -> None:
    unknown = sorted(set(shares or {}) - set(KINDS))
    if unknown:
        raise SettingsError(
            f"there is no kind of task called {', '.join(unknown)}",
            f"The kinds are {', '.join(KINDS)}.",
        )
    every = [*(shares or {}).values(), *(languages or {}).values()]
    if any(not 0 < share < float("inf") for share in every) or not 0 <= most_trivial <= 1:
        raise SettingsError(
            "the shares of a mix are positive numbers, and that of trivial tasks is at most 1",
            "For example: bugs=0.5, features=0.25, and trivial 0.1.",
        )
