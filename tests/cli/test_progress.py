"""Progress where there is no terminal: plain lines, and an estimate only once there is a pace."""

from __future__ import annotations

import pytest

from journeyman.cli import progress
from journeyman.cli.progress import Terminal


def test_an_estimate_counts_from_the_first_item_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    with Terminal() as terminal:
        terminal.start("prove", 10)
        now[0] = 100.0  # starting up took long
        terminal.advance()
        now[0] = 120.0
        terminal.advance()
        now[0] = 121.0
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "  prove: 1 of 10"
    assert said[1] == "  prove: 2 of 10, about 160 s left"
    assert "121.0 s" in said[2]
