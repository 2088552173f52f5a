from __future__ import annotations

from collections.abc import Callable

import pytest

from journeyman.errors import AdoptError
from journeyman.repository.detect import detect
from journeyman.repository.globs import matches
from journeyman.repository.tree import Tree
from journeyman.settings import Settings, load

MakeTree = Callable[[dict[str, str]], Tree]

SETUP = "from setuptools import setup\nsetup()\n"
TEST = "def test_it():\n    pass\n"


def test_a_src_layout_with_its_tests_beside_it(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "pyproject.toml": '[project]\nname = "thing"\n',
            "src/thing/__init__.py": "",
            "src/thing/core.py": "x = 1\n",
            "tests/test_core.py": TEST,
            "tests/helpers.py": "",
            "tests/data/sample.txt": "",
            "docs/conf.py": "",
            "scripts/run.py": "",
        }
    )
    plan = detect(tree, Settings())
    assert plan.layout == "src" and plan.name == "thing"
    assert plan.install == (".",) and plan.python_path == ()
    assert plan.test_paths == ("tests",)
    assert plan.test_files == ("tests/data/sample.txt", "tests/helpers.py", "tests/test_core.py")
    assert plan.code_files == ("src/thing/__init__.py", "src/thing/core.py")
    assert plan.config_files == ("pyproject.toml",)
    assert plan.arguments == ("-o", "addopts=")


def test_a_flat_layout_with_tests_inside_the_package(make_tree: MakeTree) -> None:
    files = {f"thing/{name}/tests/test_{name}.py": TEST for name in "abcdef"}
    tree = make_tree(
        {
            "setup.py": SETUP,
            "thing/__init__.py": "",
            "thing/conftest.py": "",
            "examples/test_example.py": TEST,
            **files,
        }
    )
    plan = detect(tree, Settings())
    assert plan.layout == "flat"
    assert plan.test_paths == ("thing",)
    assert plan.code_files == ("thing/__init__.py",)
    assert "thing/conftest.py" in plan.test_files


def test_a_single_module_with_its_test_beside_it(make_tree: MakeTree) -> None:
    plan = detect(
        make_tree({"setup.py": SETUP, "thing.py": "x = 1\n", "test_thing.py": TEST}), Settings()
    )
    assert plan.test_paths == ("test_thing.py",)
    assert plan.code_files == ("thing.py",)


def test_no_package_puts_the_code_on_the_path(make_tree: MakeTree) -> None:
    plan = detect(make_tree({"thing.py": "x = 1\n", "test_thing.py": TEST}), Settings())
    assert plan.install == () and plan.python_path == (".",)
    assert any("no package" in line for line in plan.tried)


def test_stated_test_paths_without_tests_are_passed_over(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "setup.py": SETUP,
            "setup.cfg": "[tool:pytest]\ntestpaths = doc test*\naddopts = --cov=thing\n",
            "thing/__init__.py": "",
            "testing_all/test_a.py": TEST,
        }
    )
    plan = detect(tree, Settings())
    assert plan.test_paths == ("testing_all",)
    assert plan.install == (".", "pytest-cov") and plan.essential == (".", "pytest-cov")


def test_unittest_files_with_other_names_are_found(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "setup.py": SETUP,
            "thing.py": "x = 1\n",
            "tests/__init__.py": "",
            "tests/core.py": "import unittest\nclass A(unittest.TestCase):\n    pass\n",
            "tests/data.py": "x = 1\n",
        }
    )
    plan = detect(tree, Settings())
    assert plan.arguments == ("-o", "addopts=", "-o", "python_files=core.py")
    assert plan.test_paths == ("tests",)


def test_settings_win_over_what_is_found(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "setup.py": SETUP,
            "thing/__init__.py": "",
            "thing/_vendor/x.py": "",
            "tools/extra.py": "x = 1\n",
            "checks/test_a.py": TEST,
            "checks/slow/test_b.py": TEST,
            "tests/test_c.py": TEST,
        }
    )
    settings = load(
        None,
        {
            "tests.paths": ["checks/"],
            "tests.exclude": ["**/slow/**"],
            "tests.arguments": ["-k", "a"],
            "tests.python_path": ["lib"],
            "tests.plugins": False,
            "environment.install": ["./lib", "six"],
            "environment.python": "3.11",
            "code.include": ["tools/*.py", "thing/**"],
            "code.exclude": ["**/_vendor/**"],
        },
    )
    plan = detect(tree, settings)
    assert plan.test_paths == ("checks",)
    assert plan.arguments == (*("-o", "addopts=", "--ignore=checks/slow/test_b.py", "-k", "a"),)
    assert "checks/slow/test_b.py" in plan.test_files
    assert plan.install == ("./lib", "six") and plan.essential == ()
    assert plan.code_files == ("thing/__init__.py", "tools/extra.py")
    assert (plan.python, plan.python_path, plan.plugins) == ("3.11", ("lib",), False)


def test_nothing_to_test_says_what_was_tried_and_what_to_write(make_tree: MakeTree) -> None:
    with pytest.raises(AdoptError) as caught:
        detect(make_tree({"setup.py": SETUP, "thing.py": "x = 1\n"}), Settings())
    assert "no file is named like test_*.py" in caught.value.message
    assert '[tests]\n  paths = ["tests"]' in caught.value.cure


def test_another_language_is_named_as_the_reason(make_tree: MakeTree) -> None:
    with pytest.raises(AdoptError, match="No language that is known"):
        detect(make_tree({"main.go": "package main\n"}), Settings())


def test_nothing_to_break_says_so(make_tree: MakeTree) -> None:
    with pytest.raises(AdoptError, match="may be broken") as caught:
        detect(make_tree({"tests/test_a.py": TEST}), Settings())
    assert "[code]" in caught.value.cure


def test_a_wrong_path_in_the_settings_is_named(make_tree: MakeTree) -> None:
    with pytest.raises(AdoptError, match=r"tests\.paths names spec"):
        detect(make_tree({"a.py": "", "test_a.py": TEST}), load(None, {"tests.paths": ["spec"]}))


@pytest.mark.parametrize(
    ("path", "glob", "matched"),
    [
        ("a.py", "**/*.py", True),
        ("a/b/c.py", "**/*.py", True),
        ("a/b.py", "*.py", False),
        ("a/b/c.py", "a/**", True),
        ("a/b/c.py", "a/", True),
        ("a/b.pyc", "a/*.py", False),
        ("a+b.py", "a+?.py", True),
    ],
)
def test_globs_span_directories_only_with_two_stars(path: str, glob: str, matched: bool) -> None:
    assert matches(path, [glob]) is matched


def test_code_that_nobody_wrote_here_is_left_alone_unless_it_is_asked_for(
    make_tree: MakeTree,
) -> None:
    tree = make_tree(
        {
            "setup.py": SETUP,
            "thing/__init__.py": "",
            "thing/core.py": "x = 1\n",
            "thing/_vendor/other.py": "x = 1\n",
            "thing/tables.py": "# Generated by a script. DO NOT EDIT.\nx = 1\n",
            "tests/test_core.py": TEST,
        }
    )
    plan = detect(tree, Settings())
    assert plan.code_files == ("thing/__init__.py", "thing/core.py")
    assert [path for path, _ in plan.left_alone] == ["thing/_vendor/other.py", "thing/tables.py"]
    assert any("thing/tables.py is not broken" in line for line in plan.tried)
    asked = detect(tree, load(overrides={"code.include": ["thing/tables.py"]}))
    assert asked.code_files == ("thing/tables.py",) and asked.left_alone == ()
