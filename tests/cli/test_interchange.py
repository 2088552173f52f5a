"""The commands on what cannot be exported or imported: a message, exit code 2, nothing written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from journeyman.cli.commands import app


@pytest.mark.parametrize("command", ["export", "import"])
def test_the_commands_explain_themselves(command: str) -> None:
    said = CliRunner().invoke(app, [command, "--help"])
    assert said.exit_code == 0
    assert "swe-bench" in said.output and "harbor" in said.output


@pytest.mark.parametrize(
    "arguments",
    [("export", "out"), ("export", "out", "-f", "csv"), ("import", "csv", "x"), ("import",)],
)
def test_a_form_has_to_be_one_of_those_there_are(arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, list(arguments)).exit_code == 2


def test_without_an_adopted_repository_the_message_says_so(
    journeyman: Callable[..., Any], tmp_path: Path
) -> None:
    for arguments in (("export", tmp_path / "out", "-f", "jsonl"), ("import", "jsonl", tmp_path)):
        done = journeyman(*arguments, "--workspace", tmp_path / "none")
        assert done.code == 2
        assert "nothing has been adopted yet" in done.error
    assert not (tmp_path / "out").exists()


def test_a_place_that_is_taken_is_refused_before_any_work(
    journeyman: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    done = journeyman("export", tmp_path / "out", "-f", "harbor", "--workspace", tmp_path / "none")
    assert done.code == 2
    assert "not an empty folder" in done.error


def test_malformed_predictions_are_refused_before_anything_is_opened(
    journeyman: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "x.jsonl").write_text("{\n")
    done = journeyman("import", "predictions", tmp_path / "x.jsonl", "--workspace", tmp_path / "w")
    assert done.code == 2
    assert "line 1: not JSON" in done.error
    done = journeyman("import", "jsonl", tmp_path / "x.jsonl", "--report", tmp_path / "r")
    assert done.code == 2
    assert "--report belongs to predictions" in done.error
