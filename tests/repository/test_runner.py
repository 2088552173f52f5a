from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.repository.runner import DEFAULT_PATTERNS, keep_options, pytest_config
from journeyman.repository.tree import Tree

MakeTree = Callable[[dict[str, str]], Tree]

OPTIONS = "addopts = -ra --strict-markers --cov=p --cov-report term -n auto -k 'not slow'\n"
KEPT = ("--strict-markers", "-k", "not slow")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pytest.ini", f"[pytest]\n{OPTIONS}"),
        ("tox.ini", f"[tox]\nenvlist = py\n[pytest]\n{OPTIONS}"),
        ("setup.cfg", f"[tool:pytest]\n{OPTIONS}"),
        (
            "pyproject.toml",
            '[tool.pytest.ini_options]\naddopts = "-ra --strict-markers --cov=p --cov-report term '
            "-n auto -k 'not slow'\"\n",
        ),
        (
            "pyproject.toml",
            '[tool.pytest]\naddopts = ["-ra", "--strict-markers", "--cov=p", "--cov-report", '
            '"term", "-n", "auto", "-k", "not slow"]\n',
        ),
    ],
)
def test_options_are_found_wherever_they_lie(make_tree: MakeTree, file: str, text: str) -> None:
    config = pytest_config(make_tree({file: text}))
    assert config.file == file
    assert config.arguments == KEPT
    assert config.dropped == ("-ra", "--cov=p", "--cov-report", "term", "-n", "auto")
    assert config.plugins == ("pytest-cov", "pytest-xdist")


def test_the_first_file_in_pytests_order_wins(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "pytest.ini": "",
            "tox.ini": "[pytest]\ntestpaths = wrong\n",
            "setup.cfg": "[tool:pytest]\ntestpaths = wrong\n",
        }
    )
    assert pytest_config(tree).file == "pytest.ini"
    assert pytest_config(tree).test_paths == ()


def test_paths_patterns_and_required_plugins_are_read(make_tree: MakeTree) -> None:
    text = (
        "[pytest]\ntestpaths =\n    tests\n    more\npython_files = check_*.py\n"
        "pythonpath = src\nrequired_plugins = pytest-mock>=3.0 pytest-env\ntimeout = 30\n"
    )
    config = pytest_config(make_tree({"tox.ini": text}))
    assert config.test_paths == ("tests", "more")
    assert config.patterns == ("check_*.py",)
    assert config.python_path == ("src",)
    assert config.plugins == ("pytest-mock>=3.0", "pytest-env", "pytest-timeout")


def test_nothing_and_nonsense_mean_the_defaults(make_tree: MakeTree) -> None:
    for text in ("", "[tool.pytest", "[tool]\n"):
        config = pytest_config(make_tree({"pyproject.toml": text, "tox.ini": "nonsense"}))
        assert config.file == "" and config.patterns == DEFAULT_PATTERNS


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (["-n4", "-x", "--maxfail=2", "tests"], ["tests"]),
        (["--cov", "--strict-config"], ["--strict-config"]),
        (["--durations", "20", "-p", "no:randomly"], ["-p", "no:randomly"]),
        (["--doctest-modules", "--doctest-glob=*.md", "--ignore=docs"], ["--ignore=docs"]),
        (["-o", "junit_family=legacy"], ["-o", "junit_family=legacy"]),
        (["-n"], []),
        (["-rA", "-m", "not slow"], ["-m", "not slow"]),
        (["--nf-other"], ["--nf-other"]),
    ],
)
def test_only_options_that_change_what_tests_say_are_kept(
    options: list[str], kept: list[str]
) -> None:
    assert keep_options(options)[0] == kept


@given(
    st.lists(st.sampled_from(["-v", "-n", "auto", "--cov=p", "--cov", "-k", "x", "--tb", "short"]))
)
def test_no_option_is_lost_or_invented(options: list[str]) -> None:
    kept, dropped = keep_options(options)
    assert sorted([*kept, *dropped]) == sorted(options)
    assert not {"-v", "-n", "--cov=p", "--cov", "--tb"} & set(kept)
