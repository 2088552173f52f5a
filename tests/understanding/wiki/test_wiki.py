"""What stands in a wiki holds, and what does not is found out."""

from __future__ import annotations

import dataclasses
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from journeyman.errors import SettingsError
from journeyman.records import digest
from journeyman.understanding.wiki.checking import Checked, check, recheck
from journeyman.understanding.wiki.claims import typed
from journeyman.understanding.wiki.page import Citation, Claim, Page, Wiki
from journeyman.understanding.wiki.quoting import cite
from journeyman.understanding.wiki.sources import Sources, World
from journeyman.understanding.wiki.text import text_of, tokens
from journeyman.understanding.wiki.write import page_of_file, write

Make = Callable[[], Any]


def _claims(pages: tuple[Page, ...]) -> list[Claim]:
    return [claim for page in pages for section in page.sections for claim in section.claims]


def test_every_citation_is_what_git_shows(opened: World, shop_root: Path) -> None:
    written = write(opened)
    assert not written.checked.failed
    cites = [one for claim in _claims(written.wiki.pages) for one in claim.cites]
    assert len(cites) > 10
    for one in cites:
        shown = subprocess.run(
            ["git", "show", f"{one.commit}:{one.path}"],
            cwd=shop_root, capture_output=True, text=True, check=True,
        ).stdout.split("\n")  # fmt: skip
        assert digest("\n".join(shown[one.first - 1 : one.last])) == one.hash


def test_all_kinds_of_pages_are_there_and_the_overview_is_first(opened: World) -> None:
    wiki = write(opened).wiki
    assert wiki.pages[0].slug == "overview"
    assert {page.kind for page in wiki.pages} == {"overview", "concept", "folder"}
    file = page_of_file(opened, "shop/prices.py")
    assert file is not None and file.held == file.made > 4
    assert page_of_file(opened, "nothing.py") is None


def test_names_of_concepts_occur_in_their_members(opened: World) -> None:
    for concept in opened.concepts.all:
        names = " ".join(
            f"{unit.path} {' '.join(one.name for one in opened.ground.file(unit.path).symbols)}"  # type: ignore[union-attr]
            for unit in concept.units
        )
        said = set(re.findall("[a-z]+", re.sub("([a-z])([A-Z])", r"\1 \2", names).lower()))
        words = set(re.findall("[a-z]+", concept.title.lower())) - {"and", "in"}
        assert words <= said


def test_a_typed_claim_that_says_something_else_does_not_hold(opened: World) -> None:
    sources = Sources(opened)
    claim = typed(sources, "defines", "shop/prices.py", "shop/prices.py::total")
    assert claim is not None and check(claim, sources) is None
    wrong = dataclasses.replace(claim, text=claim.text.replace("lines 8", "lines 9"))
    assert "the index says" in str(check(wrong, sources))
    gone = dataclasses.replace(claim, object="shop/prices.py::sum_up")
    assert check(gone, sources) == "the index no longer says so"


def test_prose_must_cite_lines_that_are_there(opened: World) -> None:
    sources = Sources(opened)
    good = cite(sources, "shop/prices.py", 8, 14)
    claim = Claim("prose", "`total` calls `check_discount`.", cites=(good,))
    assert check(claim, sources) is None
    for wrong in (
        dataclasses.replace(good, hash="0" * 20),
        dataclasses.replace(good, last=9_000),
        dataclasses.replace(good, path="gone.py"),
        Citation(good.commit, good.path, 3, 2, good.hash),
    ):
        assert check(dataclasses.replace(claim, cites=(wrong,)), sources)
    assert check(dataclasses.replace(claim, cites=()), sources) == "it cites nothing"


def test_names_in_prose_occur_in_the_lines_or_next_to_them(opened: World) -> None:
    sources = Sources(opened)
    cites = (cite(sources, "shop/prices.py", 8, 14),)

    def why(text: str) -> str | None:
        return check(Claim("prose", text, cites=cites), sources)

    assert why("`Basket.price` calls it") is None  # a caller
    assert why("it is in `prices.py`") is None
    assert "`Parcel` occurs neither" in str(why("`Parcel` calls it"))
    assert why("It says: “Nothing is rounded.”") is None
    assert "does not stand" in str(why("It says: “Everything is rounded.”"))


def test_what_does_not_hold_is_dropped_and_listed(opened: World) -> None:
    checked = Checked("abc1234567")
    kept = checked.take([Claim("prose", "All is well.")], Sources(opened))
    assert kept == () and len(checked.failed) == 1
    assert str(checked) == "0 of 1 claims hold at abc1234567"


def test_claims_that_went_out_of_date_are_found(repository: Make) -> None:
    shop = repository()
    code = {"shop.py": 'def total(prices):\n    """Add prices up."""\n    return sum(prices)\n'}
    shop.commit({**code, "till.py": "from shop import total\n\ntotal([1])\n"}, "First")
    with shop.world() as world:
        old = write(world)
        assert not recheck(old.wiki.pages, Sources(world)).failed
    shop.commit({"shop.py": code["shop.py"].replace("total", "whole")}, "Rename it")
    with shop.world() as world:
        failed = recheck(old.wiki.pages, Sources(world)).failed
        assert {claim.kind for claim, _ in failed} >= {"prose", "counts"}


