from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeyman.errors import SourceError, UserError
from journeyman.repository import tree as module
from journeyman.repository.partial import partial
from journeyman.repository.tree import TIME_S, export

if TYPE_CHECKING:
    from conftest import Workshop


def test_a_commit_is_laid_out_without_git_and_with_equal_times(
    workshop: Workshop, tmp_path: Path
) -> None:
    workshop.write({"run.sh": "#!/bin/sh\n"})
    (workshop.root / "run.sh").chmod(0o755)
    commit = workshop.commit({"p/a.py": "a = 1\r\n", ".gitattributes": "a.py export-ignore\n"})
    tree = export(workshop.copy, commit, tmp_path / "base" / commit)
    assert tree.files() == (".gitattributes", "p/a.py", "run.sh")
    assert tree.python_files() == ("p/a.py",)
    assert tree.read("p/a.py") == "a = 1\r\n"
    assert not (tree.root / ".git").exists()
    assert stat.S_IMODE((tree.root / "run.sh").stat().st_mode) == 0o755
    assert {path.stat().st_mtime for path in tree.root.rglob("*")} == {float(TIME_S)}
    assert tree.notes == ()


def test_a_second_export_opens_the_first(workshop: Workshop, tmp_path: Path) -> None:
    commit = workshop.commit({"a.py": "a = 1\n"})
    tree = export(workshop.copy, commit, tmp_path / "base")
    inode = (tree.root / "a.py").stat().st_ino
    again = export(workshop.copy, commit, tmp_path / "base")
    assert again == tree and (again.root / "a.py").stat().st_ino == inode
    other = workshop.commit({"a.py": "a = 2\n"})
    with pytest.raises(SourceError, match="holds commit"):
        export(workshop.copy, other, tmp_path / "base")


def test_links_stay_only_where_they_end_inside(workshop: Workshop, tmp_path: Path) -> None:
    links = {
        "good": "d/f.py",
        "d/up": "../top.py",
        "chain": "good",
        "directory": "d",
        "absolute": "/etc/passwd",
        "out": "../workshop/top.py",
        "back": f"../{'base'}/top.py",
        "nowhere": "none",
        "round": "round",
        "ping": "pong",
        "pong": "ping",
        "to-dropped": "absolute",
        "d/self": ".",
    }
    workshop.write({"d/f.py": "f = 1\n", "top.py": "t = 1\n"})
    for name, target in links.items():
        (workshop.root / name).symlink_to(target)
    commit = workshop.commit({})
    tree = export(workshop.copy, commit, tmp_path / "base")
    kept = {str(p.relative_to(tree.root)) for p in tree.root.rglob("*") if p.is_symlink()}
    assert kept == {"good", "d/up", "chain", "directory", "d/self"}
    assert sum("is left out" in note for note in tree.notes) == len(links) - len(kept)
    assert tree.files() == ("d/f.py", "top.py")


def test_reading_never_leaves_the_tree(workshop: Workshop, tmp_path: Path) -> None:
    commit = workshop.commit({"a.py": "a\n"})
    tree = export(workshop.copy, commit, tmp_path / "base")
    (tmp_path / "secret").write_text("secret")
    (tree.root / "planted").symlink_to(tmp_path / "secret")
    (tree.root / "round").symlink_to("round")
    for path in ("planted", "../secret", str(tmp_path / "secret"), "round", "none", "a.py/b"):
        assert not tree.exists(path)
        with pytest.raises(FileNotFoundError):
            tree.read(path)


