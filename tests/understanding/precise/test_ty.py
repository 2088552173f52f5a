"""Real answers of a real server; skipped where `ty` is not installed."""

import textwrap
from pathlib import Path

import pytest

from journeyman.understanding.precise import Client, Site, Target, find, resolve
from journeyman.understanding.precise.client import _CAPABILITIES

FOUND = find("python")
pytestmark = pytest.mark.skipif(
    FOUND is None or FOUND.server.program != "ty",
    reason="ty is not installed: pip install 'journeyman[precise]'",
)
SHAPES = """
class Shape:
    def area(self): return 0

class Square(Shape):
    def area(self): return 4

class Garden:
    def area(self): return 9
"""
USE = """
import os
from shapes import Garden, Square as Quadrat

def total(garden: Garden):
    label = "𝒜é"; return label, garden.area() + Quadrat().area() + len(os.getcwd()) + ghost()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two files, in which one name is defined three times."""
    place = tmp_path / "a project"
    (place / "src").mkdir(parents=True)
    (place / "src" / "shapes.py").write_text(textwrap.dedent(SHAPES).lstrip())
    (place / "src" / "use.py").write_text(textwrap.dedent(USE).lstrip())
    return place


def sites_of(project: Path, *calls: str) -> list[Site]:
    lines = (project / "src" / "use.py").read_text().splitlines()
    found = []
    for call in calls:
        number = next(n for n, line in enumerate(lines) if call in line)
        name = call.rpartition(".")[2].rstrip("(")
        column = lines[number].index(call) + call.rindex(name)
        found.append(Site(number + 1, column, name))
    return found


def test_one_name_is_told_apart_by_what_it_is_called_on(project: Path) -> None:
    sites = sites_of(project, "garden.area(", "Quadrat().area(", "len(", "ghost(")
    found = resolve(project, "python", {"src/use.py": sites})
    garden, square, length, ghost = (found.targets["src/use.py"][site] for site in sites)
    assert garden == (Target("src/shapes.py", 8, 8),)
    assert square == (Target("src/shapes.py", 5, 8),)
    assert [target.path for target in length] == [None]
    assert ghost == ()
    coverage = found.coverage
    assert (coverage.inside, coverage.outside, coverage.unresolved) == (2, 1, 1)
    assert found.server.startswith("ty ")
    assert found.complaints == ()


def test_answers_are_the_same_in_both_encodings(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = sites_of(project, "garden.area(", "Quadrat().area(", "len(", "ghost(")
    assert FOUND is not None
    with Client(FOUND.command, project) as client:
        assert client.encoding == "utf-8"
    first = resolve(project, "python", {"src/use.py": sites})
    monkeypatch.setitem(_CAPABILITIES, "general", {"positionEncodings": ["utf-16"]})
    with Client(FOUND.command, project) as client:
        assert client.encoding == "utf-16"
    second = resolve(project, "python", {"src/use.py": sites})
    assert first.targets == second.targets


def test_a_configuration_that_cannot_be_read_is_reported(project: Path) -> None:
    (project / "ty.toml").write_text('[environment]\npython = "./nowhere"\n')
    found = resolve(project, "python", {"src/use.py": sites_of(project, "len(")})
    assert any("Failed to load project" in complaint for complaint in found.complaints)


def test_interpreters_inside_the_repository_are_not_run(project: Path) -> None:
    for folder in (project / ".venv" / "bin", project / "venv" / "bin"):
        folder.mkdir(parents=True)
        (folder.parent / "pyvenv.cfg").write_text("home = /usr/bin\n")
        (folder.parent / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
        for name in ("python", "python3"):
            (folder / name).write_text(f"#!/bin/sh\ntouch '{project}/ran'\n")
            (folder / name).chmod(0o755)
    found = resolve(project, "python", {"src/use.py": sites_of(project, "garden.area(")})
    assert found.coverage.inside == 1
    assert not (project / "ran").exists()
