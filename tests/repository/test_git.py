from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from journeyman.repository.git import Change, GitError, run_git

if TYPE_CHECKING:
    from conftest import Workshop


def test_log_gives_commits_newest_first_with_what_they_touched(workshop: Workshop) -> None:
    first = workshop.commit({"a.py": "a = 1\n" * 9, "b.py": "b\n"}, "Begin")
    second = workshop.commit({"a.py": None, "c.py": "a = 1\n" * 9, "b.py": "b2\n"}, "Move\n\nWhy.")
    newest, oldest = workshop.copy.log("HEAD")
    assert (newest.id, newest.parents, newest.subject, newest.body) == (
        second, (first,), "Move", "Why.",
    )  # fmt: skip
    assert newest.date == 1700000000
    assert set(newest.changes) == {
        Change(status="M", path="b.py"),
        Change(status="R", path="c.py", old="a.py"),
    }
    assert oldest.parents == () and {c.path for c in oldest.changes} == {"a.py", "b.py"}


def test_messages_and_paths_with_odd_characters_do_not_confuse_the_log(workshop: Workshop) -> None:
    workshop.commit(
        {"name\nwith\tblank ü.py": "x\n", "-flag": "y\n"}, "One\x01\x02 two\n\nA\x00"[:-1]
    )
    [commit] = workshop.copy.log("HEAD")
    assert {change.path for change in commit.changes} == {"name\nwith\tblank ü.py", "-flag"}
    assert commit.subject == "One\x01\x02 two"


def test_a_merge_has_two_parents_and_no_changes(workshop: Workshop) -> None:
    workshop.commit({"a": "1"})
    workshop.git("checkout", "--quiet", "-b", "side")
    workshop.commit({"b": "1"})
    workshop.git("checkout", "--quiet", "main")
    workshop.commit({"c": "1"})
    workshop.git("merge", "--quiet", "--no-edit", "side")
    merge = next(workshop.copy.log("HEAD"))
    assert len(merge.parents) == 2 and merge.changes == ()


def test_log_can_be_limited(workshop: Workshop) -> None:
    for number in range(4):
        workshop.commit({"a": str(number)})
    assert len(list(workshop.copy.log("HEAD", limit=2))) == 2


def test_a_file_is_read_at_a_commit_byte_for_byte(workshop: Workshop) -> None:
    first = workshop.commit({"a.txt": b"one\r\n\xff", ".gitattributes": "* text eol=lf\n"})
    workshop.commit({"a.txt": b"two", "b[1].txt": b"brackets"})
    assert workshop.copy.read(first, "a.txt") in (b"one\r\n\xff", b"one\n\xff")
    assert workshop.copy.read("HEAD", "a.txt") == b"two"
    assert workshop.copy.read("HEAD", "b[1].txt") == b"brackets"
    assert workshop.copy.read("HEAD", "none.txt") is None


def test_the_version_comes_from_the_nearest_tag(workshop: Workshop) -> None:
    workshop.commit({"a": "1"})
    assert workshop.copy.describe("HEAD") == ""
    workshop.git("tag", "v1.2.3")
    workshop.commit({"a": "2"})
    assert workshop.copy.describe("HEAD") == "1.2.3"


def test_an_unknown_revision_resolves_to_nothing(workshop: Workshop) -> None:
    commit = workshop.commit({"a": "1"})
    assert workshop.copy.resolve("main") == commit
    assert workshop.copy.resolve("nowhere") is None
    assert workshop.copy.resolve("--help") is None


def test_what_git_says_is_in_the_error() -> None:
    with pytest.raises(GitError, match="frobnicate"):
        run_git(["frobnicate"])


def test_git_that_does_not_end_is_ended() -> None:
    with pytest.raises(GitError, match="did not answer"):
        run_git(["-c", "alias.slow=!sleep 30", "slow"], timeout_s=0.2)
