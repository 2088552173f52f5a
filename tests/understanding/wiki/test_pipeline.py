"""The wiki as the command line makes it, with an index and a workspace of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from journeyman.cli.commands import app
from journeyman.errors import UserError
from journeyman.pipeline.wiki import build, check, compare, export
from journeyman.workspace import Workspace

CODE = 'def total(prices):\n    """Add prices up."""\n    return sum(prices)\n'


def test_built_checked_changed_and_checked_again(
    repository: Callable[[], Any], tmp_path: Path
) -> None:
    shop = repository()
    shop.commit({"shop.py": CODE, "till.py": "from shop import total\n\ntotal([1])\n"}, "First")
    source, workspace = str(shop.root), Workspace(tmp_path / "workspace")
    with pytest.raises(UserError, match="no wiki"):
        check(source, workspace, workers=1)
    written, changed = build(source, workspace, workers=1)
    assert changed == 0 and written.remade == len(written.wiki.pages)
    found = check(source, workspace, workers=1)
    assert not found.checked.failed and not found.stale
    files = export(written.wiki, tmp_path / "out")
    assert [file.name for file in files[:2]] == ["index.md", "overview.md"]
    assert "tokens" in files[0].read_text()
    shop.commit({"shop.py": CODE.replace("total", "whole")}, "Rename it")
    found = check(source, workspace, workers=1)
    assert found.checked.failed and "overview" in found.stale
    told = CliRunner().invoke(app, ["wiki", "check", source, "-w", str(workspace.root), "-j", "1"])
    assert told.exit_code == 1 and "no longer holds" in told.output
    differences = compare(source, "HEAD~1", "HEAD", workers=1)
    assert "overview" in {one.slug for one in differences}
    with pytest.raises(UserError, match="no such commit"):
        compare(source, "nonsense", "HEAD")


def test_a_folder_without_history_has_a_wiki_too(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "shop.py").write_text(CODE)
    written, changed = build(str(tmp_path / "plain"), Workspace(tmp_path / "w"), workers=1)
    assert not written.checked.failed and changed == 0
    with pytest.raises(UserError, match="no history"):
        compare(str(tmp_path / "plain"), "HEAD", "HEAD")
