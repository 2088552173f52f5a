"""Whole attempts in memory: real code run, traced and edited through calls like the tools'."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

import numpy as np
import pytest

from journeyman.agent.policy.apprentice.policy import Apprentice
from journeyman.agent.policy.apprentice.weights import default_weights
from journeyman.agent.policy.base import Decision, Policy, View
from journeyman.agent.policy.baselines import Ochiai, Uniform
from journeyman.records import Action, Coverage, Observation, TestReport, TestResult, Turn

SHOP = """\
def total(prices, discount=0):
    result = 0
    for price in prices:
        result += price
    return result - discount


def cheapest(prices):
    if not prices:
        return None
    best = prices[0]
    for price in prices[1:]:
        if price < best:
            best = price
    return best
"""
TESTS = {
    "test_shop.py::test_total": lambda shop: shop["total"]([1, 2, 3]) == 6,
    "test_shop.py::test_discount": lambda shop: shop["total"]([5, 5], 3) == 7,
    "test_shop.py::test_cheapest": lambda shop: shop["cheapest"]([4, 2, 9]) == 2,
    "test_shop.py::test_nothing": lambda shop: shop["cheapest"]([]) is None,
}


class Repository:
    """A tree of one module, with the tools that the policy calls."""

    def __init__(self, text: str) -> None:
        self.files = {"shop.py": text, "test_shop.py": "import shop\n"}
        self.start = dict(self.files)
        self.submitted = False

    def view(self, task: str = "task") -> View:
        return View(task, "Fix it.", tuple(TESTS), tuple(self.start), self.start.__getitem__)

    def use(self, action: Action) -> Observation:
        return getattr(self, action.tool)(**action.arguments)

    def open(self, path: str) -> Observation:
        lines = self.files[path].splitlines()
        return Observation(text="".join(f"{n:>6}\t{line}\n" for n, line in enumerate(lines, 1)))

    def edit(self, path: str, old: str, new: str, line: int) -> Observation:
        assert old
        text = self.files[path]
        start = sum(len(one) + 1 for one in text.split("\n")[: line - 1])
        assert text.startswith(old, start)
        self.files[path] = text[:start] + new + text[start + len(old) :]
        return Observation(text="Edited.")

    def run_tests(self, trace: bool = False) -> Observation:
        report = run(self.files["shop.py"], trace)
        return Observation(text="ran", report=report)

    def submit(self) -> Observation:
        self.submitted = True
        return Observation(text="Submitted.")


def run(text: str, trace: bool) -> TestReport:
    results, files = [], {}
    for index, (name, test) in enumerate(TESTS.items()):
        lines: set[int] = set()
        budget = [3000]

        def watch(
            frame: FrameType,
            event: str,
            _: Any,
            lines: set[int] = lines,
            budget: list[int] = budget,
        ) -> Any:
            if frame.f_code.co_filename != "shop.py":
                return None
            if event == "line":
                lines.add(frame.f_lineno)
                budget[0] -= 1
                if not budget[0]:
                    raise TimeoutError("too many steps")
            return watch

        shop: dict[str, Any] = {}
        message, line = "", 0
        sys.settrace(watch)
        try:
            exec(compile(text, "shop.py", "exec"), shop)
            lines.clear()
            if not test(shop):
                message = "AssertionError: assert False"
        except Exception as error:
            message, line = f"{type(error).__name__}: {error}", max(lines, default=1)
        finally:
            sys.settrace(None)
        path = "shop.py" if line else ""
        outcome = "failed" if message else "passed"
        results.append(TestResult(id=name, outcome=outcome, message=message, path=path, line=line))
        for number in lines:
            files.setdefault(number, []).append(index)
    coverage = Coverage(
        tests=tuple(TESTS), files={"shop.py": {n: tuple(some) for n, some in files.items()}}
    )
    return TestReport(results=tuple(results), coverage=coverage if trace else None)


def play(policy: Policy, repository: Repository, seed: int = 0, budget: int = 20) -> list[Turn]:
    player = policy.begin(repository.view(), seed)
    turns: list[Turn] = []
    while not repository.submitted and len(turns) < budget + 2:
        decision = player.act(turns)
        if not decision.actions:
            break
        turns.append(turn_of(decision, [repository.use(one) for one in decision.actions]))
    return turns


def turn_of(decision: Decision, seen: Sequence[Observation]) -> Turn:
    return Turn(
        actions=decision.actions,
        observations=tuple(seen),
        log_probability=decision.log_probability,
        choice=decision.choice,
    )


BROKEN = [
    SHOP.replace("price < best", "price > best"),
    SHOP.replace("return best", "return bests"),
    SHOP.replace("result += price", "result -= price"),
]
POLICIES = [Apprentice(), Apprentice(greedy=True), Apprentice(temperature=2.0), Uniform(), Ochiai()]


@pytest.mark.parametrize("broken", BROKEN)
def test_the_apprentice_mends_plain_bugs_within_the_budget(broken: str) -> None:
    repository = Repository(broken)
    play(Apprentice(greedy=True), repository)
    assert repository.submitted
    assert all(one.outcome == "passed" for one in run(repository.files["shop.py"], False).results)


def test_an_attempt_opens_with_a_traced_run_and_the_suspicious_file() -> None:
    turns = play(Apprentice(greedy=True), Repository(BROKEN[0]))
    assert turns[0].actions == (Action(tool="run_tests", arguments={"trace": True}),)
    assert turns[1].actions == (Action(tool="open", arguments={"path": "shop.py"}),)
    assert [one.tool for one in turns[2].actions] == ["edit", "run_tests"]
    assert [one.tool for one in turns[3].actions] in (["edit", "edit", "run_tests"], ["submit"])


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: one.name[:40])
def test_equal_seeds_play_alike_and_every_prefix_replays(policy: Policy) -> None:
    turns = play(policy, Repository(BROKEN[0]), seed=7, budget=6)
    assert play(policy, Repository(BROKEN[0]), seed=7, budget=6) == turns
    view = Repository(BROKEN[0]).view()
    for position, turn in enumerate(turns):
        decision = policy.begin(view, 7).act(turns[:position])
        assert turn_of(decision, turn.observations) == turn


def test_other_seeds_play_otherwise() -> None:
    attempts = {
        tuple(turn.choice.get("move") for turn in play(Uniform(), Repository(BROKEN[0]), seed, 4))
        for seed in range(5)
    }
    assert len(attempts) > 1


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: one.name[:40])
def test_no_move_is_made_twice_and_each_is_undone_before_the_next(policy: Policy) -> None:
    repository = Repository(BROKEN[2])
    turns = play(policy, repository, seed=3, budget=8)
    moves = [turn.choice["move"] for turn in turns if turn.choice]
    assert len(set(moves)) == len(moves)
    if not repository.submitted:
        differing = [
            (old, new)
            for old, new in zip(
                BROKEN[2].split("\n"), repository.files["shop.py"].split("\n"), strict=False
            )
            if old != new
        ]
        assert differing


@pytest.mark.parametrize("temperature", [1.0, 1.7])
def test_recomputed_features_give_the_recorded_choice_and_probability(temperature: float) -> None:
    policy = Apprentice(temperature=temperature)
    turns = play(policy, Repository(BROKEN[0]), seed=11, budget=6)
    player = policy.begin(Repository(BROKEN[0]).view(), 11)
    for position, turn in enumerate(turns):
        if turn.choice:
            features, row = player.decision_features(turns[:position])
            again, given = player.decision_features(turns[:position], turn.choice["move"])
            assert row == given
            assert np.array_equal(features, again)
            logits = features @ policy.weights.theta
            logs = logits - logits.max() - np.log(np.exp(logits - logits.max()).sum())
            assert logs[row] == pytest.approx(turn.log_probability)
            assert len(features) == turn.choice["moves"]


def test_a_baseline_says_the_chance_it_gave() -> None:
    for turn in play(Uniform(), Repository(BROKEN[0]), budget=4):
        if turn.choice:
            assert turn.log_probability == pytest.approx(-np.log(turn.choice["moves"]))


def test_ochiai_begins_on_the_most_suspicious_lines() -> None:
    turns = play(Ochiai(), Repository(BROKEN[0]), budget=3)
    # Only the failing test goes through the line that assigns (14) and those around it are shared.
    assert all(turn.choice["function"] == "cheapest" for turn in turns if turn.choice)


def test_a_tree_that_passes_is_handed_in_at_once() -> None:
    repository = Repository(SHOP)
    turns = play(Apprentice(), repository)
    assert repository.submitted
    assert len(turns) == 2


def test_a_policy_without_moves_left_gives_up() -> None:
    policy, repository = Apprentice(greedy=True), Repository(BROKEN[0])
    view = repository.view()
    opening = play(policy, repository, budget=0)
    blind = opening[1].model_copy(
        update={"observations": (Observation(text="no such file", error=True),)}
    )
    assert policy.begin(view, 0).act([opening[0], blind]).actions == ()


def test_an_edit_that_failed_is_not_undone() -> None:
    policy, repository = Apprentice(greedy=True), Repository(BROKEN[2])
    turns = play(policy, repository, budget=1)
    report = turns[0].observations[0].report
    refused = turns[2].model_copy(
        update={
            "observations": (
                Observation(text="refused", error=True),
                Observation(text="ran", report=report),
            )
        }
    )
    decision = policy.begin(repository.view(), 0).act([*turns[:2], refused])
    assert [one.tool for one in decision.actions] == ["edit", "run_tests"]


def test_a_run_that_hangs_without_coverage_still_leaves_moves() -> None:
    view = Repository(BROKEN[0]).view()
    hung = TestReport(ending="timeout")
    opening = Turn(
        actions=(Action(tool="run_tests", arguments={"trace": True}),),
        observations=(Observation(text="hangs", report=hung),),
    )
    player = Apprentice().begin(view, 0)
    decision = player.act([opening])
    assert decision.actions == (Action(tool="open", arguments={"path": "shop.py"}),)
    opened = turn_of(decision, [Observation(text=view.read("shop.py"))])
    assert player.act([opening, opened]).choice["moves"] > 50


def test_features_depend_on_the_broken_tree_alone() -> None:
    # Playing the unbroken tree first in the same process must leave no trace in later features.
    view, turns = Repository(BROKEN[0]).view(), play(Uniform(), Repository(BROKEN[0]), budget=1)
    policy = Apprentice(default_weights())
    before, _ = policy.begin(view, 0).decision_features(turns[:2])
    other = Repository(BROKEN[0])
    other.start["shop.py"] = SHOP
    policy.begin(other.view(), 0).decision_features(turns[:2])
    after, _ = policy.begin(view, 0).decision_features(turns[:2])
    assert np.array_equal(before, after)
