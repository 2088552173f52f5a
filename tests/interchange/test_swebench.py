"""Rows say what the harness will read, and the export says what that leaves out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.interchange.recipe import Recipe
from journeyman.interchange.swebench import as_parsed, eval_script, image, instance_id, losses
from journeyman.records import Patch, Place, Task

ODD = "tests/test_a.py::test_b[a  b- c]"


def task(*tests: str, repository: str = "shop", hidden: tuple[str, ...] = ()) -> Task:
    return Task(
        repository=repository,
        base="0" * 40,
        source="breakage",
        family="boundary",
        quiet=False,
        statement="",
        broken=Patch(files={"tests/test_new.py": "", "src/test_inline.py": None}),
        fix=Patch(),
        place=Place(path="a.py", function="", first=1, last=1),
        fail_to_pass=tests,
        pass_to_pass=(),
        hidden=hidden,
    )


def test_ids_are_spelt_as_a_log_line_is_read() -> None:
    assert as_parsed(ODD) == "tests/test_a.py::test_b[a b- c]"
    assert as_parsed("t::x[31m-y]") == "t::x-y]"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_ids_are_spelt_as_the_harness_reads_them(inner: str) -> None:
    parsers = pytest.importorskip("swebench.harness.log_parsers", reason="needs extra `bench`")
    test = "t.py::t[" + inner.replace("\n", "\\n") + "]"
    read = parsers.PARSER_REGISTRY["parse_log_pytest_v2"](f"PASSED {test}", None)
    assert read == {as_parsed(test): "PASSED"}


def test_the_script_runs_the_exact_ids_on_restored_tests(recipe: Recipe) -> None:
    base = {"tests/test_a.py": "", "src/test_inline.py": "", "pyproject.toml": ""}
    made = task(ODD)
    broken = made.broken.files
    read = lambda path: broken[path] if path in broken else base.get(path)  # noqa: E731
    lines = eval_script(made, "c" * 40, recipe, read).splitlines()
    assert f"git checkout {'c' * 40} -- pyproject.toml tests" in lines, "what is there, whole"
    assert "export PYTHONPATH=/testbed/src" in lines
    assert "export PYTEST_DISABLE_PLUGIN_AUTOLOAD=1" in lines
    start = lines.index(": '>>>>> Start Test Output'")
    assert lines[start + 1].endswith(f" -o addopts= '{ODD}'")
    assert lines[start + 2] == ": '>>>>> End Test Output'"


def test_what_the_harness_does_without_is_named() -> None:
    plain, odd, same = task("t::a"), task(ODD), task("t::a[x y]", "t::a[x  y]")
    hidden = task("t::a", "t::b", hidden=("t::b",))
    found = {loss.what: loss.of for loss in losses([plain, odd, same, hidden])}
    assert found == {
        "hidden tests": (instance_id(hidden),),
        "exact test ids": (instance_id(odd), instance_id(same)),
        "tests of which the harness sees one": (instance_id(same),),
        "looking for cheats": (),
    }
    assert [loss.what for loss in losses([plain])] == ["looking for cheats"]


@pytest.mark.parametrize(
    ("repository", "name"),
    [
        ("owner/name", "owner__name"),
        ("a b:c", "a-b-c"),
        ("../..", "__"),
        ("..", "repository"),
        ("Ünï", "n"),
    ],
)
def test_a_name_is_good_as_a_branch_and_a_folder(repository: str, name: str) -> None:
    made = task("t::a", repository=repository)
    assert instance_id(made) == f"{name}-{made.id}"


def test_an_image_is_called_as_the_harness_derives_it() -> None:
    assert image("Owner__name-1") == "swebench/sweb.eval.x86_64.owner_1776_name-1:latest"
