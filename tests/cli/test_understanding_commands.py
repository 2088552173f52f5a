"""index, search and learn, as a person meets them."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import Result
from typer.testing import CliRunner

from journeyman.cli.commands import app
from journeyman.errors import UserError
from journeyman.pipeline.understand import understood
from journeyman.understanding.index.store import IndexStore
from journeyman.workspace import Workspace


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("space"))


def _say(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_index_says_what_it_holds_and_what_it_read(shop_root: Path, space: str) -> None:
    first = _say("index", str(shop_root), "-w", space, "-j", "1")
    assert first.exit_code == 0, first.output
    assert "shop: 5 files" in first.output and "5 commits" in first.output
    assert "read 5 files, 0 gone, 5 new commits" in first.output
    assert "calls; " in first.output and "known by name only" in first.output
    again = _say("index", str(shop_root), "-w", space, "-j", "1")
    assert "read 0 files, 0 gone, 0 new commits" in again.output


def test_search_prints_lines_with_numbers_and_explains_itself(shop_root: Path, space: str) -> None:
    said = _say("search", "negative", "discount", "-i", str(shop_root), "-w", space, "--explain")
    assert said.exit_code == 0, said.output
    assert "shop/prices.py:17-19  check_discount" in said.output.split("score")[0]
    assert "    18 |     if discount < 0" in said.output
    assert "called by: total" in said.output and "score" in said.output


def test_search_answers_in_json_and_from_standard_input(shop_root: Path, space: str) -> None:
    asked = ["search", "-", "-i", str(shop_root), "-w", space, "--json"]
    said = CliRunner().invoke(app, asked, input="Where are parcels weighed?")
    found = json.loads(said.stdout)
    assert found[0]["path"] == "shop/mail.py" and found[0]["repository"] == "shop"
    assert found[0]["facts"]["changes"] == 3


def test_several_repositories_are_searched_together(
    shop_root: Path, space: str, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "weigh.py").write_text("def weigh_parcel(parcel):\n    return 7\n")
    said = _say(
        "search", "weigh parcel", "-i", str(shop_root), "-i", str(tmp_path / "other"), "-w", space
    )
    assert "other: weigh.py:1-2  weigh_parcel" in said.output
    assert "shop: shop/mail.py" in said.output


def test_nothing_found_is_said_and_seen_in_the_exit_code(shop_root: Path, space: str) -> None:
    said = _say("search", "zzzqqq", "-i", str(shop_root), "-w", space)
    assert said.exit_code == 1 and "nothing found" in said.output


def test_too_little_history_to_learn_from_is_said(shop_root: Path, space: str) -> None:
    said = _say("learn", str(shop_root), "-w", space)
    assert isinstance(said.exception, UserError)
    assert "4 commits that change code; 20 are needed" in said.exception.message


def test_what_is_learnt_is_printed_kept_and_used(sample: ModuleType, tmp_path: Path) -> None:
    made = sample.SampleRepository(tmp_path / "long")
    names = ["alpha", "beta", "gamma", "delta"]
    made.commit({f"{name}.py": f"def {name}():\n    return 0\n" for name in names}, "Start")
    for number in range(32):
        name = names[number % 4]
        made.commit(
            {f"{name}.py": f"def {name}():\n    return {number + 1}\n"}, f"Step {number} of {name}"
        )
    space = str(tmp_path / "space")
    said = _say("learn", str(made.root), "-w", space, "-j", "1")
    assert said.exit_code == 0, said.output
    assert "19 commits learnt from, 13 newer ones asked" in said.output
    assert "weights learnt here                 100 / 100 / 100" in said.output
    shown = _say("index", str(made.root), "-w", space, "-j", "1")
    assert "recall here, at 1 / 5 / 10 files: 100 / 100 / 100 % of 13 past commits" in shown.output


def test_two_at_once_are_refused_with_a_reason(shop_root: Path, space: str) -> None:
    with (
        understood(str(shop_root), Workspace(Path(space)), workers=1),
        pytest.raises(UserError, match="another journeyman is at work"),
        understood(str(shop_root), Workspace(Path(space)), workers=1),
    ):
        pass


def test_another_repository_of_the_same_name_has_an_index_of_its_own(
    shop_root: Path, space: str, tmp_path: Path
) -> None:
    other = tmp_path / "shop"
    other.mkdir()
    (other / "one.py").write_text("def one():\n    pass\n")
    said = _say("index", str(other), "-w", space, "-j", "1")
    assert "1 files" in said.output
    assert "shop: 5 files" in _say("index", str(shop_root), "-w", space, "-j", "1").output


def test_a_full_disk_is_an_error_with_a_cure_and_the_next_run_goes_on(
    shop_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = IndexStore._open

    def cramped(store: IndexStore) -> None:
        opened(store)
        ((pages,),) = store.query("PRAGMA page_count")
        store.query(f"PRAGMA max_page_count = {int(str(pages)) + 1}")

    space = Workspace(tmp_path / "space")
    with monkeypatch.context() as patched:
        patched.setattr(IndexStore, "_open", cramped)
        with (
            pytest.raises(UserError, match="is full"),
            understood(str(shop_root), space, workers=1),
        ):
            pass
    with understood(str(shop_root), space, workers=1) as known:
        assert len(known.index.store.serials()) == 5


def test_ask_answers_with_places_or_says_that_it_does_not_know(shop_root: Path, space: str) -> None:
    said = _say("ask", "How is a negative discount refused?", "-i", str(shop_root), "-w", space)
    assert said.exit_code == 0, said.output
    assert "[1] shop/prices.py:17-19 check_discount" in said.output
    unknown = _say("ask", "Which Kubernetes operator?", "-i", str(shop_root), "-w", space)
    assert unknown.exit_code == 1 and "Not found." in unknown.output
