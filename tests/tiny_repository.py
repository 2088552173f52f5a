"""A tree of one module and its tests, with a fork server on it: what sandbox and grading need."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from journeyman.records import Patch, TestReport
from journeyman.sandbox.bubblewrap import Bind
from journeyman.sandbox.forkserver import Pool, Server
from journeyman.sandbox.limits import Limits
from journeyman.sandbox.testing.pytest_suite import PytestSuite, SuiteSettings

PRICES = '''"""Prices of a tiny shop."""


def total(prices, discount=0):
    """Add prices up, less a discount."""
    if discount < 0:
        raise ValueError("a discount is not negative")
    return sum(prices) - discount


def cheapest(prices):
    return min(prices)
'''

TESTS = """import math
import unittest

import pytest

from tinyshop import prices


def test_total():
    assert prices.total([1, 2]) == 3


def test_discount():
    assert prices.total([5, 4], 2) == 7


def test_nothing():
    assert prices.total([]) == 0


def test_negative():
    with pytest.raises(ValueError):
        prices.total([1], -1)


def test_near():
    assert prices.total([0.1, 0.2]) == pytest.approx(0.3)
    assert math.isclose(prices.total([0.5]), 0.5)


def test_cheapest():
    assert prices.cheapest([3, 1, 2]) == 1


class Totals(unittest.TestCase):
    def test_three(self):
        self.assertEqual(prices.total([1, 1, 1]), 3)
"""

MORE_TESTS = """from tinyshop.prices import total


def test_large():
    assert total([100, 200], 50) == 250
"""

FILES = {
    "tinyshop/__init__.py": "",
    "tinyshop/prices.py": PRICES,
    "tests/test_prices.py": TESTS,
    "tests/test_prices_more.py": MORE_TESTS,
    "link-out": None,
}
MODULE = "tests/test_prices.py"
ALL_TESTS = (
    *(
        f"{MODULE}::test_{name}"
        for name in ("cheapest", "discount", "near", "negative", "nothing", "total")
    ),
    f"{MODULE}::Totals::test_three",
    "tests/test_prices_more.py::test_large",
)
QUICK = Limits(wall_s=10, cpu_s=5, memory_mb=256, processes=24, file_mb=8, tmp_mb=16, output_mb=2)


@dataclass
class Tiny:
    """The tree at `base`, a pool of one server on it, and how its tests are run."""

    base: Path
    pool: Pool
    settings: SuiteSettings

    @property
    def suite(self) -> PytestSuite:
        return PytestSuite(self.pool, self.settings, wordy=True)

    def read(self, path: str) -> str | None:
        place = self.base / path
        return place.read_text() if place.is_file() else None

    def probe(self, body: str, **limits: int) -> TestReport:
        """Run `body` as a test in a run of its own."""
        settings = replace(self.settings, limits=replace(QUICK, **limits))
        text = "def test_probe():\n" + textwrap.indent(textwrap.dedent(body), "    ")
        patch = Patch(files={"tests/test_probe.py": text})
        return PytestSuite(self.pool, settings, wordy=True).run(patch, [PROBE])


PROBE = "tests/test_probe.py::test_probe"


def server(base: Path, *, tier: str = "bubblewrap", modules: Sequence[str] = ()) -> Server:
    """Return how a server on `base` is started, under the interpreter that runs the tests."""
    prefixes = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_prefix).resolve()}
    binds = tuple(Bind(place, str(place)) for place in sorted(prefixes) if place != Path("/usr"))
    return Server(sys.executable, base, binds, tuple(modules), tier=tier, limits=QUICK)


def build(base: Path) -> None:
    """Write the tree, with a link that leads out of it."""
    for name, text in FILES.items():
        place = base / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            place.symlink_to("/tmp")
        else:
            place.write_text(text)


def how() -> SuiteSettings:
    variables = (("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"),)
    return SuiteSettings("tiny", ("tests",), environment=variables, limits=QUICK)
