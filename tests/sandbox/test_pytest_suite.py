"""What is believed of a run's report: as little as possible."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import journeyman.sandbox
from journeyman.records import Patch
from journeyman.sandbox.testing.pytest_suite import guarded_files
from journeyman.sandbox.testing.reading import CANARIES, read_report

NONCE = "5" * 32
TEST = "tests/test_a.py::test_a"
PASSED = {"id": TEST, "outcome": "passed", "seconds": 0.1}
END = {"end": 0, "canaries": CANARIES}


def _read(*entries: Any, nonce: str = NONCE, **answer: Any) -> Any:
    lines = [
        one if isinstance(one, str) else json.dumps({"nonce": nonce, **one}) for one in entries
    ]
    raw = {"ending": "finished", "status": 0, "output": "", "report": "\n".join(lines), **answer}
    return read_report(raw, NONCE, 0.5)[0]


def test_the_canaries_are_the_same_on_both_sides() -> None:
    inside = Path(journeyman.sandbox.__file__).parent / "inside" / "canary.py"
    (table,) = (
        node.value
        for node in ast.parse(inside.read_text()).body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "CANARIES"
    )
    assert isinstance(table, ast.Dict)
    told = {
        ast.literal_eval(key): ast.literal_eval(value.elts[1])
        for key, value in zip(table.keys, table.values, strict=True)
        if key is not None and isinstance(value, ast.Tuple)
    }
    assert told == CANARIES


def test_a_whole_report_is_believed() -> None:
    report = _read({"start": TEST}, PASSED, END)
    assert report.ending == "finished" and report.good(TEST)
    assert not report.good("tests/test_a.py::test_absent")


@pytest.mark.parametrize(
    ("entries", "answer", "ending"),
    [
        ([PASSED], {}, "crashed"),
        ([PASSED, END], {"ending": "timeout"}, "timeout"),
        ([END, PASSED], {}, "crashed"),
        ([PASSED, END, END], {}, "crashed"),
        ([PASSED, PASSED, END], {}, "forged"),
        (["nonsense", PASSED, END], {}, "forged"),
        ([json.dumps({**PASSED, "nonce": "1"}), PASSED, END], {}, "forged"),
        ([PASSED, {**END, "canaries": {}}], {}, "forged"),
        ([PASSED, {**END, "canaries": {**CANARIES, "canary-raised": "passed"}}], {}, "forged"),
        ([PASSED, {"end": 0}], {}, "forged"),
        ([{"id": TEST, "outcome": "splendid"}, END], {}, "forged"),
        ([{"id": [TEST], "outcome": "passed"}, END], {}, "forged"),
        ([{"id": TEST}, END], {}, "forged"),
        ([PASSED, {**END, "coverage": 7}], {}, "forged"),
        (["[" * 100_000, PASSED, END], {}, "forged"),
        ([PASSED, END], {"rewritten": ["tests/test_a.py"]}, "forged"),
    ],
)
def test_a_report_that_is_not_whole_proves_nothing(
    entries: list[Any], answer: dict[str, Any], ending: str
) -> None:
    report = _read(*entries, **answer)
    assert report.ending == ending
    assert not report.good(TEST)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["id", "outcome", "seconds", "end", "canaries", "start", "line", "coverage", "calls"]
)


@given(st.lists(st.dictionaries(KEYS, JSON | st.just(TEST)), max_size=4))
def test_no_report_written_from_inside_breaks_the_reader(entries: list[Any]) -> None:
    assert not _read(*entries).good("tests/test_b.py::test_b")


def test_a_message_with_half_a_character_can_be_stored() -> None:
    report = _read({**PASSED, "outcome": "failed", "message": "found '\ud800' \U0001f600"}, END)
    assert report.ending == "finished"
    assert report.results[0].message == "found '\\ud800' \U0001f600"
    report.model_dump_json()


def test_the_test_files_and_their_conftests_are_watched() -> None:
    assert guarded_files(["tests/unit/test_a.py::T::test", "tests/unit/test_a.py::test_b"]) == [
        "conftest.py",
        "tests/conftest.py",
        "tests/unit/conftest.py",
        "tests/unit/test_a.py",
    ]


@pytest.mark.sandbox
@pytest.mark.parametrize("path", ["tests/test_prices_more.py", "tests/conftest.py", "conftest.py"])
def test_code_that_rewrites_its_tests_forges(tiny: Any, tiny_repository: Any, path: str) -> None:
    code = f"open('/repo/{path}', 'a').close()\n"
    broken = Patch(files={"tinyshop/__init__.py": code + f"open('/repo/{path}', 'a').write(' ')\n"})
    report = tiny.suite.run(broken, tiny_repository.ALL_TESTS)
    assert report.ending == "forged"


@pytest.mark.sandbox
def test_a_test_that_is_gone_has_not_passed(tiny: Any) -> None:
    report = tiny.suite.run(Patch(), ["tests/test_prices.py::test_gone"])
    assert not report.good("tests/test_prices.py::test_gone")


@pytest.mark.sandbox
def test_our_own_modules_cannot_be_had_by_name(tiny: Any) -> None:
    report = tiny.probe("""
    import importlib, pytest, __main__
    ours = "pytest_run canary trace_calls supervise isolate unisolated run_tier tree_copy powers"
    for name in [*ours.split(), "call_filter", "landlock_rules", "server", "server_channel"]:
        with pytest.raises(ImportError):
            importlib.import_module(name)
        assert not hasattr(__main__, name)
    """)
    assert report.good("tests/test_probe.py::test_probe"), report.output


CHOOSY = """
import pytest

class TestOuter:
    class TestInner:
        @pytest.mark.parametrize("text", ["a::b", "[x]"])
        def test_deep(self, text):
            assert text

    def test_other(self):
        raise AssertionError("not asked for")

@pytest.mark.parametrize("n", [1, 2])
def test_many(n):
    assert n

def test_unwanted():
    raise AssertionError("not asked for")
"""


@pytest.mark.sandbox
def test_tests_are_chosen_by_name_class_and_parameters(tiny: Any) -> None:
    path = "tests/test_choosy.py"
    patch = Patch(files={path: CHOOSY})
    wanted = [
        f"{path}::TestOuter::TestInner::test_deep[a::b]",
        f"{path}::TestOuter::TestInner::test_deep[[x]]",
        f"{path}::test_many[2]",
    ]
    report = tiny.suite.run(patch, wanted)
    assert sorted(result.id for result in report.results) == sorted(wanted)
    assert all(report.good(test) for test in wanted)
    assert len(tiny.suite.run(patch, [path]).results) == 6


@pytest.mark.sandbox
def test_tests_may_import_each_other_from_the_root(tiny: Any) -> None:
    files = {
        "checks/shared.py": "ANSWER = 42\n",
        "checks/test_it.py": "from checks.shared import ANSWER\n\ndef test_it():\n    ANSWER\n",
    }
    report = tiny.suite.run(Patch(files=files), ["checks/test_it.py::test_it"])
    assert report.good("checks/test_it.py::test_it"), report.output


@pytest.mark.sandbox
def test_what_the_server_holds_is_not_walked_again_in_children(tiny: Any) -> None:
    report = tiny.probe("""
    import gc
    assert gc.isenabled() and gc.get_freeze_count() > 10_000
    """)
    assert report.good("tests/test_probe.py::test_probe"), report.output
