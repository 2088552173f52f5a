"""Runs repeated in one sandbox: what separate runs tell, or separate runs themselves."""

from __future__ import annotations

from typing import Any

import pytest

from journeyman.records import Patch
from journeyman.sandbox.testing.reading import rounds_of

PRICES = "tests/test_prices.py"
TOTAL, DISCOUNT = f"{PRICES}::test_total", f"{PRICES}::test_discount"

pytestmark = pytest.mark.sandbox


@pytest.fixture
def suite(tiny: Any) -> Any:
    return tiny.suite


def _outcomes(report: Any) -> dict[str, str]:
    return {one.id: one.outcome for one in report.results}


def _with_test(body: str) -> tuple[Patch, list[str]]:
    return Patch(files={"tests/test_more.py": body}), ["tests/test_more.py::test_more"]


def _asked(suite: Any) -> int:
    return len(suite.latencies_s)


def test_rounds_tell_what_separate_runs_tell_from_one_sandbox(suite: Any) -> None:
    broken = Patch(
        files={"tinyshop/prices.py": "def total(prices, discount=0):\n    return sum(prices)\n"}
    )
    alone = suite.run(broken, [TOTAL, DISCOUNT])
    before = _asked(suite)
    rounds = suite.again(broken, [TOTAL, DISCOUNT], 1, 3)
    assert _asked(suite) == before + 1
    assert len(rounds) == 3
    for one in rounds:
        assert one.ending == "finished"
        assert _outcomes(one) == _outcomes(alone) != {}
        assert not one.good(DISCOUNT)


def test_a_file_that_cannot_be_collected_is_told_in_every_round(suite: Any) -> None:
    patch, tests = _with_test("import nothing_of_that_name\ndef test_more(): pass\n")
    for one in suite.again(patch, tests, 1, 2):
        assert one.ending == "finished"
        assert _outcomes(one) == {"tests/test_more.py": "error"}


def test_memory_is_as_collected_in_every_round(suite: Any) -> None:
    patch, tests = _with_test(
        "seen = []\ndef test_more():\n    seen.append(1)\n    assert len(seen) == 1\n"
    )
    before = _asked(suite)
    assert all(one.good(tests[0]) for one in suite.again(patch, tests, 1, 2))
    assert _asked(suite) == before + 1


def test_what_a_round_leaves_on_disk_costs_a_sandbox_each_and_is_not_told(suite: Any) -> None:
    patch, tests = _with_test(
        "import pathlib\n"
        "def test_more():\n"
        "    mark = pathlib.Path('left_behind')\n"
        "    assert not mark.exists()\n"
        "    mark.write_text('')\n"
    )
    before = _asked(suite)
    assert all(one.good(tests[0]) for one in suite.again(patch, tests, 1, 2))
    assert _asked(suite) == before + 3


@pytest.mark.parametrize(
    "opening",
    [
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n",
        "import os\n"
        "_own = os.getpid()\n"
        "def teardown_module():\n    os.getpid() != _own and os._exit(0)\n",
    ],
    ids=["threads of the tree", "a round that ends itself"],
)
def test_what_cannot_be_forked_is_run_in_sandboxes_of_its_own(suite: Any, opening: str) -> None:
    patch, tests = _with_test(f"{opening}def test_more(): pass\n")
    before = _asked(suite)
    rounds = suite.again(patch, tests, 1, 2)
    assert _asked(suite) == before + 3
    assert [one.ending for one in rounds] == ["finished", "finished"]


def test_entries_of_no_round_make_the_first_unsound() -> None:
    lines = ['{"nonce": "1", "id": "a", "round": 7}', '{"nonce": "1", "over": 0}', "nonsense"]
    first, second = rounds_of({"report": "\n".join(lines), "status": 0}, 2)
    assert "nonsense" in first["report"] and '"round": 7' in first["report"]
    assert second["report"] == ""
