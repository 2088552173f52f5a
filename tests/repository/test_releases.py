"""Releases of an index as a history: in order, dated, with what their changelogs say."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from journeyman.errors import SourceError
from journeyman.repository.index import find_releases
from journeyman.repository.releases import section, uploaded_s
from journeyman.repository.source import fetch, fetched

CHANGES = """\
Changes
=======

1.2.0 (2024-03-01)
------------------

- New: things have names
- Fixed counting of empty things

1.1
---

- Things
"""


def _sdist(folder: Path, version: str, files: dict[str, str]) -> Path:
    archive = folder / f"thing-{version}.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(f"thing-{version}/{name}")
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return archive


@pytest.fixture(params=["json", "html"])
def index(request: pytest.FixtureRequest, serve_index: Callable[..., str], tmp_path: Path) -> str:
    archives = [
        _sdist(tmp_path, "1.0", {"thing.py": "x = 1\n", "old.py": "gone = 1\n"}),
        _sdist(tmp_path, "1.1", {"thing.py": "x = 2\n"}),
        _sdist(tmp_path, "1.2.0", {"thing.py": "x = 3\n", "CHANGES.rst": CHANGES}),
        _sdist(tmp_path, "1.3b1", {"thing.py": "x = 4\n"}),
        _sdist(tmp_path, "2.0", {"thing.py": "x = 5\n"}),
    ]
    uploaded = {path.name: f"2024-0{n}-01T00:00:00Z" for n, path in enumerate(archives, 1)}
    return serve_index({"thing": archives}, request.param, uploaded=uploaded)


def test_releases_become_commits_one_after_another(index: str, tmp_path: Path) -> None:
    checkout = fetch("pypi:thing==1.2", tmp_path / "into", index=index, releases=3)
    commits = list(checkout.git.log(checkout.commit))
    assert [commit.subject for commit in commits] == [
        "thing 1.2.0: Fixed counting of empty things",
        "thing 1.1",
        "thing 1.0",
    ]
    assert "things have names" in commits[0].body
    assert [commit.date for commit in commits] == [
        uploaded_s(f"2024-0{n}-01T00:00:00Z") for n in (3, 2, 1)
    ]
    assert checkout.git.read(checkout.commit, "thing.py") == b"x = 3\n"
    assert checkout.git.read(checkout.commit, "old.py") is None, "what is gone stays gone"
    assert checkout.version == "1.2.0"
    again = fetch("pypi:thing==1.2", tmp_path / "into", index=index, releases=3, offline=True)
    assert again.commit == checkout.commit
    assert fetched(tmp_path / "into", checkout.commit).commit == checkout.commit


def test_one_release_stays_what_it_was_and_the_newest_needs_no_version(
    index: str, tmp_path: Path
) -> None:
    alone = fetch("pypi:thing==1.2.0", tmp_path / "into", index=index)
    assert len(list(alone.git.log(alone.commit))) == 1
    with pytest.raises(SourceError, match="a version is needed"):
        fetch("pypi:thing", tmp_path / "into", index=index)
    newest = fetch("pypi:thing", tmp_path / "into", index=index, releases=2)
    assert newest.version == "2.0"
    subjects = [commit.subject for commit in newest.git.log(newest.commit)]
    assert subjects == ["thing 2.0", "thing 1.2.0: Fixed counting of empty things"]


def test_pre_releases_are_left_out_but_for_the_one_asked_for(index: str) -> None:
    found = find_releases("thing", "1.3b1", 2, index)
    assert [sdist.version for sdist in found] == ["1.2.0", "1.3b1"]
    assert all(sdist.uploaded.startswith("2024-0") for sdist in found)


def test_a_changelogs_section_ends_where_the_next_begins() -> None:
    assert section(CHANGES, "1.1.0") == "- Things"
    assert section(CHANGES, "9.9") == ""
    assert section("## [1.2.0] - 2024\n\n* One\n\n## 1.1.9\n* Two\n", "1.2") == "* One"


def test_dates_that_are_none_are_no_dates() -> None:
    assert uploaded_s("") is None and uploaded_s("soon") is None
    assert uploaded_s("2024-01-01T00:00:00") == 1_704_067_200
