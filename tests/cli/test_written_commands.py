"""`write` and `cover` as commands: what they print, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from journeyman.cli.commands import app
from journeyman.cli.written_words import cover_table, task_text, written_table
from journeyman.errors import SettingsError
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.cover import Covered, TestFile
from journeyman.records.tried import Tried
from journeyman.tasks.written.characterise import Character


@pytest.mark.parametrize("kind", ["rewrite", "issue"])
def test_what_needs_a_model_says_so_before_anything_else(
    journeyman: Callable[..., Any], kind: str
) -> None:
    done = journeyman("write", kind)
    assert done.code == 2 and "--chat-url" in done.error


def test_without_an_adopted_project_both_refuse(journeyman: Callable[..., Any]) -> None:
    for command in (("write", "rebuild"), ("cover",)):
        done = journeyman(*command)
        assert done.code == 2 and "nothing has been adopted" in done.error


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["cover", "--into", str(tmp_path / "none")])
    assert isinstance(done.exception, SettingsError)


def test_the_ledger_counts_outcomes_and_reasons(adopted: Adopted, made_tasks: Any) -> None:
    entries = [
        Tried(source="written", family="x", name="a", outcome="valid", task=made_tasks[0]),
        Tried(source="written", family="x", name="b", outcome="rejected", why="too odd"),
        Tried(source="written", family="x", name="c", outcome="rejected", why="too odd"),
    ]
    said = written_table(entries)
    assert "1 proven of 3 tried (33%)" in said and "2  too odd" in said
    shown = task_text(adopted, made_tasks[0])
    assert made_tasks[0].id in shown and made_tasks[0].statement in shown and "+++ b/" in shown


def test_cover_says_before_and_after() -> None:
    why = Character(path="m.py", function="g", module="m", why="no call of it does")
    file = TestFile(
        path="tests/test_m.py",
        text="",
        characters=(),
        tests=("t::a",),
        lines=(5, 4),
        mutants=(9, 2),
    )
    said = cover_table(Covered(files=(file,), tried=(why,), left_out=("n.py: odd",)))
    for part in ("4 of 5", "2 of 9", "1  no call of it does", "left out: n.py: odd"):
        assert part in said
