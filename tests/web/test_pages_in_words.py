from __future__ import annotations

from types import ModuleType

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from journeyman.understanding.wiki.page import Citation, Page, Wiki
from journeyman.web.inline import Inline
from journeyman.web.links import Served
from journeyman.web.site import Site
from journeyman.web.text import page_text


def _inline(shop: ModuleType) -> Inline:
    return Inline(Site(shop.wiki()), Served("overview"))


def test_names_in_backquotes_lead_to_pages_and_lines(shop: ModuleType) -> None:
    inline = _inline(shop)
    assert 'href="/wiki/files/src/prices.py"' in inline.words("see `src/prices.py`")
    assert 'href="/code/src/x.py?lines=3-9#L3"' in inline.words("see `src/x.py:3-9`")
    assert inline.words("``total``") == "<code>total</code>"
    assert "href" not in inline.words("`total` and `a:b` and [Prices](files/src/prices.py)")


def test_a_cell_links_to_pages_that_are_there_and_to_nothing_else(shop: ModuleType) -> None:
    inline = _inline(shop)
    assert inline.cell("[Ada L](people/Ada L)") == '<a href="/wiki/people/Ada%20L">Ada L</a>'
    assert inline.cell("[a[b]](overview)") == '<a href="/">a[b]</a>'
    for hostile in ("[x](javascript:alert(1))", "[x](//evil.example)", "[x](https://e.example)"):
        assert inline.cell(hostile) == "x"


def test_a_citation_of_another_commit_says_so(shop: ModuleType) -> None:
    found = _inline(shop).cite(Citation("cd" * 20, "src/prices.py", 1, 2, ""))
    assert f"at={'cd' * 20}" in found and "at cdcdcdcdcd" in found


@given(st.text())
def test_text_becomes_no_element_but_code_and_links(text: str) -> None:
    site = Site(Wiki("r", "", ()))
    for made in (Inline(site, Served("")).words(text), Inline(site, Served("")).cell(text)):
        bare = str(made)
        for ours in ("<code>", "</code>", "<wbr>", "</a>"):
            bare = bare.replace(ours, "")
        parts = bare.split('<a href="/code/')
        assert all(
            "<" not in part for part in (parts[0], *(p.partition('">')[2] for p in parts[1:]))
        )
    assert isinstance(Markup(escape(text)), Markup)


def test_a_page_as_text_has_everything_that_the_page_has(shop: ModuleType) -> None:
    text = page_text(shop.wiki().pages[1])
    for part in ("# Prices (about", "2 of 3 claims hold", "Ask Ada first", "[src/prices.py:1-2]"):
        assert part in text
    text = page_text(shop.wiki().pages[0])
    assert "File | Lines" in text and "flowchart LR" in text


def test_the_path_of_a_file_or_folder_is_its_title() -> None:
    def path(title: str, kind: str) -> str:
        page = Page("file-a-py-12ab34", title, kind, "", "", (), 0, 0)  # type: ignore[arg-type]
        return Site(Wiki("r", "", (page,))).path_of(page)

    assert path("src/a.py", "file") == "src/a.py"
    assert path("`src/`", "folder") == "src"
    assert path("Prices", "concept") == ""
