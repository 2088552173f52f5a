"""The goal "speed": the same answers in less time, measured against the given code in one run.

The given code is right, so tests and replay are judged as for a refactoring. Then both versions
make the same calls in alternating, fresh processes (`sandbox/inside/race.py`); every pair gives a
ratio of seconds. What counts is the upper end of the 95 % interval of the median ratio (by order
statistics, so whatever the noise is like), which has to lie below the stated share.
"""

from __future__ import annotations

import ast
import json
import math
import secrets
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from journeyman.errors import InfrastructureError
from journeyman.grading.goals.refactor import same_behaviour
from journeyman.grading.goals.workloads import grown
from journeyman.records import Flag, Patch, Task, Verdict
from journeyman.records.goal import Speed
from journeyman.sandbox import inside, unisolated
from journeyman.sandbox.testing.pytest_suite import as_pytest
from journeyman.understanding.signatures import positional

if TYPE_CHECKING:
    from journeyman.grading.grader import Grader

START_S, MOST_S = 30.0, 4.0
SPEC = "journeyman-race.json"
_ELSEWHERE = (
    *("threading", "concurrent", "asyncio", "multiprocessing", "subprocess", "signal", "time"),
    *("sched", "queue", "_thread", "selectors", "mmap", "shelve", "dbm", "sqlite3"),
)
"""Work that is put off, done by others or kept from before is no faster."""


@dataclass(frozen=True)
class Race:
    """What came of timing two versions: seconds of each pair (given, candidate).

    `raised` says of each call whether the given code refused it; `wrong` why there is no result.
    """

    pairs: tuple[tuple[float, float], ...]
    raised: tuple[bool, ...]
    wrong: str

    @property
    def ratios(self) -> list[float]:
        """Candidate's seconds over the given code's, pair by pair."""
        return [candidate / given for given, candidate in self.pairs if given > 0]


def judge(grader: Grader, task: Task, patch: Patch) -> Verdict:
    """Judge a patch by the tests, the calls they make, and a race against the given code."""
    goal = task.goal
    assert isinstance(goal, Speed)
    crossing, dropped = grader.protected.cross(patch)
    verdict = same_behaviour(grader, task, crossing)
    flags = verdict.flags or _elsewhere(grader, task, crossing)
    lacks: tuple[str, ...] = ()
    measures: dict[str, float] = {}
    if verdict.solved and not flags:
        raced = race(grader, task.broken, crossing.over(task.broken), goal, patch.content_hash())
        lacks, measures = _read(raced, goal)
    told = {name: getattr(verdict, name) for name in Verdict.model_fields}
    changes = {
        "patch": patch.content_hash(),
        "solved": verdict.solved and not flags and not lacks,
        "flags": flags,
        "dropped": dropped,
        "lacks": lacks,
        "measures": measures,
    }
    return Verdict(**{**told, **changes})


def race(grader: Grader, given: Patch, candidate: Patch, goal: Speed, seed: str) -> Race:
    """Time `candidate` against `given` (both from the base tree), in one run.

    Raises:
        InfrastructureError: The run did not report.
    """
    paths = sorted({*given.files, *candidate.files})

    def tree(patch: Patch) -> dict[str, str | None]:
        return {p: patch.files[p] if p in patch.files else grader.read(p) for p in paths}

    suite = as_pytest(grader.suite)
    server, settings = suite.pool.server, suite.settings
    isolated = server.tier != unisolated.TIER
    nonce = secrets.token_hex(16)
    spec = {
        "nonce": nonce,
        "trees": {"given": tree(given), "candidate": tree(candidate)},
        "rounds": [
            [grown(c, goal.size, f"{seed}/{n}/{k}") for k, c in enumerate(goal.calls)]
            for n in range(goal.rounds)
        ],
        "module": goal.module,
        "function": goal.function,
        "positional": positional(tree(given).get(goal.path) or "", goal.function),
        "python_path": [*settings.python_path, "/repo"],
        "isolated": isolated,
        "start_s": START_S,
        "most_s": MOST_S,
    }
    shown = server.tier not in (unisolated.TIER, "landlock")
    program = "/journeyman/race.py" if shown else str(_program())
    message: dict[str, Any] = {
        "command": [server.python, "-B", program, SPEC],
        "files": {**given.files, SPEC: json.dumps(spec)},
        "environment": dict(settings.environment),
        "limits": settings.limits.plain(),
    }
    answer = suite.pool.ask(message, settings.limits.wall_s)
    return _raced(answer, nonce)


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the median of `values` and its 95 % interval by order statistics.

    The ends are the values between which the median lies with at least that chance, whatever the
    distribution (binomial with a half); with fewer than six values that is all of them.
    """
    ordered = sorted(values)
    count = len(ordered)
    cut, chance = 0, 0.5**count
    while cut + 1 < count / 2 and chance <= 0.025:
        cut += 1
        chance += math.comb(count, cut) * 0.5**count
    low = cut - 1 if cut else 0
    return statistics.median(ordered), ordered[low], ordered[count - 1 - low]


def _read(raced: Race, goal: Speed) -> tuple[tuple[str, ...], dict[str, float]]:
    """Return what is lacking and what was measured."""
    if raced.wrong:
        return (raced.wrong,), {}
    middle, low, high = interval(raced.ratios)
    measures = {"time ratio": middle, "time ratio, low": low, "time ratio, high": high}
    if high < goal.most:
        return (), measures
    said = f"it takes {middle:.2f} of the time ({low:.2f} to {high:.2f}), not below {goal.most:.2f}"
    return (said,), measures


def _raced(answer: dict[str, Any], nonce: str) -> Race:
    lines = answer["output"].splitlines()
    try:
        told = json.loads(lines[-1]) if lines else {}
    except ValueError:
        told = {}
    if answer["ending"] != "finished":
        return Race((), (), f"the race ended by {answer['ending']}")
    if not isinstance(told, dict) or told.get("nonce") != nonce:
        raise InfrastructureError(f"a race did not report: {answer['output'][-500:]}")
    pairs = tuple((float(given), float(candidate)) for given, candidate in told["pairs"])
    raised = tuple(any(column) for column in zip(*told["raised"], strict=True))
    return Race(pairs, raised, told["wrong"])


def _elsewhere(grader: Grader, task: Task, crossing: Patch) -> tuple[Flag, ...]:
    """Return a flag for each way to do the work at another time that a patch adds."""
    found = []
    for path, text in sorted(crossing.files.items()):
        before = grader.broken_text(task, path) or ""
        allowed = _imports(before) | _imports(task.fix.files.get(path) or "")
        for name in sorted(_imports(text or "") - allowed):
            found.append(Flag(check="puts work elsewhere", detail=f"{path}: import {name}"))
    return tuple(found)


def _imports(text: str) -> set[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names = {
        item.name for node in ast.walk(tree) if isinstance(node, ast.Import) for item in node.names
    }
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name for name in names if name.split(".")[0] in _ELSEWHERE}


def _program() -> Path:
    return Path(inside.__file__).with_name("race.py")
