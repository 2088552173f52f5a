"""What belongs together is found through imports, names and the history."""

from __future__ import annotations

from journeyman.repository.coupling import MOST_FILES, Coupled, calls, changed_together
from journeyman.repository.git import Change, Commit

TEXTS = {
    "src/shop/__init__.py": "from shop.money import Price\n",
    "src/shop/money.py": "class Price:\n    def net(self): return 1\ndef tax(p): return p\n",
    "src/shop/deep/basket.py": (
        "from ..money import tax as levy\n"
        "from .. import Price\n"
        "from shop import money\n"
        "import shop.money as coins\n"
        "import json\n"
        "class Basket(money.Price):\n"
        "    usual = levy\n"
        "    def total(self):\n"
        "        return levy(levy(self.sum)) + Price().net() + json.loads('1')\n"
        "def cheap(p):\n"
        "    def inner(): return money.tax(p)\n"
        "    return inner() + coins.Price + unknown(p) + own(p)\n"
        "def own(p): return p\n"
    ),
    "src/shop/broken.py": "def f(:\n",
}


def commit(*paths: str) -> Commit:
    changes = tuple(Change(status="M", path=path) for path in paths)
    return Commit(id="0" * 40, parents=(), date=0, subject="", body="", changes=changes)


def test_calls_are_followed_through_imports_to_other_files() -> None:
    found = {(c.function, c.other_path, c.other_function, c.weight) for c in calls(TEXTS)}
    assert found == {
        ("Basket", "src/shop/money.py", "Price", 1),
        ("Basket", "src/shop/money.py", "tax", 1),
        ("Basket.total", "src/shop/money.py", "tax", 2),
        ("Basket.total", "src/shop/money.py", "Price", 1),
        ("cheap", "src/shop/money.py", "tax", 1),
        ("cheap", "src/shop/money.py", "Price", 1),
    }
    assert {(c.path, c.why) for c in calls(TEXTS)} == {("src/shop/deep/basket.py", "calls")}


def test_files_changed_together_often_enough_are_coupled() -> None:
    commits = [commit("a", "b"), commit("a", "b", "c"), commit("b", "a"), commit("a", "c")]
    assert changed_together(commits, {"a", "b", "c"}) == [
        Coupled(path="a", other_path="b", weight=3, why="changed together")
    ]


def test_commits_that_touch_everything_and_files_not_asked_for_do_not_count() -> None:
    much = commit(*(f"f{number}" for number in range(MOST_FILES + 1)))
    assert changed_together([much] * 5, {"f1", "f2"}) == []
    assert changed_together([commit("a", "b")] * 5, {"a"}) == []


def test_a_circle_of_imports_ends() -> None:
    texts = {
        "a.py": "from b import x\ndef f(): return x()\n",
        "b.py": "from a import x\n",
    }
    assert calls(texts) == []
