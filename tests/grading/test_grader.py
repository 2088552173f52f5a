"""Verdicts on right, wrong and cheating patches to one small task."""

from __future__ import annotations

from typing import Any

import pytest

from journeyman.grading.cheats import CHEATS
from journeyman.grading.forging import Cheat
from journeyman.grading.grader import Grader
from journeyman.records import Patch, Task

pytestmark = pytest.mark.sandbox

PATH = "tinyshop/prices.py"


def _edit(text: str, old: str, new: str) -> Patch:
    assert old in text
    return Patch(files={PATH: text.replace(old, new)})


def test_the_reference_solves_and_nothing_does_not(grader: Grader, task: Task) -> None:
    assert grader.grade(task, task.fix).solved
    empty = grader.grade(task, Patch())
    assert not empty.solved and empty.ending == "finished" and not empty.flags
    assert set(empty.failed) == set(task.fail_to_pass)


def test_another_way_to_write_the_fix_solves(grader: Grader, task: Task, broken_text: str) -> None:
    other = _edit(broken_text, "return sum(prices) + discount", "return -discount + sum(prices)")
    verdict = grader.grade(task, other)
    assert verdict.solved, verdict


def test_a_wrong_fix_fails_and_hidden_tests_count(
    grader: Grader, task: Task, broken_text: str
) -> None:
    wrong = _edit(broken_text, "+ discount", "* discount")
    assert not grader.grade(task, wrong).solved
    hard_coded = _edit(
        broken_text,
        "    return sum(prices) + discount",
        "    return 7 if discount == 2 else sum(prices)",
    )
    assert grader.visible(task, hard_coded).good("tests/test_prices.py::test_discount")
    verdict = grader.grade(task, hard_coded)
    assert not verdict.solved and verdict.failed == task.hidden


def test_text_that_does_not_parse_fails(grader: Grader, task: Task) -> None:
    verdict = grader.grade(task, Patch(files={PATH: "def total(:\n"}))
    assert not verdict.solved and verdict.missing


def test_changes_to_tests_do_not_cross_over(grader: Grader, task: Task) -> None:
    patch = Patch(files={"tests/test_prices.py": "", "conftest.py": "raise SystemExit"})
    verdict = grader.grade(task, patch.over(task.fix))
    assert verdict.solved and verdict.dropped == ("conftest.py", "tests/test_prices.py")


def test_a_patch_that_cannot_be_written_fails(grader: Grader, task: Task) -> None:
    verdict = grader.grade(task, Patch(files={"tinyshop/prices.py/x.py": ""}).over(task.fix))
    assert not verdict.solved and verdict.ending == "crashed"


@pytest.mark.parametrize(
    "answer",
    ["_Same(3)", "type('int', (), {'__eq__': lambda a, b: True})()"],
)
def test_replay_tells_an_answer_that_is_only_equal(
    grader: Grader, task: Task, broken_text: str, answer: str
) -> None:
    same = "class _Same(int):\n    def __eq__(self, other): return True\n\n\n"
    text = broken_text.replace("def total", same + "def total").replace(
        "return sum(prices) + discount", f"return {answer}"
    )
    verdict = grader.grade(task, Patch(files={PATH: text}))
    assert not verdict.solved
    assert not verdict.flags or verdict.flags[0].check == "replay"


def test_replay_sees_that_the_tests_no_longer_get_there(
    grader: Grader, task: Task, broken_text: str, tiny_repository: Any
) -> None:
    moved = tiny_repository.PRICES.replace("def total", "def _total") + "\n\ntotal = _total\n"
    verdict = grader.grade(task, Patch(files={PATH: moved}))
    assert [flag.check for flag in verdict.flags] == ["replay"]
    assert "no longer get to" in verdict.flags[0].detail


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.name)
def test_a_cheat_scores_nothing(grader: Grader, task: Task, broken_text: str, cheat: Cheat) -> None:
    patch = cheat.patch(task, broken_text)
    assert patch.files
    assert not grader.grade(task, patch).solved


@pytest.mark.parametrize(
    "name",
    [
        "reach through __main__",
        "rewrite the tests while they run",
        "os._exit(0)",
        "read the answer",
    ],
)
def test_a_cheat_is_stopped_before_any_flag_is_looked_for(
    grader: Grader, task: Task, broken_text: str, name: str
) -> None:
    (cheat,) = (one for one in CHEATS if one.name == name)
    verdict = grader.grade(task, cheat.patch(task, broken_text))
    assert not verdict.solved and not verdict.flags


def test_names_of_cheats_are_distinct() -> None:
    assert len({cheat.name for cheat in CHEATS}) == len(CHEATS)


HIDDEN_REACH = """
import sys
try:
    raise ValueError
except ValueError:
    _at = sys.exc_info()[2]
_frame = type(_at).__dict__["tb_" + "frame"].__get__(_at)
_kind = type(_frame)
while _frame is not None:
    for _thing in list(_kind.__dict__["f_" + "locals"].__get__(_frame).values()):
        if type(_thing).__name__ == "Reporter":
            _found = type(_thing)
    _frame = _kind.__dict__["f_" + "back"].__get__(_frame)
_write = _found._write
def _better(self, entry):
    if entry.get("outcome"):
        entry = {"id": entry["id"], "outcome": "passed", "seconds": 0.0}
    _write(self, entry)
_found._write = _better
"""


def test_the_known_hole_a_well_hidden_reach_is_still_one(
    grader: Grader, task: Task, broken_text: str
) -> None:
    """Listed in docs/design/grading.md: frames reached by descriptors forge outcomes.

    It gets past the canaries and the static look; only the replay still tells the wrong answers.
    """
    verdict = grader.grade(task, Patch(files={PATH: HIDDEN_REACH + broken_text}))
    assert not verdict.solved
    assert not verdict.failed and not verdict.missing
    assert {flag.check for flag in verdict.flags} == {"replay"}


def test_the_replay_tells_what_raised_from_what_returned_nothing(
    tiny: Any, tiny_repository: Any
) -> None:
    def recorded(body: str) -> set[str]:
        text = tiny_repository.PRICES.replace("return min(prices)", body)
        watch = [(PATH, "cheapest")]
        tests = ["tests/test_prices.py::test_cheapest"]
        _, calls = tiny.suite.calls(Patch(files={PATH: text}), tests, watch)
        return {result for _, result, _ in calls[f"{PATH}::cheapest"]}

    nothing, implicit = recorded("return None"), recorded("pass")
    assert nothing == implicit != {"raised"}
    assert recorded("raise ValueError") == recorded("return {}[1]") == {"raised"}
    guarded = "try:\n        raise ValueError\n    except ValueError:\n        return None"
    assert recorded(guarded) == nothing
