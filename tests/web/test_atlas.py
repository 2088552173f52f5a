from __future__ import annotations

import json
from types import ModuleType

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journeyman.web.atlas import MOST_EDGES, as_script, draw
from journeyman.web.links import Served
from journeyman.web.site import Site
from journeyman.web.treemap import tree

NAMES = st.sampled_from(["a", "b", "core", "web", "x.py"])
PATHS = st.lists(
    st.lists(NAMES, min_size=1, max_size=4).map(lambda parts: "/".join(parts) + "/f.py"),
    min_size=1,
    max_size=40,
    unique=True,
)


@given(PATHS, st.randoms())
def test_files_lie_in_their_folders_and_none_on_another(paths, chance) -> None:  # type: ignore[no-untyped-def]
    files = [(path, chance.randrange(3000), "code") for path in sorted(paths)]
    edges = {(chance.randrange(len(files)), chance.randrange(len(files))): 1 for _ in range(20)}
    atlas = draw(files, {"imports": {pair: 1 for pair in edges if pair[0] != pair[1]}})
    where = np.array(atlas.where)
    assert (where[:, 2:] > 0).all()
    for folder in atlas.folders:
        left, top, width, height = folder.where
        for file in folder.files:
            x, y, w, h = where[file]
            assert x >= left - 0.02 and y >= top - 0.02
            assert x + w <= left + width + 0.02 and y + h <= top + height + 0.02
    for at, (x, y, w, h) in enumerate(where):
        others = where[at + 1 :]
        wide = np.minimum(x + w, others[:, 0] + others[:, 2]) - np.maximum(x, others[:, 0])
        high = np.minimum(y + h, others[:, 1] + others[:, 3]) - np.maximum(y, others[:, 1])
        assert not ((wide > 0.03) & (high > 0.03)).any()


def test_the_same_repository_is_drawn_the_same_way() -> None:
    files = [(f"p{at % 7}/m{at}.py", at, "code") for at in range(200)]
    edges = {"imports": {(at, (at * 37) % 200): 1 for at in range(1, 200) if at != (at * 37) % 200}}
    assert draw(files, edges) == draw(files, edges)


def test_folders_that_use_each_other_lie_side_by_side() -> None:
    files = [(f"{name}/{at}.py", 100, "code") for name in "abcd" for at in range(4)]
    edges = {(at, at + 8): 50 for at in range(8)}
    folders = {one.path: one.where for one in draw(files, {"imports": edges}).folders}

    def apart(one: str, other: str) -> float:
        return abs(folders[one][0] - folders[other][0]) + abs(folders[one][1] - folders[other][1])

    for one, other in ("ac", "bd", "ca", "db"):
        nearest = sorted("abcd".replace(one, ""), key=lambda name: apart(one, name))
        assert other in nearest[:1]


def test_a_chain_of_folders_is_one() -> None:
    folders = tree(["src/main/java/A.java", "src/main/java/b/B.java", "README.md"])
    assert [one.path for one in folders] == ["", "src/main/java", "src/main/java/b"]


def test_too_many_edges_are_counted_not_shown() -> None:
    files = [(f"{at:04}.py", 1, "code") for at in range(300)]
    edges = {(a, b): 1 for a in range(300) for b in range(200) if a != b}
    atlas = draw(files, {"calls": edges})
    assert len(atlas.edges["calls"]) == MOST_EDGES
    assert atlas.left_out["calls"] == len(edges) - MOST_EDGES


def test_the_script_is_data_and_cannot_end_its_element(shop: ModuleType) -> None:
    atlas = draw([("</script><script>alert(1)\u2028.py", 3, "code")], {"imports": {}})
    script = as_script(atlas, Site(shop.wiki()), Served("overview"))
    assert "<" not in script and "\u2028" not in script
    data = json.loads(script.removeprefix("window.journeymanAtlas = ").rstrip(";\n"))
    assert data["names"] == ["script><script>alert(1)\u2028.py"]


def test_an_empty_repository_is_drawn() -> None:
    assert draw([], {}).paths == ()
