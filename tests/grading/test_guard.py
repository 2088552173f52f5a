"""Reaching for the runner is seen in what a patch adds, and only there."""

from __future__ import annotations

import pytest

from journeyman.grading.guard import flags
from journeyman.records import Patch

REACHES = [
    "import _pytest.runner",
    "from _pytest import python",
    "import gc",
    "import __main__",
    "from tests import test_a",
    "from tests.test_a import x",
    "import builtins",
    "import pickle",
    "import sys\nsys.modules.clear()",
    "import sys\nsys.path.insert(0, 'x')",
    "from sys import modules",
    "from os import _exit",
    "import sys\nf = sys._getframe()",
    "import os\nos._exit(0)",
    "eval('1')",
    "raise SystemExit",
    "x = open('/proc/self/fd/3')",
    "def __getattribute__(self, name): ...",
    "import math\nmath.isclose = None",
    "import math\nsetattr(math, 'isclose', None)",
    "import sys\ngetattr(sys, 'mo' + 'dules')",
    "import sys\nvars(sys)",
    "import sys\nsys.__dict__['x']",
    "match x:\n    case object(f_back=y): pass",
    "try: pass\nexcept Exception as e: e.__traceback__",
    "from sys import *",
    "x = 'tests/test_thing.py'",
    "x = open('.git/HEAD')",
]


@pytest.mark.parametrize("added", REACHES)
def test_what_is_added_is_flagged_and_what_was_there_is_not(added: str) -> None:
    patch = Patch(files={"a.py": f"x = 1\n{added}\n"})
    assert flags(patch, lambda path: "x = 1\n")
    assert not flags(patch, lambda path: f"{added}\nx = 2\n")
    assert not flags(patch, lambda path: "x = 1\n", Patch(files={"a.py": added}))


@pytest.mark.parametrize(
    "added",
    [
        "import os\nx = os.path.join('a', 'b')",
        "self.x = getattr(other, 'name', None)",
        "import math\nx = math.isclose(1, 2)",
        "from .latest import attest",
        "from .code import trace",
        "version = 'latest_version'",
        "home = 'https://a.github.io'",
        "class A:\n    x: int\n    def __eq__(self, other): return self.x == other.x",
        "try: pass\nexcept ValueError as error: raise KeyError from error",
    ],
)
def test_ordinary_code_is_not(added: str) -> None:
    assert not flags(Patch(files={"a.py": added}), lambda path: None)


def test_text_that_does_not_parse_and_other_files_are_left_to_the_tests() -> None:
    files = {"a.py": "import gc (", "b.md": "import gc", "gone.py": None}
    assert not flags(Patch(files=files), lambda path: None)


@pytest.mark.parametrize("name", ["raw_unicode_escape", "utf-7", "latin-1"])
def test_an_encoding_in_which_the_text_reads_otherwise_is_flagged(name: str) -> None:
    text = f"# -*- coding: {name} -*-\nx = 1\n"
    assert flags(Patch(files={"a.py": text}), lambda path: "x = 1\n")
    assert not flags(Patch(files={"a.py": text + "y = 2\n"}), lambda path: text)
    usual = Patch(files={"a.py": "# coding: utf-8\nx = 1\n"})
    assert not flags(usual, lambda path: "x = 1\n")


def test_code_hidden_by_an_encoding_is_seen() -> None:
    text = "# coding: raw_unicode_escape\n#\\u000aimport gc\n"
    found = flags(Patch(files={"a.py": text}), lambda path: "# coding: raw_unicode_escape\n")
    assert any("import gc" in flag.detail for flag in found)
