"""Playing a task: every tool, every wrong call, the budget, the record, and resuming from it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from journeyman.agent.policy.base import Decision, View
from journeyman.agent.policy.scripted import Scripted
from journeyman.pipeline.adopted import Adopted
from journeyman.records import Action, Patch, Task, Turn
from journeyman.rollout.attempt import TURNS_PER_RUN, Arena


@pytest.fixture(scope="module")
def task(made_tasks: Sequence[Task]) -> Task:
    return max(made_tasks, key=lambda task: len(task.visible))


@pytest.fixture
def place(adopted: Adopted) -> Arena:
    return Arena(adopted.tree, adopted.grader, adopted.store, 3)


def _whole(task: Task) -> tuple[str, str, str]:
    path = task.place.path
    return path, str(task.broken.files[path]), str(task.fix.files[path])


def _edit(task: Task, extra: str = "") -> Action:
    path, old, new = _whole(task)
    return Action(tool="edit", arguments={"path": path, "old": old, "new": new + extra})


def test_a_script_plays_through_every_tool_and_solves(place: Arena, task: Task) -> None:
    path, _, _ = _whole(task)
    script = Scripted(
        [
            [Action(tool="look"), Action(tool="look", arguments={"path": "shop"})],
            [Action(tool="search", arguments={"pattern": r"^def \w+", "path": "shop"})],
            [Action(tool="open", arguments={"path": path, "first": 1, "last": 3})],
            [Action(tool="run_tests", arguments={"trace": True})],
            [_edit(task), Action(tool="run_tests")],
            [Action(tool="run_tests", arguments={"tests": [task.visible[0]]})],
            [Action(tool="submit")],
        ]
    )
    played, verdict = place.play(task, script, 1)
    assert verdict.solved
    assert played.submitted and played.ended == "submitted"
    assert played.test_runs == 2, "the run on the untouched tree is free"
    assert played.patch == task.fix
    seen = [observation for turn in played.turns for observation in turn.observations]
    assert not any(observation.error for observation in seen)
    assert "shop/" in seen[0].text and path.removeprefix("shop/") in seen[1].text
    traced = played.turns[3].observations[0].report
    assert traced is not None and traced.coverage is not None
    after = played.turns[4].observations[1].report
    assert after is not None and all(after.good(test) for test in task.visible)


WRONG: list[tuple[Action, str]] = [
    (Action(tool="fly"), "there is no tool"),
    (Action(tool="open"), "'path' is missing"),
    (Action(tool="open", arguments={"path": 3}), "must be of type string"),
    (Action(tool="open", arguments={"path": "shop/prices.py", "first": 0}), "type integer"),
    (Action(tool="open", arguments={"path": "shop/prices.py", "first": True}), "type integer"),
    (Action(tool="open", arguments={"path": "nothing.py"}), "no such text file"),
    (Action(tool="open", arguments={"path": "../../etc/passwd"}), "not a path inside"),
    (Action(tool="open", arguments={"path": "/etc/passwd"}), "not a path inside"),
    (Action(tool="open", arguments={"path": "shop"}), "no such text file"),
    (Action(tool="look", arguments={"path": "nowhere"}), "no such folder"),
    (Action(tool="look", arguments={"depth": 2}), "no argument 'depth'"),
    (Action(tool="search", arguments={"pattern": "("}), "not a regular expression"),
    (Action(tool="edit", arguments={"path": "x.py", "old": "a", "new": "b"}), "no such text file"),
    (
        Action(tool="edit", arguments={"path": "shop/prices.py", "old": "gone", "new": ""}),
        "occurs 0 times",
    ),
    (
        Action(tool="edit", arguments={"path": "shop/prices.py", "old": "return", "new": ""}),
        "give more of it",
    ),
    (
        Action(
            tool="edit", arguments={"path": "shop/prices.py", "old": "x", "new": "", "line": 9999}
        ),
        "there is no line 9999",
    ),
    (
        Action(tool="edit", arguments={"path": "shop/prices.py", "old": "", "new": "x"}),
        "exists",
    ),
    (Action(tool="edit", arguments={"path": "../x.py", "old": "", "new": "x"}), "not a path"),
    (Action(tool="run_tests", arguments={"tests": ["tests/none.py::test"]}), "not among the task"),
    (Action(tool="run_tests", arguments={"tests": [3]}), "must hold strings"),
    (Action(tool="submit", arguments={"now": True}), "no argument 'now'"),
    (Action(tool="open", arguments={"path": "a\0b"}), "null character"),
]


def test_every_wrong_call_is_answered_and_the_attempt_goes_on(place: Arena, task: Task) -> None:
    decisions = [[action for action, _ in WRONG[n : n + 7]] for n in range(0, len(WRONG), 7)]
    script = Scripted([*decisions, [_edit(task), Action(tool="submit")]])
    played, verdict = place.play(task, script, 1)
    assert verdict.solved
    assert played.test_runs == 0
    answered = [one for turn in played.turns[:-1] for one in turn.observations]
    for (action, words), observation in zip(WRONG, answered, strict=True):
        assert observation.error, action
        assert words in observation.text, action


def test_a_hidden_test_cannot_be_run(place: Arena, made_tasks: Sequence[Task]) -> None:
    task = next(task for task in made_tasks if task.hidden)
    ask = Action(tool="run_tests", arguments={"tests": [task.hidden[0]]})
    played, _ = place.play(task, Scripted([[ask]]), 1)
    assert played.turns[0].observations[0].error


def test_the_budget_ends_an_attempt_but_handing_in_is_still_allowed(
    place: Arena, task: Task
) -> None:
    run = Action(tool="run_tests")
    tries = [[_edit(task, "# 0\n"), run]] + [[run]] * 9
    played, _ = place.play(task, Scripted(tries), 1)
    assert played.test_runs == place.budget == 3
    assert played.ended == "budget"
    assert len(played.turns) == 3
    handed = [*tries[:3], [Action(tool="submit")]]
    played, verdict = place.play(task, Scripted(handed), 1)
    assert played.submitted and verdict.solved
    assert played.test_runs == 3


def test_several_runs_in_one_decision_cannot_go_over_the_budget(place: Arena, task: Task) -> None:
    many = [_edit(task, "# 1\n"), *[Action(tool="run_tests")] * 9]
    played, _ = place.play(task, Scripted([many]), 1)
    assert played.test_runs == place.budget
    refused = [one for one in played.turns[0].observations if one.error]
    assert len(refused) == 6
    assert "budget" in refused[0].text


def test_runs_on_the_untouched_tree_are_free_but_turns_are_not(place: Arena, task: Task) -> None:
    played, _ = place.play(task, Scripted([[Action(tool="run_tests")]] * 99), 1)
    assert played.test_runs == 0
    assert len(played.turns) == TURNS_PER_RUN * (place.budget + 1)


def test_giving_up_is_an_end_and_scores_nothing(place: Arena, task: Task) -> None:
    played, verdict = place.play(task, Scripted([]), 1)
    assert played.ended == "gave up"
    assert played.patch == Patch()
    assert not verdict.solved


class Interrupted:
    """Plays a script until it is cut off, as by Ctrl-C; counts how often it is asked."""

    def __init__(self, script: Scripted, after: int) -> None:
        self.script, self.after, self.asked = script, after, 0
        self.name = script.name

    def begin(self, view: View, seed: int) -> Interrupted:
        return self

    def act(self, turns: Sequence[Turn]) -> Decision:
        self.asked += 1
        if len(turns) >= self.after:
            raise KeyboardInterrupt
        return self.script.act(turns)


def test_turns_are_written_as_they_happen_and_an_attempt_cut_off_starts_over(
    adopted: Adopted, place: Arena, task: Task
) -> None:
    script = Scripted(
        [
            [Action(tool="look"), Action(tool="run_tests")],
            [_edit(task, "# cut off\n"), Action(tool="run_tests")],
            [Action(tool="submit")],
        ]
    )
    name = place.name(task, script, 7)
    with pytest.raises(KeyboardInterrupt):
        place.play(task, Interrupted(script, 2), 7)
    written = adopted.store.turns(name)
    assert len(written) == 2
    assert written[1].observations[1].report is not None
    played, verdict = place.play(task, script, 7)
    assert played.turns[:2] == written, "equal to the microsecond: the runs were remembered"
    assert len(played.turns) == 3
    assert verdict.solved


def test_a_finished_attempt_comes_from_the_store_without_asking_anybody(
    adopted: Adopted, place: Arena, task: Task
) -> None:
    script = Scripted(
        [[_edit(task, "# once\n"), Action(tool="run_tests")], [Action(tool="submit")]]
    )
    first = place.play(task, script, 3)
    before = len(adopted.suite.latencies_s)
    silent = Interrupted(script, 0)
    again = place.play(task, silent, 3)
    assert again == first
    assert silent.asked == 0
    assert len(adopted.suite.latencies_s) == before


def test_another_seed_or_budget_is_another_attempt(
    adopted: Adopted, place: Arena, task: Task
) -> None:
    script = Scripted([[Action(tool="look")]])
    place.play(task, script, 1)
    keys = len(adopted.store.keys("attempt"))
    place.play(task, script, 2)
    Arena(adopted.tree, adopted.grader, adopted.store, 4).play(task, script, 1)
    assert len(adopted.store.keys("attempt")) == keys + 2
