"""What a question says: the message, the issue, never the answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from journeyman.errors import SettingsError
from journeyman.repository.git import Commit
from journeyman.repository.walk import Step
from journeyman.tasks.history.candidate import Candidate
from journeyman.tasks.history.message import read_message
from journeyman.tasks.history.words import Discussions, Writer, is_thin

ADDED = ["    if width < len(text) - 3:", "        return text"]
TOLD = [("tests/test_a.py::test_cut", "AssertionError: assert 'a...' == 'abc'")]


def _say(
    subject: str, body: str = "", folder: Path | None = None, added: Sequence[str] = ADDED
) -> tuple[str, tuple[str, ...]]:
    commit = Commit(id="0" * 40, parents=("1" * 40,), date=0, subject=subject, body=body)
    candidate = Candidate(Step(commit, commit.id, None), read_message(commit), "fix")
    return Writer(Discussions(folder))(candidate, added, TOLD)


def test_a_message_that_tells_what_is_wrong_is_the_statement() -> None:
    said, labels = _say("Fix shortening of texts that just fit", "They lost three letters.")
    assert said == "Fix shortening of texts that just fit\n\nThey lost three letters."
    assert labels == ("words: commit message",)


@pytest.mark.parametrize("subject", ["Fix #12", "fixes bug", "Fix tests for the issue (#3)"])
def test_a_thin_message_is_followed_by_what_the_tests_say(subject: str) -> None:
    said, labels = _say(subject)
    assert "tests/test_a.py::test_cut" in said and "assert 'a...'" in said
    assert "words: failing tests" in labels


def test_the_texts_of_issues_come_from_the_folder(tmp_path: Path) -> None:
    (tmp_path / "12.md").write_text("Texts are cut too early\n\n<!-- template -->Steps: ...")
    issue = {"title": "Wrong dots", "body": "I see three.", "comments": [{"body": "Use len()"}]}
    (tmp_path / "issue-13.json").write_text(json.dumps(issue))
    said, labels = _say("Fix #12", "And GH-13; #14 is not there.", tmp_path)
    assert "Texts are cut too early" in said and "template" not in said
    assert "Wrong dots\n\nI see three." in said and "len()" not in said
    assert "words: issue" in labels


def test_lines_of_the_fix_and_diffs_are_taken_out() -> None:
    body = (
        "It cut too early; now it is\n\n    if width < len(text) - 3:\n\nas it should.\n\n"
        "```diff\n-    if width:\n+    something\n```\n\n```python\nshorten('abc', 3)\n```"
    )
    said, labels = _say("Fix shortening of texts that just fit", body)
    assert "width <" not in said and "something" not in said
    assert "shorten('abc', 3)" in said and "as it should." in said
    assert "words: code of the fix taken out" in labels


def test_a_list_of_changes_is_no_diff() -> None:
    body = "- texts that fit stay\n- others are cut"
    said, labels = _say("Fix shortening of texts", body)
    assert body in said and labels == ("words: commit message",)


def test_files_that_are_no_issues_are_refused(tmp_path: Path) -> None:
    (tmp_path / "12.json").write_text('{"title": 3}')
    with pytest.raises(SettingsError, match=r"12\.json"):
        _say("Fix #12", "", tmp_path)
    with pytest.raises(SettingsError, match="no such folder"):
        _say("Fix #12", "", tmp_path / "none")


def test_thin_is_what_has_no_words_of_its_own() -> None:
    assert is_thin("Fix #123") and is_thin("Merge pull request #3") and is_thin("")
    assert not is_thin("Slugs keep dots between digits")
