"""Which tasks a round plays, and which round is kept."""

from __future__ import annotations

from journeyman.agent.policy.apprentice.weights import default_weights
from journeyman.records import Patch, Place, Task
from journeyman.records.taskset import Taskset
from journeyman.training.practise import RoundResult, best, round_seed, tasks_of_round


def _tasks(count: int) -> Taskset:
    return Taskset.of(
        Task(
            repository="r",
            base="b",
            source="breakage",
            family="comparison",
            quiet=True,
            statement="",
            broken=Patch(files={"a.py": f"x = {number}\n"}),
            fix=Patch(files={"a.py": "x = -1\n"}),
            place=Place(path="a.py", function="f", first=1, last=1),
            fail_to_pass=("t",),
            pass_to_pass=(),
        )
        for number in range(count)
    )


def _round(number: int, runs: float) -> RoundResult:
    return RoundResult(round=number, weights=default_weights(), validation_test_runs=runs)


def test_every_task_is_played_once_before_any_is_played_again() -> None:
    tasks = _tasks(7)
    played = [task.id for number in (1, 2, 3) for task in tasks_of_round(tasks, 0, 3, number)]
    assert len(set(played[:7])) == 7
    assert played[7:] == played[:2]


def test_a_round_larger_than_the_tasks_plays_each_once() -> None:
    assert len(tasks_of_round(_tasks(3), 0, 10, 1)) == 3


def test_attempts_of_one_round_differ_in_their_seeds() -> None:
    seeds = {round_seed(0, number, attempt) for number in range(5) for attempt in range(4)}
    assert len(seeds) == 20


def test_the_round_with_the_fewest_runs_is_kept_and_the_start_wins_a_tie() -> None:
    assert best([_round(0, 9.0), _round(1, 8.0), _round(2, 8.5)]).round == 1
    assert best([_round(0, 8.0), _round(1, 8.0)]).round == 0
