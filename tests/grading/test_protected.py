"""Which files of a patch reach the grader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.grading.protected import Protected
from journeyman.records import Patch

PROTECTED = Protected(
    test_files=("tests/unit/test_a.py", "src/pkg/test/test_b.py", "checks.py"),
    base_files=("src/pkg/a.py", "src/pkg/json.py", "json.py", "tests/unit/test_a.py"),
    installed=("attr",),
)


@pytest.mark.parametrize(
    "path",
    [
        "tests/unit/test_a.py", "checks.py", "tests/data/new.json", "tests/__init__.py",
        "src/pkg/test/helper.py", "conftest.py", "src/pkg/conftest.py", "pytest.ini",
        "pyproject.toml", "setup.cfg", "tox.ini", "setup.py", "src/sitecustomize.py",
        "usercustomize.py", "a.pth", "src/pkg/a.so", "src/pkg/a.pyc",
        "src/pkg/__pycache__/a.cpython-311.pyc", "evil.egg-info/entry_points.txt",
        "x.dist-info/METADATA", ".git/config", "src/.git/hooks/x", "/etc/passwd", "../up.py",
        "a/../../up.py", "", "decimal.py", "src/decimal.py", "attr.py", "attr/__init__.py",
        "lib/attr/x.py", "journeyman.toml", ".coveragerc",
    ],
)  # fmt: skip
def test_tests_their_settings_and_stand_ins_stay_out(path: str) -> None:
    assert PROTECTED(path)


@pytest.mark.parametrize(
    "path",
    [
        "src/pkg/a.py", "src/pkg/new.py", "src/pkg/decimal.py", "json.py", "src/pkg/json.py",
        "README.md", "src/pkg/testing_tools.py", "src/pkg/contest.py", "docs/tests.md",
    ],
)  # fmt: skip
def test_code_crosses_over(path: str) -> None:
    assert not PROTECTED(path)


@given(st.dictionaries(st.text(max_size=20), st.none() | st.text(max_size=5), max_size=6))
def test_crossing_splits_a_patch_in_two(files: dict[str, str | None]) -> None:
    kept, dropped = PROTECTED.cross(Patch(files=files))
    assert set(kept.files) | set(dropped) == set(files)
    assert not set(kept.files) & set(dropped)
    assert all(PROTECTED(path) for path in dropped)
    assert not any(PROTECTED(path) for path in kept.files)
