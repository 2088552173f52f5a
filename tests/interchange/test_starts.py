"""Starting trees are commits without a past, the same every time, and a bundle holds one alone."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from journeyman.interchange.starts import Starts, write_starts
from journeyman.records import Patch
from journeyman.repository.git import Git, run_git

WHEN = 1_700_000_000
FIRST = Patch(files={"a.py": "broken = 1\n", "gone.py": None, "new/größe.py": "", "run.sh": "x"})
SECOND = Patch(files={"b.py": "broken = 2\n"})


@pytest.fixture(scope="module")
def repository(sample: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[Git, str]:
    made = sample.SampleRepository(tmp_path_factory.mktemp("starts") / "repository")
    made.commit({"a.py": "a = 0\n"}, "Before")
    (made.root / "run.sh").write_text("true\n")
    (made.root / "run.sh").chmod(0o755)
    commit = made.commit({"a.py": "fixed = 1\n", "b.py": "fixed = 2\n", "gone.py": ""}, "Base")
    return Git(made.root / ".git"), commit


@pytest.fixture(scope="module")
def starts(repository: tuple[Git, str], tmp_path_factory: pytest.TempPathFactory) -> Starts:
    git, commit = repository
    target = tmp_path_factory.mktemp("made") / "repository.git"
    return write_starts(git, commit, WHEN, {"one": FIRST, "two": SECOND}, target)


def test_a_start_is_the_base_tree_with_the_patch_over_it(starts: Starts) -> None:
    commit = starts.commits["one"]
    found = {entry.path.decode(): entry.mode for entry in starts.git.entries(commit)}
    assert found == {
        "a.py": "100644",
        "b.py": "100644",
        "new/größe.py": "100644",
        "run.sh": "100755",
    }
    assert starts.git.read(commit, "a.py") == b"broken = 1\n"
    assert starts.git.read(commit, "new/größe.py") == b""
    assert starts.git.read(commit, "b.py") == b"fixed = 2\n"


def test_a_start_has_no_past(starts: Starts) -> None:
    for branch, commit in starts.commits.items():
        (only,) = starts.git.log(branch)
        assert (only.id, only.parents, only.date) == (commit, (), WHEN)


def test_the_same_start_has_the_same_name_every_time(
    repository: tuple[Git, str], starts: Starts, tmp_path: Path
) -> None:
    git, commit = repository
    again = write_starts(git, commit, WHEN, {"one": FIRST}, tmp_path / "again.git")
    assert again.commits == {"one": starts.commits["one"]}


def test_the_repository_stands_on_its_own(starts: Starts, repository: tuple[Git, str]) -> None:
    assert not (starts.git.directory / "objects" / "info" / "alternates").exists()
    assert starts.git.run("fsck", "--strict", "--no-dangling") == b""
    assert starts.git.resolve(repository[1]) is None, "the base commit is not in it"


def test_a_bundle_does_not_hold_the_answer(starts: Starts, tmp_path: Path) -> None:
    starts.bundle("one", tmp_path / "one.bundle")
    environment = {"GIT_ALLOW_PROTOCOL": "file"}
    clone = ["clone", "--quiet", "--bare", str(tmp_path / "one.bundle"), str(tmp_path / "one.git")]
    run_git(clone, environment=environment)
    objects = Git(tmp_path / "one.git").run(
        *("cat-file", "--batch-all-objects", "--batch-check=%(objecttype)", "--unordered")
    )
    assert objects.split().count(b"commit") == 1
    answer = run_git(["hash-object", "--stdin"], stdin=b"fixed = 1\n").decode().strip()
    assert Git(tmp_path / "one.git").resolve(starts.commits["one"])
    assert starts.git.run("cat-file", "-t", answer) == b"blob\n", "another task's tree has it"
    names = Git(tmp_path / "one.git").run("cat-file", "--batch-all-objects", "--batch-check")
    assert answer.encode() not in names
