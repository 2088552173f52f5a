from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from journeyman.errors import SourceError
from journeyman.repository.index import (
    DEFAULT_URL,
    download,
    find_sdist,
    index_url,
    redact,
)

ServeIndex = Callable[..., str]


def files(directory: Path, *names: str) -> list[Path]:
    for name in names:
        (directory / name).write_bytes(name.encode())
    return [directory / name for name in names]


@pytest.mark.parametrize("kind", ["json", "html"])
def test_both_forms_of_the_simple_api_are_understood(
    tmp_path: Path, serve_index: ServeIndex, kind: str
) -> None:
    names = ("my_thing-1.0.tar.gz", "my_thing-1.0-py3-none-any.whl", "my_thing-1.1.zip")
    [first, *_] = files(tmp_path, *names)
    url = serve_index({"my-thing": files(tmp_path, *names)}, kind)
    sdist = find_sdist("My.Thing", "1.0.0", url)
    assert sdist.filename == first.name
    assert sdist.sha256 == hashlib.sha256(first.read_bytes()).hexdigest()
    (tmp_path / "into").mkdir()
    path, digest = download(sdist, tmp_path / "into", pin=sdist.sha256.upper())
    assert path.read_bytes() == first.read_bytes() and digest == sdist.sha256


def test_an_unknown_version_names_the_nearest(tmp_path: Path, serve_index: ServeIndex) -> None:
    names = [f"thing-1.{minor}.tar.gz" for minor in range(20)]
    url = serve_index({"thing": files(tmp_path, *names)})
    with pytest.raises(SourceError) as caught:
        find_sdist("thing", "1.10.5", url)
    assert "1.10," in caught.value.cure and "1.11" in caught.value.cure
    assert "1.0," not in caught.value.cure


def test_a_missing_version_names_the_newest_final_one(
    tmp_path: Path, serve_index: ServeIndex
) -> None:
    url = serve_index({"thing": files(tmp_path, "thing-1.0.tar.gz", "thing-2.0rc1.tar.gz")})
    with pytest.raises(SourceError, match=r"thing==1\.0"):
        find_sdist("thing", "", url)


def test_a_version_of_wheels_only_says_which_have_a_source_distribution(
    tmp_path: Path, serve_index: ServeIndex
) -> None:
    url = serve_index({"thing": files(tmp_path, "thing-1.0.tar.gz", "thing-2.0-py3-none-any.whl")})
    with pytest.raises(SourceError, match="no source distribution") as caught:
        find_sdist("thing", "2.0", url)
    assert "1.0" in caught.value.cure


def test_an_unknown_name_is_an_error(serve_index: ServeIndex) -> None:
    with pytest.raises(SourceError, match="There is no nothing"):
        find_sdist("nothing", "1.0", serve_index({}))


def test_a_file_that_is_not_what_the_index_says_is_refused(
    tmp_path: Path, serve_index: ServeIndex
) -> None:
    url = serve_index({"thing": files(tmp_path, "thing-1.tar.gz")}, wrong=("thing-1.tar.gz",))
    (tmp_path / "into").mkdir()
    with pytest.raises(SourceError, match="the index says sha256 0000"):
        download(find_sdist("thing", "1", url), tmp_path / "into")


def test_a_failing_index_and_an_absent_one_are_told_apart(serve_index: ServeIndex) -> None:
    with pytest.raises(SourceError, match="status 500"):
        find_sdist("thing", "1", serve_index({}, "broken"))
    with pytest.raises(SourceError, match="cannot be reached") as caught:
        find_sdist("thing", "1", "http://127.0.0.1:9/simple")
    assert "network" in caught.value.cure
    with pytest.raises(SourceError, match="cannot be reached"):
        find_sdist("thing", "1", "file:///simple")


def test_the_index_is_the_setting_then_uvs_then_pips_then_the_public_one(tmp_path: Path) -> None:
    nothing = {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "none")}
    pip = tmp_path / ".config/pip/pip.conf"
    pip.parent.mkdir(parents=True)
    pip.write_text("[global]\nindex-url = https://pip.example/simple/\n")
    configured = {**nothing, "PIP_INDEX_URL": "https://environment.example/simple"}
    both = {**configured, "UV_DEFAULT_INDEX": "corporate=https://uv.example/simple/"}
    assert index_url("https://set.example/simple", both) == "https://set.example/simple"
    assert index_url(None, both) == "https://uv.example/simple"
    assert index_url(None, configured) == "https://environment.example/simple"
    assert index_url(None, nothing) == "https://pip.example/simple"
    named = tmp_path / "other.conf"
    named.write_text("[install]\nindex-url = https://named.example/simple\n")
    assert index_url(None, {**nothing, "PIP_CONFIG_FILE": str(named)}) == (
        "https://named.example/simple"
    )


def test_without_any_setting_the_public_index_is_used(tmp_path: Path) -> None:
    pip = tmp_path / ".config/pip/pip.conf"
    pip.parent.mkdir(parents=True)
    pip.write_text("not an ini file")
    found = index_url(None, {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "none")})
    assert found == DEFAULT_URL or found.startswith("http")


def test_passwords_are_kept_out_of_messages() -> None:
    assert redact("https://me:secret@host.example/simple") == "https://***@host.example/simple"
    assert redact("https://host.example/simple") == "https://host.example/simple"


def test_the_real_index_gives_a_known_file(tmp_path: Path) -> None:
    try:
        sdist = find_sdist("inflection", "0.5.1", index_url())
        path, _ = download(sdist, tmp_path)
    except SourceError as error:
        if "cannot be reached" in error.message or "status" in error.message:
            pytest.skip(f"the package index cannot be reached: {error.message}")
        raise
    assert path.stat().st_size > 10_000
    assert sdist.sha256.startswith("1a29730d366e996a")
