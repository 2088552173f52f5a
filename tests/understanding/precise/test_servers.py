"""Which server is found where."""

import sys
from pathlib import Path

import pytest

from journeyman.understanding.precise import find, why_not
from journeyman.understanding.precise.servers import SERVERS, language_of


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two empty folders: beside the interpreter, and all there is on PATH."""
    beside, on_path = tmp_path / "beside", tmp_path / "on path"
    beside.mkdir()
    on_path.mkdir()
    monkeypatch.setattr(sys, "executable", str(beside / "python"))
    monkeypatch.setenv("PATH", str(on_path))
    return beside, on_path


def install(folder: Path, name: str) -> Path:
    place = folder / name
    place.write_text("#!/bin/sh\n")
    place.chmod(0o755)
    return place


def test_beside_the_interpreter_comes_before_the_path(places: tuple[Path, Path]) -> None:
    beside, on_path = places
    theirs = install(on_path, "ty")
    found = find("python")
    assert found is not None and found.command == (str(theirs), "server")
    ours = install(beside, "ty")
    found = find("python")
    assert found is not None and found.command == (str(ours), "server")


def test_relative_folders_of_the_path_are_not_looked_in(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install(tmp_path, "ty")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ":.:")
    assert find("python") is None


def test_servers_that_run_code_of_the_repository_need_trust(places: tuple[Path, Path]) -> None:
    install(places[1], "pyrefly")
    assert find("python") is None
    line = why_not("python")
    assert "pyrefly is installed, but it runs the interpreter" in line
    assert "pip install 'journeyman[precise]'" in line
    trusted = find("python", trusted=True)
    assert trusted is not None and trusted.server.program == "pyrefly"
    assert find("typescript", trusted=True) is None
    install(places[1], "typescript-language-server")
    assert find("typescript") is None
    assert "plugins from node_modules" in why_not("typescript")
    assert find("typescript", trusted=True) is not None


def test_the_line_says_what_to_do(places: tuple[Path, Path]) -> None:
    assert "pip install 'journeyman[precise]'" in why_not("python")
    assert "npm install -g typescript-language-server" in why_not("javascript")
    assert why_not("cobol").startswith("No language server is known for cobol, only for c, cpp")
    assert all("\n" not in why_not(language) for each in SERVERS for language in each.languages)


@pytest.mark.parametrize(
    ("path", "language", "expected"),
    [
        ("a.py", "python", "python"),
        ("a.pyi", "python", "python"),
        ("a.mjs", "javascript", "javascript"),
        ("a.tsx", "javascript", "typescriptreact"),
        ("a.ts", "typescript", "typescript"),
    ],
)
def test_a_file_of_scripts_goes_by_its_ending(path: str, language: str, expected: str) -> None:
    assert language_of(path, language) == expected
