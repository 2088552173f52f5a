"""The race: a pause in the given code makes the difference plain; nothing else wins."""

from __future__ import annotations

from typing import Any

import pytest

from journeyman.grading.goals.cheats import GOAL_CHEATS
from journeyman.grading.goals.speed import race
from journeyman.grading.grader import Grader
from journeyman.grading.protected import Protected
from journeyman.records import Patch, Place, Task
from journeyman.records.goal import Speed

pytestmark = pytest.mark.sandbox

PATH = "tinyshop/prices.py"
PAUSE = "import time\n\n\ndef total(prices, discount=0):\n"
CALLS = ("{'prices': [5, 4], 'discount': 2}", "{'prices': [1, 2], 'discount': 0}")


@pytest.fixture(scope="module")
def judge(tiny: Any, tiny_repository: Any) -> Grader:
    tests = ("tests/test_prices.py", "tests/test_prices_more.py")
    return Grader(
        tiny.suite, Protected(tests, tuple(tiny_repository.FILES), ("pytest",)), tiny.read
    )


@pytest.fixture(scope="module")
def slow(tiny_repository: Any) -> str:
    text: str = tiny_repository.PRICES
    slow = text.replace("def total(prices, discount=0):\n", PAUSE)
    return slow.replace("    return sum(prices)", "    time.sleep(0.02)\n    return sum(prices)")


@pytest.fixture(scope="module")
def task(tiny_repository: Any, slow: str) -> Task:
    goal = Speed(
        kind="speed",
        path=PATH,
        module="tinyshop.prices",
        function="total",
        calls=CALLS,
        size=40,
        most=0.5,
        rounds=6,
    )
    return Task(
        repository="tiny",
        base="base",
        source="written",
        family="speed",
        quiet=False,
        statement="",
        broken=Patch(files={PATH: slow}),
        fix=Patch(files={PATH: tiny_repository.PRICES}),
        place=Place(path=PATH, function="total", first=4, last=12),
        fail_to_pass=(),
        pass_to_pass=tiny_repository.ALL_TESTS,
        goal=goal,
    )


def test_faster_code_wins_and_the_given_code_does_not(judge: Grader, task: Task) -> None:
    verdict = judge.grade(task, task.fix)
    assert verdict.solved, verdict
    assert verdict.measures["time ratio, high"] < 0.5
    nothing = judge.grade(task, Patch())
    assert not nothing.solved and nothing.measures["time ratio"] > 0.5


@pytest.mark.parametrize("cheat", GOAL_CHEATS["speed"], ids=lambda cheat: cheat.name)
def test_no_cheat_wins(judge: Grader, task: Task, slow: str, cheat: Any) -> None:
    patch = cheat.patch(task, slow)
    assert patch.files[PATH] != slow
    assert not judge.grade(task, patch).solved


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("    return sum(prices) - discount + (len(prices) > 9)", "other results"),
        ("    prices.append(0) or 0\n    return sum(prices) - discount", "other results"),
        ("    while len(prices) > 9: pass\n    return sum(prices) - discount", "in time"),
    ],
)
def test_what_is_only_right_on_small_arguments_loses(
    judge: Grader, task: Task, tiny_repository: Any, line: str, why: str, monkeypatch: Any
) -> None:
    from journeyman.grading.goals import speed

    monkeypatch.setattr(speed, "MOST_S", 1.0)
    text = tiny_repository.PRICES.replace("    return sum(prices) - discount", line)
    assert isinstance(task.goal, Speed)
    raced = race(judge, task.broken, Patch(files={PATH: text}), task.goal, "seed")
    assert why in raced.wrong


def test_arguments_are_others_in_every_pair(judge: Grader, task: Task) -> None:
    """A process that writes down what it was asked would find something else the next time."""
    assert isinstance(task.goal, Speed)
    remembering = (
        "\n_kept = '/tmp/kept'\n_total = total\n"
        "def total(prices, discount=0):\n"
        "    import os\n"
        "    with open(_kept, 'a+') as file:\n"
        "        file.seek(0)\n"
        "        if repr(prices) in file.read():\n"
        "            raise SystemExit\n"
        "        file.write(repr(prices))\n"
        "    return _total(prices, discount)\n"
    )
    text = (task.fix.files[PATH] or "") + remembering
    raced = race(judge, task.broken, Patch(files={PATH: text}), task.goal, "seed")
    assert raced.wrong == "" and len(raced.pairs) == task.goal.rounds
