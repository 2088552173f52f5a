"""Environments of then: which are offered, in which order, and what is remembered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from journeyman.pipeline.periods import Periods
from journeyman.records.store import Store
from journeyman.repository.detect import Plan, detect
from journeyman.repository.launcher import Command, Completed
from journeyman.repository.tree import Contents, Tree
from journeyman.settings import Settings
from journeyman.workspace import Project

SPRING, YEAR = 1_714_521_600, 365 * 86_400
"""2024-05-01, in seconds since 1970."""


class Uv:
    """A launcher in which uv makes environments, and installs what `takes` accepts."""

    def __init__(self, takes: Callable[[str], bool]) -> None:
        self.takes = takes
        self.installs: list[str] = []

    def run(self, command: Command) -> Completed:
        said = " ".join(command.argv)
        if " venv " in said:
            [venv] = [host for host, inside, _ in command.binds if inside == "/env"]
            for minor in range(9, 20):
                (venv / f"lib/python3.{minor}/site-packages").mkdir(parents=True)
        if " install " in said:
            self.installs.append(said)
            return Completed(0, "") if self.takes(said) else Completed(2, "error: No solution")
        return Completed(0, "attrs==1.0\n" if "freeze" in said else "")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[tuple[Project, Store]]:
    root = tmp_path / "project"
    root.mkdir()
    store = Store(root / "store")
    yield Project(root), store
    store.close()


def _tree(root: Path, needs: str, **more: str) -> tuple[Tree, Plan]:
    files = {
        "thing.py": "x = 1\n",
        "tests/test_thing.py": "def test_x():\n    pass\n",
        "pyproject.toml": f'[project]\nname = "thing"\nversion = "1"\ndependencies = ["{needs}"]\n',
        **{name.replace("_", "."): text for name, text in more.items()},
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    tree = Tree(root, Contents(commit="0" * 40, text=tuple(sorted(files))))
    return tree, detect(tree, Settings())


def test_the_lock_comes_first_then_the_date_and_today_last(
    project: tuple[Project, Store], tmp_path: Path
) -> None:
    lock = '[[package]]\nname = "attrs"\nversion = "1.0"\n'
    tree, plan = _tree(tmp_path / "tree", "attrs", uv_lock=lock)
    launcher = Uv(lambda said: True)
    periods = Periods(project[0], Settings(), project[1], launcher)
    hows = [lived.how for lived in periods.environments(tree, plan, SPRING, "")]
    assert hows[0] == "the versions in uv.lock"
    assert hows[1] == "resolved as of 2024-05-01"
    assert hows[2].startswith("resolved as of 2024-05-01, with later test and build tools")
    assert hows[-1] == "resolved as of today"
    assert "--constraint" in launcher.installs[0]
    assert all("--exclude-newer 2024-05-01" in said for said in launcher.installs[:-1])
    assert "--exclude-newer" not in launcher.installs[-1]


def test_environments_are_made_only_when_asked_for_and_once(
    project: tuple[Project, Store], tmp_path: Path
) -> None:
    tree, plan = _tree(tmp_path / "tree", "attrs")
    launcher = Uv(lambda said: True)
    periods = Periods(project[0], Settings(), project[1], launcher)
    first = next(periods.environments(tree, plan, SPRING, ""))
    assert len(launcher.installs) == 1
    # An older commit of the same stretch shares it, whatever its own date says.
    assert next(periods.environments(tree, plan, SPRING - YEAR // 2, "")) == first
    assert len(launcher.installs) == 1
    later = next(periods.environments(tree, plan, SPRING - 2 * YEAR, ""))
    assert later.how == "resolved as of 2022-05-02"
    assert later.environment.key != first.environment.key


def test_what_ran_is_offered_first_and_what_failed_is_not_tried_again(
    project: tuple[Project, Store], tmp_path: Path
) -> None:
    tree, plan = _tree(tmp_path / "tree", "attrs")
    launcher = Uv(lambda said: "--exclude-newer-package" in said)
    periods = Periods(project[0], Settings(), project[1], launcher)
    lived = next(periods.environments(tree, plan, SPRING, ""))
    assert lived.rung == "then, later tools"
    periods.ran(tree, plan, SPRING, lived)
    made = len(launcher.installs)
    again = Periods(project[0], Settings(), project[1], launcher)
    assert next(again.environments(tree, plan, SPRING, "")) == lived
    assert len(launcher.installs) == made


def test_where_nothing_can_be_installed_the_nearest_that_worked_is_used(
    project: tuple[Project, Store], tmp_path: Path
) -> None:
    launcher = Uv(lambda said: True)
    periods = Periods(project[0], Settings(), project[1], launcher)
    tree, plan = _tree(tmp_path / "tree", "attrs")
    for date in (SPRING, SPRING - 3 * YEAR):
        periods.ran(tree, plan, date, next(periods.environments(tree, plan, date, "")))
    launcher.takes = lambda said: False
    other, other_plan = _tree(tmp_path / "other", "idna")
    [lived] = periods.environments(other, other_plan, SPRING - YEAR, "")
    assert lived.how == "the nearest that works, that of 2024-05-01"
    assert "No solution" in periods.why_none(other, other_plan, SPRING - YEAR)


def test_a_date_that_is_not_known_is_not_resolved_for(
    project: tuple[Project, Store], tmp_path: Path
) -> None:
    tree, plan = _tree(tmp_path / "tree", "attrs")
    launcher = Uv(lambda said: True)
    periods = Periods(project[0], Settings(), project[1], launcher)
    [lived] = periods.environments(tree, plan, 946_684_800, "")
    assert lived.rung == "today" and not re.search("exclude-newer", launcher.installs[0])
