from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from journeyman.errors import SourceError
from journeyman.repository.git import Git
from journeyman.repository.source import fetch

if TYPE_CHECKING:
    from conftest import Workshop

ServeIndex = Callable[..., str]


def snapshot(root: Path) -> dict[str, tuple[int, bytes]]:
    """Everything in a directory with its time stamps, to show that nothing was touched."""
    return {
        str(path.relative_to(root)): (path.lstat().st_mtime_ns, path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def test_a_local_repository_is_copied_and_never_touched(workshop: Workshop, tmp_path: Path) -> None:
    commit = workshop.commit({"a.py": "a = 1\n"})
    before = snapshot(workshop.root)
    checkout = fetch(str(workshop.root), tmp_path / "into")
    assert checkout.commit == commit and checkout.notes == ()
    assert checkout.git.read(commit, "a.py") == b"a = 1\n"
    assert snapshot(workshop.root) == before
    assert not (checkout.git.directory / "objects/info/alternates").exists()


def test_a_dirty_work_tree_is_noted_and_left_out(workshop: Workshop, tmp_path: Path) -> None:
    commit = workshop.commit({"a.py": "a = 1\n"})
    workshop.write({"a.py": "a = 2\n", "new.py": "n\n"})
    before = snapshot(workshop.root)
    checkout = fetch(str(workshop.root), tmp_path / "into")
    assert checkout.git.read(commit, "a.py") == b"a = 1\n"
    assert "2 files" in checkout.notes[0] and "HEAD" in checkout.notes[0]
    assert snapshot(workshop.root) == before


def test_a_second_fetch_uses_the_copy_and_follows_head(workshop: Workshop, tmp_path: Path) -> None:
    workshop.commit({"a": "1"})
    first = fetch(str(workshop.root), tmp_path / "into")
    assert fetch(str(workshop.root), tmp_path / "into") == first
    newer = workshop.commit({"a": "2"})
    again = fetch(str(workshop.root), tmp_path / "into")
    assert again.commit == newer and again.git == first.git
    assert (
        fetch(str(workshop.root), tmp_path / "into", revision=first.commit).commit == first.commit
    )


def test_detached_heads_subdirectories_and_bare_repositories_will_do(
    workshop: Workshop, tmp_path: Path
) -> None:
    first = workshop.commit({"sub/a": "1"})
    workshop.commit({"sub/a": "2"})
    workshop.git("checkout", "--quiet", "--detach", first)
    inside = fetch(str(workshop.root / "sub"), tmp_path / "one")
    assert inside.commit == first and "all of it" in inside.notes[0]
    workshop.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    assert fetch(str(tmp_path / "bare.git"), tmp_path / "two").commit == first


def test_a_url_is_fetched_once(workshop: Workshop, tmp_path: Path) -> None:
    commit = workshop.commit({"a": "1"})
    url = workshop.root.as_uri()
    assert fetch(url, tmp_path / "into").commit == commit
    newer = workshop.commit({"a": "2"})
    assert fetch(url, tmp_path / "into").commit == commit
    assert fetch(url, tmp_path / "into", refresh=True).commit == newer
    shutil.rmtree(workshop.root)
    assert fetch(url, tmp_path / "into", offline=True).commit == newer


def test_a_hostile_repository_starts_nothing(workshop: Workshop, tmp_path: Path) -> None:
    workshop.commit({"a.py": "a\n", ".gitattributes": "*.py filter=evil\n"})
    mark = tmp_path / "mark"
    touch = f"touch {mark}; false"
    for key in ("core.fsmonitor", "core.sshCommand", "uploadpack.packObjectsHook"):
        workshop.git("config", key, touch)
    for key in ("filter.evil.clean", "filter.evil.smudge", "filter.evil.process"):
        workshop.git("config", key, touch)
    workshop.git("config", "filter.evil.required", "true")
    workshop.git("config", "core.hooksPath", str(tmp_path / "hooks"))
    for hook in ("post-checkout", "reference-transaction", "pre-auto-gc"):
        path = tmp_path / "hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{touch}\n")
        path.chmod(0o755)
    workshop.write({"a.py": "b\n"})  # of equal size: Git has to filter it to see the change
    os.utime(workshop.root / "a.py", (1, 1))
    assert fetch(str(workshop.root), tmp_path / "into").commit
    assert not mark.exists()


def test_other_protocols_are_not_spoken(tmp_path: Path) -> None:
    for source in ("ext::touch mark", "file://ext::x", "-oProxyCommand=touch"):
        with pytest.raises(SourceError):
            fetch(source, tmp_path / "into")


def test_what_is_no_repository_is_said_to_be_none(tmp_path: Path, workshop: Workshop) -> None:
    (tmp_path / "plain").mkdir()
    cases = {
        str(tmp_path / "plain"): "not a Git repository",
        str(tmp_path / "none"): "no such directory",
        str(workshop.root): "empty repository",
        workshop.root.as_uri(): "empty repository",
        (tmp_path / "gone.git").as_uri(): "gone.git",
        "pypi:": "not understood",
    }
    for source, words in cases.items():
        with pytest.raises(SourceError, match=words) as caught:
            fetch(source, tmp_path / "into")
        assert caught.value.cure
    assert not list((tmp_path / "into").glob("*"))


def test_an_unknown_revision_is_refused(workshop: Workshop, tmp_path: Path) -> None:
    workshop.commit({"a": "1"})
    with pytest.raises(SourceError, match="no commit v9"):
        fetch(str(workshop.root), tmp_path / "into", revision="v9")


def test_an_unreachable_host_is_an_error_that_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="127"):
        fetch("https://127.0.0.1:9/x.git", tmp_path / "into")
    assert not list((tmp_path / "into").glob("*"))


