from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from journeyman.errors import SourceError
from journeyman.repository import archive as module
from journeyman.repository.archive import commit_archive
from journeyman.repository.git import Git, run_git

REFERENCE = "refs/heads/main"


def info(name: str, **fields: object) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    for key, value in fields.items():
        setattr(member, key, value)
    return member


def tar(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as bundle:
        for member, content in members:
            member.size = len(content)
            bundle.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture
def git(tmp_path: Path) -> Git:
    run_git(["init", "--quiet", "--bare", str(tmp_path / "git")])
    return Git(tmp_path / "git")


def names(git: Git) -> dict[str, str]:
    return {entry.path.decode(): entry.mode for entry in git.entries(REFERENCE)}


def test_files_modes_and_links_are_kept_below_the_common_top(tmp_path: Path, git: Git) -> None:
    bundle = tar(
        tmp_path / "a.tar.gz",
        (info("a-1/", type=tarfile.DIRTYPE), b""),
        (info("a-1/run.sh", mode=0o755), b"#!/bin/sh\n"),
        (info('a-1/odd "name"\\.py'), b"x\r\n"),
        (info("a-1/link", type=tarfile.SYMTYPE, linkname="run.sh"), b""),
        (info("a-1/hard", type=tarfile.LNKTYPE, linkname="a-1/run.sh"), b""),
        (info("a-1/.git/config"), b"evil"),
        (info("a-1/.gitignore"), b"*\n"),
    )
    commit_archive(bundle, git, REFERENCE, "It\n")
    assert names(git) == {
        ".gitignore": "100644",
        "hard": "100644",
        "link": "120000",
        'odd "name"\\.py': "100644",
        "run.sh": "100755",
    }
    assert git.read(REFERENCE, 'odd "name"\\.py') == b"x\r\n"
    assert git.read(REFERENCE, "hard") == b"#!/bin/sh\n"


def test_equal_content_gives_an_equal_commit_whatever_the_archive(tmp_path: Path, git: Git) -> None:
    first = tar(tmp_path / "a.tar.gz", (info("t/b", mtime=5), b"2"), (info("t/a"), b"1"))
    commit_archive(first, git, "refs/heads/one", "It")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as bundle:
        bundle.writestr("t/a", "1")
        bundle.writestr("t/b", "2")
    commit_archive(tmp_path / "a.zip", git, "refs/heads/two", "It")
    assert git.resolve("refs/heads/one") == git.resolve("refs/heads/two")


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (info("../evil"), "reaches outside"),
        (info("/etc/evil"), "reaches outside"),
        (info("a/../../evil"), "reaches outside"),
        (info("a/pipe", type=tarfile.FIFOTYPE), "device or a pipe"),
        (info("a/disk", type=tarfile.BLKTYPE), "device or a pipe"),
        (info("a/hard", type=tarfile.LNKTYPE, linkname="../../etc/passwd"), "reaches outside"),
        (info("a/hard", type=tarfile.LNKTYPE, linkname="a/none"), "not there"),
    ],
)
def test_members_that_reach_outside_are_refused(
    tmp_path: Path, git: Git, member: tarfile.TarInfo, words: str
) -> None:
    bundle = tar(tmp_path / "a.tar.gz", (info("a/ok"), b"1"), (member, b""))
    with pytest.raises(SourceError, match=words):
        commit_archive(bundle, git, REFERENCE, "It")
    assert git.resolve(REFERENCE) is None


def test_an_archive_that_swells_is_stopped(
    tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    bundle = tar(tmp_path / "a.tar.gz", *((info(f"a/{n}"), b"0" * 400) for n in range(3)))
    with pytest.raises(SourceError, match="unpacks to more"):
        commit_archive(bundle, git, REFERENCE, "It")


def test_damaged_and_empty_archives_are_refused(tmp_path: Path, git: Git) -> None:
    whole = tar(tmp_path / "a.tar.gz", (info("a/b"), bytes(range(256)) * 100))
    (tmp_path / "half.tar.gz").write_bytes(whole.read_bytes()[:150])
    (tmp_path / "none.zip").write_bytes(b"no zip")
    for name in ("half.tar.gz", "none.zip"):
        with pytest.raises(SourceError, match="damaged"):
            commit_archive(tmp_path / name, git, REFERENCE, "It")
    with pytest.raises(SourceError, match="no files"):
        commit_archive(tar(tmp_path / "empty.tar.gz"), git, REFERENCE, "It")