def test_what_is_not_utf8_or_does_not_parse_is_noted(workshop: Workshop, tmp_path: Path) -> None:
    commit = workshop.commit(
        {
            "latin.py": b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
            "two.py": "print 'two'\n",
            "nul.py": "x = 1\0\n",
            "picture.png": b"\x89PNG\xff",
            "fine.py": "x = 1\n",
            "large.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        }
    )
    tree = export(workshop.copy, commit, tmp_path / "base")
    assert tree.python_files() == ("fine.py",)
    assert tree.contents.other == ("latin.py", "picture.png")
    assert set(tree.contents.unparsable) == {"latin.py", "two.py", "nul.py"}
    assert any("two.py (line 1" in note for note in tree.notes)
    assert any("Git LFS" in note and "large.bin" in note for note in tree.notes)
    with pytest.raises(UnicodeDecodeError):
        tree.read("latin.py")


def test_a_submodule_is_an_empty_directory_with_a_note(workshop: Workshop, tmp_path: Path) -> None:
    first = workshop.commit({"a.py": "a\n"})
    workshop.git("update-index", "--add", "--cacheinfo", f"160000,{first},lib/sub")
    workshop.git("commit", "--quiet", "--message", "Add a submodule")
    tree = export(workshop.copy, workshop.git("rev-parse", "HEAD"), tmp_path / "base")
    assert list((tree.root / "lib/sub").iterdir()) == []
    assert "Submodule lib/sub" in tree.notes[0]


def hostile_tree(workshop: Workshop, entries: list[tuple[str, bytes, str]]) -> str:
    """Commit a tree object that Git's own commands would refuse to make."""
    raw = b"".join(
        mode.encode() + b" " + name + b"\0" + bytes.fromhex(item) for mode, name, item in entries
    )
    name = workshop.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=raw)
    return workshop.git("commit-tree", "-m", "Evil", name)


def test_a_hostile_tree_cannot_write_elsewhere(workshop: Workshop, tmp_path: Path) -> None:
    blob = workshop.git("hash-object", "-w", "--stdin", stdin=b"evil\n")
    target = workshop.git("hash-object", "-w", "--stdin", stdin=str(tmp_path / "out").encode())
    raw = b"100644 file\0" + bytes.fromhex(blob)
    inner = workshop.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=raw)
    (tmp_path / "out").mkdir()
    commit = hostile_tree(
        workshop,
        [
            ("100644", b"..", blob),
            ("100644", b".GIT", blob),
            ("100644", b"caf\xe9", blob),
            ("120000", b"d", target),
            ("40000", b"d", inner),
            ("100644", b"ok", blob),
            ("100644", b"ok", target),
        ],
    )
    tree = export(workshop.copy, commit, tmp_path / "base")
    assert sorted(p.name for p in tree.root.iterdir()) == ["d", "ok"]
    assert tree.read("d/file") == "evil\n" and tree.read("ok") == "evil\n"
    assert list((tmp_path / "out").iterdir()) == []
    assert len(tree.notes) == 5


def test_a_tree_that_is_too_large_is_refused_and_leaves_nothing(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = workshop.commit({"a": "0" * 100})
    monkeypatch.setattr(module, "MAX_BYTES", 99)
    with pytest.raises(SourceError, match="the limit"):
        export(workshop.copy, commit, tmp_path / "out" / "base")
    assert list((tmp_path / "out").iterdir()) == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400))
def test_every_file_is_byte_for_byte_what_was_committed(
    workshop: Workshop, tmp_path: Path, content: bytes
) -> None:
    blob = workshop.git("hash-object", "-w", "--stdin", stdin=content)
    commit = hostile_tree(workshop, [("100644", b"file.py", blob)])
    tree = export(workshop.copy, commit, tmp_path / "trees" / commit)
    assert (tree.root / "file.py").read_bytes() == content


def test_a_full_disk_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="disk is full"), partial(tmp_path / "x") as work:
        (work / "half").write_text("half")
        raise OSError(28, os.strerror(28))
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_swept_and_a_living_ones_is_not(tmp_path: Path) -> None:
    dead, alive = tmp_path / "a.partial-999999999", tmp_path / "a.partial-1"
    dead.mkdir()
    alive.mkdir()
    with partial(tmp_path / "b"):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {"a.partial-1", "b"}