def test_a_shallow_clone_is_noted(workshop: Workshop, tmp_path: Path) -> None:
    workshop.commit({"a": "1"})
    workshop.commit({"a": "2"})
    shallow = tmp_path / "shallow"
    workshop.git("clone", "--quiet", "--depth=1", workshop.root.as_uri(), str(shallow))
    assert "shallow" in fetch(str(shallow), tmp_path / "into").notes[0]


def test_a_partial_clone_is_refused_because_git_would_start_what_it_names(
    workshop: Workshop, tmp_path: Path
) -> None:
    workshop.commit({"a": "1"})
    workshop.git("config", "remote.origin.promisor", "true")
    with pytest.raises(SourceError, match="partial clone"):
        fetch(str(workshop.root), tmp_path / "into")


def test_a_source_distribution_becomes_one_commit_with_a_fixed_id(
    tmp_path: Path, serve_index: ServeIndex
) -> None:
    archive = tmp_path / "thing-1.0.tar.gz"
    for name, text in {"thing.py": "x = 1\n", ".gitignore": "*.py\n"}.items():
        (tmp_path / "thing-1.0").mkdir(exist_ok=True)
        (tmp_path / "thing-1.0" / name).write_text(text)
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(tmp_path / "thing-1.0", "thing-1.0")
    url = serve_index({"thing": [archive]})
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    one = fetch("pypi:thing==1.0", tmp_path / "one", index=url)
    two = fetch(f"pypi:thing==1.0#sha256={digest}", tmp_path / "two", index=url)
    assert one.commit == two.commit and one.version == "1.0"
    assert one.git.read(one.commit, "thing.py") == b"x = 1\n"
    assert one.origin.sha256 == digest
    [record] = one.git.log("HEAD" if one.git.resolve("HEAD") else one.commit)
    assert record.date == 946684800 and digest in record.body
    again = fetch("pypi:thing==1.0", tmp_path / "one", offline=True)
    assert again == one


def test_a_wrong_hash_is_refused_and_leaves_nothing(
    tmp_path: Path, serve_index: ServeIndex
) -> None:
    archive = tmp_path / "thing-1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("thing-1.0/empty.py"))
    url = serve_index({"thing": [archive]})
    with pytest.raises(SourceError, match="you asked for sha256 abc"):
        fetch("pypi:thing==1.0#sha256=abc", tmp_path / "into", index=url)
    assert not list((tmp_path / "into").glob("*"))


def test_the_copy_knows_no_other_repository(workshop: Workshop, tmp_path: Path) -> None:
    commit = workshop.commit({"a": "1"})
    checkout = fetch(str(workshop.root), tmp_path / "into")
    shutil.rmtree(workshop.root)
    assert Git(checkout.git.directory).read(commit, "a") == b"1"
