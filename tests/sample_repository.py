"""A small real Git repository with a history: five modules, quick tests, and fixes near its end.

Built the same to the byte every time (fixed authors and dates), so its commits have fixed names.
Used by the tests and by `benchmarks/resume.py`.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

Files = Mapping[str, str | bytes | None]


class SampleRepository:
    """A Git repository with a work tree, to be committed to as a person would."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._commits = 0
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        """Run Git in the work tree and return what it printed."""
        when = f"{1_700_000_000 + 3600 * self._commits} +0000"
        about = {"NAME": "A Person", "EMAIL": "person@example.org", "DATE": when}
        people = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in about.items()
        }
        quiet = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(
            ["git", "-C", str(self.root), *arguments],
            env={**os.environ, **people, **quiet},
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    def write(self, files: Files) -> None:
        """Write files, or delete those given as `None`."""
        for name, content in files.items():
            path = self.root / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: Files, message: str) -> str:
        """Write and commit files; return the commit's id."""
        self.write(files)
        self.git("add", "--all", "--force")
        self._commits += 1
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


def build(root: Path, more: Files | None = None) -> SampleRepository:
    """Build the repository at `root`: a start (with `more` files), two fixes, work between them."""
    made = SampleRepository(root)
    start = {**CODE, **TESTS, **(more or {})}
    made.commit({**start, "shop/stock.py": UNGUARDED_STOCK, "shop/words.py": ROUGH_WORDS}, "Start")
    made.commit({"README.md": "# Shop\n\nA small shop.\n"}, "Say what this is")
    made.commit(
        {"shop/stock.py": CODE["shop/stock.py"], "tests/test_stock.py": TESTS_STOCK_FIXED},
        "Fix taking more than there is",
    )
    made.commit({"README.md": "# Shop\n\nA small shop, with stock.\n"}, "Say more")
    made.commit(
        {"shop/words.py": CODE["shop/words.py"], "tests/test_words.py": TESTS_WORDS_FIXED},
        "Fix shortening of texts that just fit",
    )
    return made