def test_a_changed_file_is_cited_as_it_lies_there(repository: Make) -> None:
    shop = repository()
    shop.commit({"a.py": 'def one():\n    """Return one thing."""\n', "b.py": "B = 1\n"}, "First")
    shop.write({"a.py": 'def one():\n    """Return another thing."""\n'})
    with shop.world() as world:
        written = write(world)
        assert not written.checked.failed
        cites = [one for claim in _claims(written.wiki.pages) for one in claim.cites]
        assert {one.commit for one in cites if one.path == "a.py"} <= {""}


HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) `code` ![i](http://e.org) | # h"


def test_hostile_text_is_only_text(repository: Make) -> None:
    shop = repository()
    doc = f'"""{HOSTILE} says this module."""\n'
    body = f'def pay(money):\n    """{HOSTILE} is what it does."""\n'
    shop.commit({"pay.py": doc + body, "use.py": "from pay import pay\n\npay(1)\n"}, HOSTILE)
    shop.commit({".journeyman-wiki/overview.md": f"{HOSTILE}\n\n# Heading"}, f"`{HOSTILE}")
    with shop.world() as world:
        written = write(world)
        assert not written.checked.failed
        texts = [text_of(page) for page in written.wiki.pages]
    for text in texts:
        assert "<" not in re.sub("`[^`]*`", "", text)
        assert "<script" not in text
        for link in re.findall(r"(?<!\\)\[[^\]]*[^\\\]]\]\(([^)]*)\)", text):
            assert re.fullmatch(r"[a-z0-9-]+\.md", link)
    assert any("alert" in text for text in texts)


def test_cells_of_tables_from_others_are_never_links(repository: Make) -> None:
    shop = repository()
    shop.commit({"a.py": "A = 1\n"}, "[here](overview)")
    with shop.world() as world:
        wiki = write(world).wiki
    cells = [
        cell
        for page in wiki.pages
        for section in page.sections
        for row in (section.table.rows if section.table else ())
        for cell in row
    ]
    assert "[here](overview)" not in cells and "[here] (overview)" in cells


def test_the_team_has_the_last_word(repository: Make) -> None:
    shop = repository()
    files = {f"pkg/{name}.py": f"def {name}():\n    return 1\n" for name in "abc"}
    shop.commit(
        {**files, "journeyman.toml": '[wiki]\nimitate = ["pkg/a.py"]\navoid = ["**/b.py"]\n'}, "x"
    )
    with shop.world() as world:
        page = next(one for one in write(world).wiki.pages if one.slug == "folder-pkg")
    said = {one.heading: [claim.text for claim in one.claims] for one in page.sections}
    assert "`pkg/a.py`: the team says so (journeyman.toml)." in said["What to imitate"]
    assert "`pkg/b.py`: the team says so (journeyman.toml)." in said["What to stay away from"]


@pytest.mark.parametrize(
    "text", ["[wiki", "wiki = 3", "[wiki]\nimitate = 3", "[wiki]\nimtate = []"]
)
def test_a_malformed_settings_file_says_what_to_do(repository: Make, text: str) -> None:
    shop = repository()
    shop.commit({"journeyman.toml": text}, "Settings")
    with pytest.raises(SettingsError), shop.world():
        pass


def test_corrections_survive_and_are_shown_as_a_persons(repository: Make) -> None:
    shop = repository()
    shop.commit({"a.py": "A = 1\n", ".journeyman-wiki/overview.md": "It is *old*."}, "First")
    beside = {"overview": "And small.", "gone": "About a page of old."}
    with shop.world(corrections=beside) as world:
        page = write(world).wiki.pages[0]
    assert page.correction == "It is *old*.\n\nAnd small."
    assert "## What people say about it" in text_of(page)
    assert "About a page of old." in str(page.sections)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"README.md": "# Words\n\nThis repository has nothing but words in it.\n"},
        {"data.json": "{}"},
        {"a.py": ""},
        {"bad.py": "def broken(:\n"},
    ],
)
def test_any_repository_gets_a_page(repository: Make, files: dict[str, str]) -> None:
    shop = repository()
    shop.write(files)
    with shop.world() as world:  # no commits at all
        written = write(world)
        assert written.wiki.pages[0].slug == "overview" and not written.checked.failed
    shop.commit(files, "First")
    with shop.world() as world:
        written = write(world)
        assert not written.checked.failed
        assert all(tokens(text_of(page)) > 5 for page in written.wiki.pages)


def test_a_page_is_text_with_everything_in_it(opened: World) -> None:
    wiki: Wiki = write(opened).wiki
    text = text_of(wiki.pages[0])
    assert text.startswith("# shop\n")
    assert f"{wiki.pages[0].held} of {wiki.pages[0].made} claims hold at" in text
