"""The commands on the sample repository: everything once, then each stage from what is there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from journeyman import __version__
from journeyman.cli.assignments import parse_assignments
from journeyman.cli.commands import app
from journeyman.errors import SettingsError
from journeyman.settings import load

COMMANDS = (
    *("grow", "adopt", "break", "prove", "cheats", "split", "exam", "practise", "report"),
    *("reverify", "export", "import", "settings", "version", "history", "tasks", "doctor"),
    *("index", "search", "learn", "ask", "mcp", "wiki"),
)
SETTINGS = f"""
[environment]
python = "{sys.executable}"
[tests]
plugins = false
[tasks]
count = 12
runs = 2
[practice]
rounds = 1
tasks = 3
attempts = 2
budget = 3
[exam]
fixes = 1
tasks = 3
budget = 3
resamples = 100
"""


class Grown:
    """A workspace in which `grow` has run, and how to run more commands on it."""

    def __init__(self, root: Path, source: Path) -> None:
        self.root, self.source = root, source
        self.workspace = root / "workspace"
        (root / "settings.toml").write_text(SETTINGS)
        self.said = self.run("grow", str(source))

    def run(self, *arguments: str, given: bool = True) -> str:
        """Run a command, `given` the usual options, and return what it printed; it succeeds."""
        options = self.options() if given else ()
        done = subprocess.run(
            [sys.executable, "-m", "journeyman", *arguments, *options],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
            cwd=self.root,
            env={**os.environ, "COLUMNS": "200"},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def options(self) -> Sequence[str]:
        """Return the options that every command on a workspace takes."""
        return ("--workspace", str(self.workspace), "--config", str(self.root / "settings.toml"))

    @property
    def project(self) -> Path:
        (folder,) = (path for path in self.workspace.iterdir() if path.is_dir())
        return folder

    def report(self) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.project / "report.json").read_text())
        return found


@pytest.fixture(scope="module")
def grown(sample: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Grown:
    root = tmp_path_factory.mktemp("grown")
    sample.build(root / "shop")
    return Grown(root, root / "shop")


def test_help_names_every_command() -> None:
    said = CliRunner().invoke(app, ["--help"])
    assert said.exit_code == 0
    for command in COMMANDS:
        assert re.search(rf"^\W*{command}\s", said.output, re.MULTILINE), command


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    said = CliRunner().invoke(app, [command, "--help"])
    assert said.exit_code == 0
    assert "Usage:" in said.output


def test_settings_prints_a_file_that_can_be_read_back() -> None:
    said = CliRunner().invoke(app, ["settings"])
    assert said.exit_code == 0
    tomllib.loads(said.output)


def test_version_is_printed() -> None:
    assert CliRunner().invoke(app, ["version"]).output.strip() == __version__


def test_an_unknown_command_or_option_is_refused() -> None:
    assert CliRunner().invoke(app, ["gorw"]).exit_code == 2
    assert CliRunner().invoke(app, ["grow", "x", "--tsaks", "3"]).exit_code == 2
    assert CliRunner().invoke(app, ["grow", "x", "--tasks", "0"]).exit_code == 2


def test_assignments_are_toml_or_bare_text() -> None:
    found = parse_assignments(
        [
            "tasks.count=3",
            "tests.paths=['a']",
            "environment.python=/usr/bin/python",
            "tests.plugins=false",
        ]
    )
    assert found == {
        "tasks.count": 3,
        "tests.paths": ["a"],
        "environment.python": "/usr/bin/python",
        "tests.plugins": False,
    }
    with pytest.raises(SettingsError):
        parse_assignments(["count"])


def test_a_version_of_python_needs_no_quotes() -> None:
    found = parse_assignments(["environment.python=3.11"])
    assert load(None, found).environment.python == "3.11"


def test_later_commands_remember_what_the_project_was_grown_with(grown: Grown) -> None:
    told = grown.run("split")
    said = grown.run("split", "--workspace", str(grown.workspace), given=False)
    assert said == told
    assert said != grown.run(
        "split", "--workspace", str(grown.workspace), "--tasks", "6", given=False
    )


def test_half_a_chat_endpoint_is_refused(grown: Grown) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "journeyman", "exam", "--chat-url", "http://localhost:1/v1",
         *grown.options()],
        capture_output=True, text=True, check=False, cwd=grown.root,
    )  # fmt: skip
    assert done.returncode == 2
    assert "belong together" in done.stderr


def test_grow_says_what_it_will_do_and_what_came_out(grown: Grown) -> None:
    assert "until 12 are proven" in grown.said
    assert re.search(r"About (a|\d+) minutes?", grown.said)
    assert f"Report: {grown.project / 'report.html'}" in grown.said
    assert "first try" in grown.said


def test_grow_leaves_a_page_and_its_data(grown: Grown) -> None:
    page = (grown.project / "report.html").read_text()
    assert page.startswith("<!") and page.rstrip().endswith("</html>")
    assert not re.search(r"(src|href)=\"https?://[^\"]+\.(js|css)", page)
    data = grown.report()
    assert data["adopted"]["tests_passing"] == 40  # type: ignore[index]
    assert sum(row["valid"] for row in data["ledger"]) == 12  # type: ignore[attr-defined,index]
    assert data["proof"]["empty_patch_scored"] == 0  # type: ignore[index]
    assert not any(row["scored"] for row in data["proof"]["cheats"])  # type: ignore[index]
    roles = [one["role"] for one in data["exam"]["policies"]]  # type: ignore[index]
    assert roles == ["uniform", "ochiai", "before", "after"]


def test_growing_again_gives_the_same_without_doing_it_again(grown: Grown) -> None:
    before = grown.report()
    grown.run("grow", str(grown.source))
    after = grown.report()
    assert before["costs"]["test_runs"] == after["costs"]["test_runs"]  # type: ignore[index]
    for told in (before, after):
        told.pop("costs")
        told["adopted"].pop("date")  # type: ignore[attr-defined]
    assert before == after


def test_every_stage_goes_by_itself(grown: Grown) -> None:
    assert "tests 40 passing, 0 failing" in grown.run("adopt", str(grown.source))
    assert "breaks to try" in grown.run("break", "--show", "3")
    assert "12 proven of" in grown.run("prove")
    assert "scored" in grown.run("cheats")
    assert re.search(r"practice +\d+ tasks", grown.run("split"))
    assert "after − before" in grown.run("exam")
    assert "kept: round" in grown.run("practise")
    assert "Report: " in grown.run("report")


def test_reverify_judges_again_and_finds_nothing_changed(grown: Grown) -> None:
    said = grown.run("reverify", "--sample", "6")
    assert "6 attempts judged again, 0 changed" in said