CODE: dict[str, str] = {
    "shop/__init__.py": '"""A small shop."""\n',
    "shop/prices.py": '''\
"""Prices, in cents."""

RATES = {"standard": 19, "reduced": 7, "none": 0}


def with_tax(net, kind="standard"):
    """Return the gross price."""
    if kind not in RATES:
        raise ValueError(f"no such rate: {kind}")
    return net + net * RATES[kind] // 100


def discount(price, percent):
    """Return the price less a discount of 0 to 100 percent."""
    if percent < 0 or percent > 100:
        raise ValueError("percent must be between 0 and 100")
    return price - price * percent // 100


def total(lines):
    """Return the sum of (price, count) lines; negative counts are refused."""
    amount = 0
    for price, count in lines:
        if count < 0:
            raise ValueError("a negative count")
        amount += price * count
    return amount


def cheapest(prices, limit):
    """Return the names of prices up to `limit`, cheapest first."""
    fitting = [(price, name) for name, price in prices.items() if price <= limit]
    fitting.sort()
    return [name for price, name in fitting]
''',
    "shop/stock.py": '''\
"""How much there is of what."""


class Stock:
    """Counts by name."""

    def __init__(self, counts=None):
        self.counts = dict(counts or {})
        self.log = []

    def add(self, name, count):
        """Put `count` of `name` on the shelf."""
        if count <= 0:
            raise ValueError("nothing to add")
        self.counts[name] = self.counts.get(name, 0) + count
        self.log.append(("add", name, count))
        return self.counts[name]

    def take(self, name, count):
        """Take `count` of `name`; all or nothing."""
        have = self.counts.get(name, 0)
        if count > have:
            raise LookupError(f"only {have} of {name}")
        self.counts[name] = have - count
        if self.counts[name] == 0:
            del self.counts[name]
        self.log.append(("take", name, count))
        return have - count

    def low(self, limit):
        """Return the names of which there are fewer than `limit`."""
        return sorted(name for name, count in self.counts.items() if count < limit)

    def merge(self, other):
        """Add everything of another stock."""
        for name, count in other.counts.items():
            self.add(name, count)
        return len(self.counts)
''',
    "shop/words.py": '''\
"""Texts on labels."""


def slug(text):
    """Return `text` in small letters with single dashes."""
    kept = []
    for letter in text.lower():
        if letter.isalnum():
            kept.append(letter)
        elif kept and kept[-1] != "-":
            kept.append("-")
    return "".join(kept).strip("-")


def shorten(text, width):
    """Return `text` cut to `width` characters with dots at the end."""
    if len(text) <= width:
        return text
    if width < 3:
        return text[:width]
    return text[: width - 3] + "..."


def wrap(words, width):
    """Return lines of words, each at most `width` wide where words allow."""
    lines = []
    line = ""
    for word in words:
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        elif line:
            line = line + " " + word
        else:
            line = word
    if line:
        lines.append(line)
    return lines


def plural(count, word):
    """Return a count with its word."""
    if count == 1:
        return f"{count} {word}"
    return f"{count} {word}s"
''',
    "shop/ranges.py": '''\
"""Half-open ranges of days."""


def overlap(first, second):
    """Return what two (start, stop) ranges share, or None."""
    start = max(first[0], second[0])
    stop = min(first[1], second[1])
    if start >= stop:
        return None
    return start, stop


def join(ranges):
    """Return the ranges with touching ones joined."""
    joined = []
    for start, stop in sorted(ranges):
        if joined and start <= joined[-1][1]:
            last = joined[-1]
            joined[-1] = (last[0], max(last[1], stop))
        else:
            joined.append((start, stop))
    return joined


def gaps(ranges, start, stop):
    """Return the free ranges between `start` and `stop`."""
    free = []
    at = start
    for first, last in join(ranges):
        if first > at:
            free.append((at, min(first, stop)))
        at = max(at, last)
        if at >= stop:
            break
    if at < stop:
        free.append((at, stop))
    return free


def days(ranges):
    """Return how many days the ranges cover."""
    return sum(stop - start for start, stop in join(ranges))
''',
    "shop/waiting.py": '''\
"""A queue of people with priorities."""


class Waiting:
    """First come, first served, among equals."""

    def __init__(self, limit=10):
        self.limit = limit
        self.people = []
        self.served = 0

    def enter(self, name, priority=0):
        """Let someone in; False when it is full or they are there already."""
        if len(self.people) >= self.limit:
            return False
        if self.position(name) is not None:
            return False
        self.people.append((priority, name))
        return True

    def position(self, name):
        """Return the place of someone, from 0, or None."""
        for index, (_, person) in enumerate(self.people):
            if person == name:
                return index
        return None

    def serve(self):
        """Return who is next, and forget them."""
        if not self.people:
            return None
        best = 0
        for index, (priority, _) in enumerate(self.people):
            if priority > self.people[best][0]:
                best = index
        self.served += 1
        return self.people.pop(best)[1]

    def leave(self, name):
        """Let someone go; whether they were there."""
        index = self.position(name)
        if index is None:
            return False
        del self.people[index]
        return True
''',
}

UNGUARDED_STOCK = CODE["shop/stock.py"].replace(
    """        if count > have:
            raise LookupError(f"only {have} of {name}")
""",
    "",
)
ROUGH_WORDS = CODE["shop/words.py"].replace("if len(text) <= width", "if len(text) < width")

