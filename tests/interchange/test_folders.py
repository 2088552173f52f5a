"""An export is whole or not there; what is read is refused with its place."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from journeyman.interchange.folders import InterchangeError, read_rows, whole, whole_file
from journeyman.repository.git import GitError


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_appears_when_all_is_written(tmp_path: Path) -> None:
    with whole(tmp_path / "deep" / "out") as work:
        (work / "a").write_text("1")
        assert not (tmp_path / "deep" / "out").exists()
    assert left(tmp_path / "deep") == ["out"]
    assert (tmp_path / "deep" / "out" / "a").read_text() == "1"


def test_an_empty_folder_may_be_there(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with whole(tmp_path / "out") as work:
        (work / "a").write_text("1")
    assert left(tmp_path / "out") == ["a"]


def test_nothing_is_left_of_an_export_that_failed(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), whole(tmp_path / "out") as work:
        (work / "a").write_text("1")
        raise KeyboardInterrupt
    with pytest.raises(InterchangeError, match="disk is full"), whole(tmp_path / "out"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(InterchangeError, match="disk is full"), whole(tmp_path / "out"):
        raise GitError("git: no", output="fatal: sha1 file 'x' write error. Out of diskspace")
    with pytest.raises(KeyboardInterrupt), whole_file(tmp_path / "file") as work:
        work.write_text("1")
        raise KeyboardInterrupt
    assert left(tmp_path) == []


def test_what_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InterchangeError, match="not an empty folder"), whole(tmp_path / "out"):
        pytest.fail("it was to be refused before anything is done")
    with pytest.raises(InterchangeError, match="not an empty folder"), whole(tmp_path / "file"):
        pytest.fail("it was to be refused before anything is done")
    with pytest.raises(InterchangeError, match="exists"), whole_file(tmp_path / "file"):
        pytest.fail("it was to be refused before anything is done")
    assert (tmp_path / "out" / "mine").read_text() == (tmp_path / "file").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InterchangeError, match="cannot be written"), whole(tmp_path / "file" / "x"):
        pytest.fail("there is no such place")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.jsonl", b'{"a": 1}\n[2]\n', "line 2: not an object"),
        ("a.jsonl", b'\n{"a": 1}\n{"a"\n', "line 3: not JSON"),
        ("a.jsonl", b'{"a": "\xff"}\n', "not UTF-8"),
        ("a.jsonl", b"[" * 100_000, "not JSON"),
        ("a.json", b"{", "not JSON"),
        ("a.json", b'[{"a": 1}, 2]', "no list of objects"),
        ("a.json", b'"text"', "no list of objects"),
    ],
)
def test_a_malformed_file_is_refused_with_the_place(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InterchangeError, match=why):
        read_rows(tmp_path / name)


def test_json_is_read_as_a_list_or_as_an_object_of_rows(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"x": {"a": 1}, "y": {"a": 2}}')
    assert read_rows(tmp_path / "a.json") == [{"a": 1}, {"a": 2}]
    (tmp_path / "b.json").write_text('[{"a": 1}]')
    assert read_rows(tmp_path / "b.json") == [{"a": 1}]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InterchangeError, match=r"nowhere.jsonl cannot be read"):
        read_rows(tmp_path / "nowhere.jsonl")
