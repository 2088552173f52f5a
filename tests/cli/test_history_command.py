"""`journeyman history` as a person runs it, and what it says of bad input."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Journeyman


def _settings(folder: Path) -> Path:
    path = folder / "settings.toml"
    path.write_text(
        f'[environment]\npython = "{sys.executable}"\n[tests]\nplugins = false\n[tasks]\nruns = 2\n'
    )
    return path


def test_what_a_history_gives_is_listed_counted_and_defined(
    journeyman: Journeyman, sample: ModuleType, tmp_path: Path
) -> None:
    made = sample.build(tmp_path / "shop")
    made.commit(
        {"shop/words.py": "# Words.\n" + sample.CODE["shop/words.py"], "tests/test_z.py": "\n"},
        "Fix comments",
    )
    done = journeyman("history", made.root, "--config", _settings(tmp_path), "--commits", 5)
    assert done.code == 0, done.error
    assert "fixes with tests: 3, proven questions: 2 (67%)" in done.out
    assert "only formatting, comments, docstrings or annotations" in done.out
    assert "documentation only" in done.out and "a fix with tests is" in done.out
    assert "5 commits" in done.out
    again = journeyman(
        "history", made.root, "--config", _settings(tmp_path), "--since", "2040-01-01", "--no-show"
    )
    assert again.code == 0 and "0 commits" in again.out


def test_without_a_source_an_adopted_project_is_needed(journeyman: Journeyman) -> None:
    done = journeyman("history")
    assert done.code == 2
    assert "nothing has been adopted yet" in done.error and "journeyman adopt" in done.error


def test_a_source_without_a_history_says_so(
    journeyman: Journeyman, sample: ModuleType, tmp_path: Path
) -> None:
    made = sample.SampleRepository(tmp_path / "young")
    made.commit({"a.py": "x = 1\n", "tests/test_a.py": "def test_a():\n    pass\n"}, "Start")
    done = journeyman("history", made.root, "--config", _settings(tmp_path))
    assert done.code == 0
    assert "1 commits" in done.out and "the first commit" in done.out
    assert "proven" not in done.out.split("passed over")[0]


def test_a_folder_of_issues_that_is_not_there_is_refused(
    journeyman: Journeyman, sample: ModuleType, tmp_path: Path
) -> None:
    made = sample.build(tmp_path / "shop")
    config = _settings(tmp_path)
    made.commit({"shop/prices.py": "x = 1\n", "tests/test_x.py": "\n"}, "Fix #3")
    done = journeyman("history", made.root, "--config", config, "--set", "history.issues='none'")
    assert done.code == 2
    assert "no such folder" in done.error and "history.issues" in done.error