TESTS: dict[str, str] = {
    "tests/test_prices.py": """\
import pytest

from shop.prices import cheapest, discount, total, with_tax


def test_tax():
    assert with_tax(1000) == 1190
    assert with_tax(1000, "none") == 1000


def test_reduced_tax():
    assert with_tax(200, "reduced") == 214


def test_unknown_tax():
    with pytest.raises(ValueError):
        with_tax(1, "other")


@pytest.mark.parametrize("percent, price", [(0, 200), (25, 150), (100, 0)])
def test_discount(percent, price):
    assert discount(200, percent) == price


@pytest.mark.parametrize("percent", [-1, 101])
def test_discount_out_of_range(percent):
    with pytest.raises(ValueError):
        discount(200, percent)


def test_total():
    assert total([(100, 2), (50, 1)]) == 250
    assert total([]) == 0


def test_total_refuses_negative_counts():
    with pytest.raises(ValueError):
        total([(100, -1)])


def test_cheapest():
    prices = {"pear": 30, "fig": 90, "plum": 20}
    assert cheapest(prices, 90) == ["plum", "pear", "fig"]
    assert cheapest(prices, 30) == ["plum", "pear"]
""",
    "tests/test_stock.py": """\
import pytest

from shop.stock import Stock


def test_add():
    stock = Stock()
    assert stock.add("fig", 2) == 2
    assert stock.add("fig", 3) == 5
    assert stock.log == [("add", "fig", 2), ("add", "fig", 3)]


def test_add_nothing():
    with pytest.raises(ValueError):
        Stock().add("fig", 0)


def test_take():
    stock = Stock({"fig": 3})
    assert stock.take("fig", 1) == 2
    assert stock.counts == {"fig": 2}


def test_take_all():
    stock = Stock({"fig": 3})
    assert stock.take("fig", 3) == 0
    assert stock.counts == {}


def test_low():
    stock = Stock({"fig": 3, "plum": 1, "pear": 2})
    assert stock.low(3) == ["pear", "plum"]


def test_merge():
    stock = Stock({"fig": 1})
    assert stock.merge(Stock({"fig": 2, "plum": 1})) == 2
    assert stock.counts == {"fig": 3, "plum": 1}
""",
    "tests/test_words.py": """\
from shop.words import plural, shorten, slug, wrap


def test_slug():
    assert slug("Red  Figs!") == "red-figs"


def test_slug_of_nothing():
    assert slug("--") == ""


def test_shorten():
    assert shorten("strawberries", 8) == "straw..."


def test_shorten_very_narrow():
    assert shorten("figs", 2) == "fi"


def test_short_texts_stay():
    assert shorten("fig", 9) == "fig"


def test_wrap():
    assert wrap(["a", "bb", "ccc"], 4) == ["a bb", "ccc"]


def test_wrap_nothing():
    assert wrap([], 4) == []


def test_plural():
    assert plural(1, "fig") == "1 fig"
    assert plural(2, "fig") == "2 figs"
""",
    "tests/test_ranges.py": """\
from shop.ranges import days, gaps, join, overlap


def test_overlap():
    assert overlap((1, 5), (3, 9)) == (3, 5)


def test_touching_ranges_do_not_overlap():
    assert overlap((1, 3), (3, 5)) is None


def test_join():
    assert join([(5, 7), (1, 3), (3, 4)]) == [(1, 4), (5, 7)]


def test_join_keeps_the_larger_end():
    assert join([(1, 9), (2, 3)]) == [(1, 9)]


def test_gaps():
    assert gaps([(2, 4), (6, 8)], 1, 10) == [(1, 2), (4, 6), (8, 10)]


def test_gaps_end_where_asked():
    assert gaps([(8, 20)], 1, 10) == [(1, 8)]
    assert gaps([(15, 20)], 1, 10) == [(1, 10)]


def test_days():
    assert days([(1, 3), (2, 5)]) == 4
""",
    "tests/test_waiting.py": """\
from shop.waiting import Waiting


def test_first_come_first_served():
    queue = Waiting()
    assert queue.enter("ann")
    assert queue.enter("bob")
    assert queue.serve() == "ann"
    assert queue.serve() == "bob"
    assert queue.served == 2


def test_priority_goes_first():
    queue = Waiting()
    queue.enter("ann")
    queue.enter("bob", priority=2)
    assert queue.serve() == "bob"


def test_full():
    queue = Waiting(limit=1)
    assert queue.enter("ann")
    assert not queue.enter("bob")


def test_nobody_enters_twice():
    queue = Waiting()
    assert queue.enter("ann")
    assert not queue.enter("ann")


def test_position():
    queue = Waiting()
    queue.enter("ann")
    queue.enter("bob")
    assert queue.position("bob") == 1
    assert queue.position("eve") is None


def test_leave():
    queue = Waiting()
    queue.enter("ann")
    assert queue.leave("ann")
    assert not queue.leave("ann")
    assert queue.people == []


def test_serve_nobody():
    assert Waiting().serve() is None
""",
}

TESTS_STOCK_FIXED = (
    TESTS["tests/test_stock.py"]
    + """

def test_take_more_than_there_is():
    stock = Stock({"fig": 3})
    with pytest.raises(LookupError):
        stock.take("fig", 4)
    assert stock.counts == {"fig": 3}
"""
)
TESTS_WORDS_FIXED = (
    TESTS["tests/test_words.py"]
    + """

def test_texts_that_just_fit_stay():
    assert shorten("figs", 4) == "figs"
"""
)

UNEVEN_TESTS = """\
import time

import pytest


def test_fails_always():
    assert 1 + 1 == 3


@pytest.mark.skip(reason="not here")
def test_skipped():
    pass


@pytest.mark.parametrize("stamp", [time.time_ns()])
def test_of_another_name_each_time(stamp):
    pass
"""
"""One test that fails, one that is skipped, and one that is never the same twice."""
