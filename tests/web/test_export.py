from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import pytest

from journeyman.errors import UserError
from journeyman.understanding.wiki.page import Wiki
from journeyman.web.export import export
from journeyman.web.links import Names


@pytest.fixture
def written(shop: ModuleType, tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    export(shop.wiki(), folder, shop.SampleCode(), shop.SampleKnown().atlas())
    return folder


def test_every_link_is_relative_and_leads_to_a_file_and_place_that_is_there(written: Path) -> None:
    checked = 0
    for page in written.rglob("*.html"):
        text = page.read_text("utf-8")
        for address in re.findall(r'(?:href|src|action)="([^"]*)"', text):
            assert not re.match(r"(?i)(\w+:|/)", address) or address == "data:,", (page, address)
            name, _, place = address.partition("#")
            if address == "data:,":
                continue
            target = (page.parent / unquote(name)).resolve() if name else page
            assert target.is_file() and target.is_relative_to(written), (page, address)
            if place:
                assert f'id="{place}"' in target.read_text("utf-8"), (page, address)
            checked += 1
    assert checked > 100


def test_nothing_is_loaded_from_elsewhere(written: Path) -> None:
    for file in written.rglob("*"):
        if file.suffix in (".css", ".js"):
            assert not re.search(r"https?://|@import|url\(", file.read_text("utf-8")), file
        elif file.suffix == ".html":
            text = file.read_text("utf-8")
            assert not re.search(r'(?i)(src|href|action|srcset|data)="\s*(https?:)?//', text), file
            assert "default-src &#39;none&#39;" in text
            assert "<script>" not in text and "javascript:alert" not in re.sub(
                r">[^<]*<", "><", text
            )


def test_each_page_is_there_as_text_too(written: Path) -> None:
    pages = [*(written / "wiki").rglob("*.html"), written / "index.html"]
    assert len(pages) == 7
    for page in pages:
        assert "tokens)" in page.with_suffix(".txt").read_text("utf-8")


def test_search_has_titles_symbols_and_summaries(written: Path) -> None:
    script = (written / "assets" / "pages.js").read_text("utf-8")
    rows = json.loads(script.removeprefix("window.journeymanPages = ").rstrip(";\n"))
    prices = next(row for row in rows if row[0] == "src/prices.py")
    assert prices == ["src/prices.py", "file", "wiki/files/src/prices.py.html", "About src/prices.py.", "total"]  # fmt: skip  # noqa: E501
    assert "<" not in script
    assert "needs the server" in (written / "search.html").read_text("utf-8")


def test_an_older_export_is_replaced_whole_and_nothing_else_is_touched(
    shop: ModuleType, written: Path
) -> None:
    old = shop.wiki()
    export(
        Wiki("shop", old.commit, old.pages[:1]),
        written,
        shop.SampleCode(),
        shop.sample().known.atlas(),
    )
    assert not (written / "wiki").exists()
    assert sorted(one.name for one in written.parent.iterdir()) == ["site"]


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_was_not_written_by_export_is_left_alone(
    shop: ModuleType, tmp_path: Path, kind: str
) -> None:
    place = tmp_path / "mine"
    if kind == "folder":
        place.mkdir()
        (place / "thesis.txt").write_text("years of work")
    elif kind == "file":
        place.write_text("years of work")
    else:
        (tmp_path / "real").mkdir()
        place.symlink_to(tmp_path / "real")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError, match="was not written by this command"):
        export(shop.wiki(), place, shop.SampleCode(), shop.SampleKnown().atlas())
    assert sorted(tmp_path.rglob("*")) == before


def test_an_export_that_fails_leaves_the_old_one(shop: ModuleType, written: Path) -> None:
    class Broken(shop.SampleCode):  # type: ignore[misc, name-defined]
        def show(self, *_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

    before = {file: file.read_bytes() for file in written.rglob("*") if file.is_file()}
    with pytest.raises(UserError, match="No space left"):
        export(shop.wiki(), written, Broken(), shop.SampleKnown().atlas())
    assert before == {file: file.read_bytes() for file in written.rglob("*") if file.is_file()}
    assert sorted(one.name for one in written.parent.iterdir()) == ["site"]


def test_an_empty_wiki_is_written(shop: ModuleType, tmp_path: Path) -> None:
    done = export(
        Wiki("empty", "", ()), tmp_path / "site", shop.SampleCode(), shop.sample().known.atlas()
    )
    assert done.pages == 0
    assert "There are none" in (tmp_path / "site" / "index.html").read_text("utf-8")


def test_names_of_files_are_plain_and_none_is_there_twice() -> None:
    slugs = ["o", "a/../../etc", "../x", "A/b", "a/B", "a/b", "con", "x" * 300, "é/ü", "a.html/b", "/", ".", "a:b", "a?b"]  # fmt: skip  # noqa: E501
    names = Names("o", slugs, ["a/b", "..", "C:\\x"])
    made = [*names.pages.values(), *names.code.values()]
    assert len({name.lower() for name in made}) == len(made)
    for name in made:
        assert re.fullmatch(r"[A-Za-z0-9._+@/ -]+", name)
        assert not {"", ".", ".."} & set(name.split("/"))
        assert max(len(part) for part in name.split("/")) < 100
    assert names.pages["o"] == "index"
