"""A wiki brought up to date equals one made anew."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeyman.understanding.wiki.difference import difference
from journeyman.understanding.wiki.keep import corrections_in, load, save
from journeyman.understanding.wiki.sources import World
from journeyman.understanding.wiki.write import Kept, write

PATHS = ["a.py", "pkg/b.py", "pkg/c.py", "pkg/__init__.py", "README.md", "test_d.py", "sub/e.js"]
TEXTS = [
    "",
    '"""Totals of all kinds."""\n\n\ndef total(prices):\n    """Add prices up."""\n    return 1\n',
    "from a import total\n\n\nclass Shop:\n    def price(self):\n        return total([1])\n",
    "import a\nfrom pkg.b import Shop\n\n\ndef test_total():\n    assert a.total([1]) == Shop()\n",
    "# Words\n\nThis is about totals and prices. It mentions Shop.\n",
    "export function parseHeader(text) { return text }\n",
]
_EDITS = st.lists(
    st.tuples(
        st.sampled_from(PATHS),
        st.sampled_from([*TEXTS, None]),
        st.sampled_from(["commit", "leave", "rename"]),
    ),
    min_size=1,
    max_size=5,
)


def _edit(shop: Any, path: str, text: str | None, then: str) -> None:
    place = shop.root / path
    if text is None:
        place.unlink(missing_ok=True)
    elif then == "rename" and place.exists():
        place.rename(place.with_name(f"x_{place.name}"))
    else:
        shop.write({path: text})
    if then != "leave":
        shop.commit({}, f"{then} {path}")


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(first=_EDITS, second=_EDITS, corrected=st.booleans())
def test_brought_up_to_date_equals_made_anew(
    repository_in: Any, first: list[Any], second: list[Any], corrected: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop = repository_in(Path(folder) / "shop", Path(folder) / "index")
        kept: tuple[Kept, ...] = ()
        for edits in (first, second):
            for edit in edits:
                _edit(shop, *edit)
            with shop.world() as world:
                updated = write(world, kept)
                save(Path(folder) / "wiki", "shop", updated.kept)
                kept = load(Path(folder) / "wiki")
                assert kept == updated.kept
        if corrected:
            with shop.world(corrections={"overview": "It is old."}) as world:
                updated = write(world, kept)
        written = {"corrections": {"overview": "It is old."}} if corrected else {}
        with shop.world(Path(folder) / "another", **written) as world:
            anew = write(world)
        assert updated.wiki == anew.wiki
        assert updated.checked.made == anew.checked.made
        assert not anew.checked.failed


def test_nothing_is_made_twice(opened: World) -> None:
    first = write(opened)
    assert first.remade == len(first.wiki.pages)
    assert write(opened, first.kept).remade == 0


def test_only_pages_whose_inputs_changed_are_made_anew(
    repository: Callable[[], Any],
) -> None:
    shop = repository()
    files = {
        f"{folder}/{name}.py": f"def {folder}_{name}():\n    return {folder}_{other}()\n"
        f"\n\nfrom {folder}.{other} import {folder}_{other}\n"
        for folder in ("orders", "mail", "stock")
        for name, other in (("one", "two"), ("two", "three"), ("three", "one"))
    }
    shop.commit(files, "First")
    with shop.world() as world:
        first = write(world)
    shop.write({"mail/one.py": files["mail/one.py"] + "\n\nMORE = 1\n"})
    with shop.world() as world:
        second = write(world, first.kept)
    assert 0 < second.remade < len(second.wiki.pages)
    (stock,) = [page for page in second.wiki.pages if page.slug == "folder-stock"]
    assert stock in first.wiki.pages


def test_a_damaged_file_is_no_wiki(tmp_path: Path, opened: World) -> None:
    assert load(tmp_path) == ()
    save(tmp_path, "shop", write(opened).kept)
    assert load(tmp_path)
    text = (tmp_path / "wiki.json").read_text()
    (tmp_path / "wiki.json").write_text(text[: len(text) // 2])
    assert load(tmp_path) == ()


def test_corrections_beside_the_index_are_read(tmp_path: Path) -> None:
    (tmp_path / "overview.md").write_bytes(b"It is old\xff")
    (tmp_path / "notes.txt").write_text("not one")
    assert corrections_in(tmp_path) == {"overview": "It is old�"}
    assert corrections_in(tmp_path / "nothing") == {}


def test_a_difference_tells_claims_that_came_and_went(
    repository: Callable[[], Any],
) -> None:
    shop = repository()
    shop.commit({"a.py": "def one():\n    return 1\n"}, "First")
    with shop.world() as world:
        old = write(world).wiki
    assert difference(old, old) == []
    shop.commit({"pkg/b.py": "def two():\n    return 2\n"}, "Second")
    with shop.world() as world:
        new = write(world).wiki
    found = {one.slug: one for one in difference(old, new)}
    assert found["overview"].state == "changed" and found["overview"].gone
    assert found["folder-pkg"].state == "new" and found["folder-pkg"].added
    assert {one.slug: one.state for one in difference(new, old)}["folder-pkg"] == "gone"
