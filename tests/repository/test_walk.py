"""Walking a history: branches, renames, binary files, shallow clones, and a hundred thousand."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from journeyman.repository.git import Change, Git, run_git
from journeyman.repository.walk import walk

if TYPE_CHECKING:
    from conftest import Workshop


def test_changes_come_with_their_lines_renames_and_binary_files(workshop: Workshop) -> None:
    text = "".join(f"line {n}\n" for n in range(20))
    workshop.commit({"a.py": text, "data.bin": b"\x00\x01", "odd\tname\n.txt": "x\n"})
    workshop.write({"a.py": None, "b.py": text + "more\n"})
    workshop.commit({"data.bin": b"\x00\x02", "odd\tname\n.txt": "y\nz\n"}, "Move")
    newest, first = walk(workshop.copy, "HEAD")
    known = {
        change.model_copy(update={"before": "", "after": ""}) for change in newest.commit.changes
    }
    for change in newest.commit.changes:
        assert (
            next(workshop.copy.objects([change.after]))
            == (workshop.root / change.path).read_bytes()
        )
    assert known == {
        Change(status="R", path="b.py", old="a.py", added=1, removed=0),
        Change(status="M", path="data.bin", binary=True),
        Change(status="M", path="odd\tname\n.txt", added=2, removed=1),
    }
    assert first.commit.parents == () and first.before is None and not first.cut


def test_a_merge_is_what_its_branch_brought_and_its_commits_land_with_it(
    workshop: Workshop,
) -> None:
    start = workshop.commit({"a": "1\n"})
    workshop.git("checkout", "--quiet", "-b", "side")
    one = workshop.commit({"b": "1\n"})
    two = workshop.commit({"b": "2\n", "c": "1\n"})
    workshop.git("checkout", "--quiet", "main")
    other = workshop.commit({"d": "1\n"})
    workshop.git("merge", "--quiet", "--no-edit", "side")
    steps = {step.commit.id: step for step in walk(workshop.copy, "HEAD")}
    merge = workshop.git("rev-parse", "HEAD")
    assert {change.path for change in steps[merge].commit.changes} == {"b", "c"}
    assert steps[merge].branch == (two, one)
    assert {name: steps[name].landed for name in (one, two, other, merge)} == {
        one: merge, two: merge, other: other, merge: merge,
    }  # fmt: skip
    assert {steps[name].before for name in (one, two, merge)} == {other}
    assert steps[other].before == start


def test_merging_the_main_line_into_a_branch_brings_nothing_twice(workshop: Workshop) -> None:
    workshop.commit({"a": "1\n"})
    workshop.git("checkout", "--quiet", "-b", "side")
    mine = workshop.commit({"b": "1\n"})
    workshop.git("checkout", "--quiet", "main")
    theirs = workshop.commit({"c": "1\n"})
    workshop.git("checkout", "--quiet", "side")
    workshop.git("merge", "--quiet", "--no-edit", "main")
    update = workshop.git("rev-parse", "HEAD")
    workshop.git("checkout", "--quiet", "main")
    workshop.git("merge", "--quiet", "--no-ff", "--no-edit", "side")
    steps = {step.commit.id: step for step in walk(workshop.copy, "HEAD")}
    merge = workshop.git("rev-parse", "HEAD")
    assert steps[update].branch == ()
    assert set(steps[merge].branch) == {update, mine}
    assert steps[theirs].landed == theirs


def test_where_a_shallow_clone_is_cut_off_nothing_is_told_of_the_change(
    workshop: Workshop, tmp_path: Path
) -> None:
    for number in range(4):
        workshop.commit({"a": f"{number}\n"})
    clone = tmp_path / "shallow.git"
    run_git(
        ["clone", "--quiet", "--bare", "--depth=2", f"file://{workshop.root}", str(clone)],
        environment={"GIT_ALLOW_PROTOCOL": "file"},
    )
    newest, last = walk(Git(clone), "HEAD")
    assert (newest.cut, last.cut) == (False, True)
    assert len(newest.commit.changes) == 1
    assert last.commit.parents == () and last.commit.changes == ()


@pytest.fixture
def long_history(tmp_path: Path) -> Git:
    """A bare repository of a hundred thousand commits."""
    directory = tmp_path / "long.git"
    run_git(["init", "--quiet", "--bare", "--template=", "--", str(directory)])
    git = Git(directory)
    parts = []
    for number in range(100_000):
        parts.append(
            f"commit refs/heads/main\ncommitter A <a@b.c> {1_000_000_000 + number} +0000\n"
            f"data 4\nwork\nM 644 inline f{number % 7}\ndata {len(str(number))}\n{number}\n"
        )
    git.run("fast-import", "--quiet", stdin="".join(parts).encode())
    return git


def test_of_a_hundred_thousand_commits_only_what_is_asked_for_is_looked_at(
    long_history: Git,
) -> None:
    steps = list(walk(long_history, "refs/heads/main", 500))
    assert len(steps) == 500
    assert all(len(step.commit.changes) == 1 for step in steps)
    assert steps[0].before == steps[1].commit.id
    # Without a limit they come in parts: the first are there before the last were looked at.
    first = list(itertools.islice(walk(long_history, "refs/heads/main"), 3))
    assert [step.commit.id for step in first] == [step.commit.id for step in steps[:3]]


def test_the_walk_can_be_bounded_by_a_date(workshop: Workshop) -> None:
    workshop.commit({"a": "1\n"})
    assert list(walk(workshop.copy, "HEAD", since="2030-01-01")) == []
    assert len(list(walk(workshop.copy, "HEAD", since="2020-01-01"))) == 1
