"""Adopting without isolation: only when asked for by name, and said loudly."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from journeyman.errors import IsolationError
from journeyman.pipeline.adopt import adopt
from journeyman.progress import Silent
from journeyman.records import Patch
from journeyman.settings import EnvironmentSettings, ExamSettings, SandboxSettings, Settings
from journeyman.workspace import Workspace

BARE = SandboxSettings(isolation="none")


class Said(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


def test_no_environment_is_built_without_isolation(sample_source: Path, tmp_path: Path) -> None:
    with pytest.raises(IsolationError, match="no environment is built") as refused:
        adopt(str(sample_source), Workspace(tmp_path), Settings(sandbox=BARE))
    assert "[environment]" in refused.value.cure


def test_an_existing_interpreter_will_do_and_the_warning_is_loud(
    sample_source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(
        sandbox=BARE,
        environment=EnvironmentSettings(python=sys.executable),
        exam=ExamSettings(fixes=0),
    )
    monkeypatch.setattr("journeyman.sandbox.bubblewrap.find_bwrap", lambda: "/bin/false")
    said = Said()
    with adopt(
        str(sample_source), Workspace(tmp_path), settings, progress=said, workers=1
    ) as adopted:
        assert adopted.adoption.tier == "none"
        assert any("WITHOUT ISOLATION" in line for line in said.lines)
        assert adopted.baseline.passing
        test = next(iter(adopted.baseline.passing))
        assert adopted.suite.run(Patch(), [test], attempt=9).good(test)
