"""What the failing tests say: kinds of error, the names they mention, where they were raised."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from journeyman.records import GOOD, TestReport, TestResult

ERRORS = (
    "name",
    "attribute",
    "type",
    "lookup",
    "value",
    "assertion",
    "not raised",
    "hang",
    "other",
)
"""The kinds of failure that features tell apart."""

_BY_TYPE = {
    "NameError": "name",
    "UnboundLocalError": "name",
    "AttributeError": "attribute",
    "TypeError": "type",
    "IndexError": "lookup",
    "KeyError": "lookup",
    "StopIteration": "lookup",
    "ValueError": "value",
    "AssertionError": "assertion",
    "RecursionError": "hang",
}
_QUOTED = re.compile(r"'([A-Za-z_]\w*)'")
_COMPARED = re.compile(r"assert (.+?) (==|is|!=|<=|>=|<|>) (.+)")


@dataclass
class Clues:
    """What is told by all failing tests of a run together."""

    failing: tuple[str, ...]
    errors: dict[str, float]
    """Kind of failure to the share of failing tests."""
    names: frozenset[str] = frozenset()
    """Names that messages quote."""
    missing_names: frozenset[str] = frozenset()
    """Names of NameErrors and UnboundLocalErrors."""
    missing_attributes: frozenset[str] = frozenset()
    frames: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Deepest frame in the repository to failing tests."""
    contrasts: dict[str, float] = field(default_factory=dict)
    """How expected and found differ (`CONTRASTS`) to the share of failing tests."""
    about_none: bool = False
    about_arguments: bool = False


CONTRASTS = ("truth", "by one", "sign", "none", "order", "length", "number")


def clues_of(report: TestReport, tests: Sequence[str]) -> Clues:
    """Return what `report` says of those of `tests` that fail in it."""
    failing = failing_tests(report, tests)
    errors: Counter[str] = Counter()
    contrasts: Counter[str] = Counter()
    frames: Counter[tuple[str, int]] = Counter()
    names: set[str] = set()
    missing: set[str] = set()
    attributes: set[str] = set()
    texts = []
    for test in failing:
        result = report.by_id.get(test)
        kind = error_kind(result)
        errors[kind] += 1
        if result is None:
            continue
        frames[result.path, result.line] += 1
        quoted = _QUOTED.findall(result.message)
        names.update(quoted)
        missing.update(quoted[:1] if kind == "name" else ())
        attributes.update(quoted[-1:] if kind == "attribute" else ())
        contrasts.update([contrast] if (contrast := _contrast(result.message)) else [])
        texts.append(result.message)
    count = max(1, len(failing))
    everything = "\n".join(texts)
    return Clues(
        failing=failing,
        errors={kind: number / count for kind, number in errors.items()},
        names=frozenset(names),
        missing_names=frozenset(missing),
        missing_attributes=frozenset(attributes),
        frames=frames,
        contrasts={kind: number / count for kind, number in contrasts.items()},
        about_none="NoneType" in everything,
        about_arguments="argument" in everything and "TypeError" in everything,
    )


def failing_tests(report: TestReport, tests: Sequence[str]) -> tuple[str, ...]:
    """Return those of `tests` without a good outcome of their own, however the run ended."""
    return tuple(
        test
        for test in tests
        if (result := report.by_id.get(test)) is None or result.outcome not in GOOD
    )


def error_kind(result: TestResult | None) -> str:
    """Return which of `ERRORS` a failing test met; one that never reported hangs or crashed."""
    if result is None:
        return "hang"
    message = result.message
    if "DID NOT RAISE" in message or "not raised" in message:
        return "not raised"
    if message.startswith("assert "):
        return "assertion"
    kind = message.split(":")[0].split("(")[0].rsplit(".", 1)[-1].strip()
    return _BY_TYPE.get(kind, "other")


def _contrast(message: str) -> str:
    """Return in what way the two sides of a failed comparison differ."""
    found = _COMPARED.search(message.split("\n")[0])
    if found is None:
        return ""
    left, right = _value(found[1]), _value(found[3])
    if left is _UNKNOWN or right is _UNKNOWN:
        return ""
    if isinstance(left, bool) or isinstance(right, bool):
        return "truth"
    if left is None or right is None:
        return "none"
    if isinstance(left, int | float) and isinstance(right, int | float):
        if abs(left - right) == 1:
            return "by one"
        return "sign" if left == -right else "number"
    if isinstance(left, str | list | tuple) and isinstance(right, str | list | tuple):
        same = sorted(map(repr, left)) == sorted(map(repr, right))
        return "order" if same else "length" if len(left) != len(right) else ""
    return ""


_UNKNOWN = object()


def _value(text: str) -> object:
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return _UNKNOWN
