from __future__ import annotations

from collections.abc import Callable

from journeyman.repository.requirements import find_requirements
from journeyman.repository.tree import Tree
from journeyman.repository.undeclared import undeclared

MakeTree = Callable[[dict[str, str]], Tree]

PROJECT = '[project]\nname = "thing"\nrequires-python = ">=3.9"\n'


def test_test_extras_and_groups_are_chosen_before_those_of_development(
    make_tree: MakeTree,
) -> None:
    text = (
        f'{PROJECT}[project.optional-dependencies]\ndev = ["mypy"]\nTests = ["mock"]\n'
        '[dependency-groups]\nbase = ["attrs"]\ndev = ["tox"]\n'
        'test = ["hypothesis>=6", {include-group = "base"}, {include-group = "test"}]\n'
    )
    found = find_requirements(make_tree({"pyproject.toml": text}))
    assert (found.package, found.name, found.python) == (True, "thing", ">=3.9")
    assert found.extras == ("Tests",)
    assert found.groups == ("test",)
    assert found.requirements == ("hypothesis>=6", "attrs")


def test_tools_among_guessed_requirements_are_left_out_and_named(make_tree: MakeTree) -> None:
    text = f'{PROJECT}[project.optional-dependencies]\ndev = ["mypy>=1", "Sphinx", "yamllint"]\n'
    found = find_requirements(make_tree({"pyproject.toml": text}))
    assert found.extras == () and found.requirements == ("yamllint",)
    assert any("mypy>=1, Sphinx" in line for line in found.tried)


def test_settings_override_what_would_be_guessed(make_tree: MakeTree) -> None:
    text = (
        f'{PROJECT}[project.optional-dependencies]\ntest = ["mock"]\n'
        '[dependency-groups]\ntest = ["six"]\nextra = ["attrs"]\n'
    )
    tree = make_tree({"pyproject.toml": text})
    found = find_requirements(tree, extras=[], groups=["extra"])
    assert found.extras == () and found.requirements == ("attrs",)


def test_poetrys_groups_are_translated(make_tree: MakeTree) -> None:
    text = (
        '[tool.poetry]\nname = "thing"\n[tool.poetry.group.test.dependencies]\n'
        'pytest = "^7.1"\nmock = "*"\nattrs = {version = ">=20"}\nother = {path = "../x"}\n'
    )
    found = find_requirements(make_tree({"pyproject.toml": text}))
    assert found.name == "thing"
    assert found.requirements == ("pytest>=7.1", "mock", "attrs>=20", "other")


def test_requirement_files_are_read_with_what_they_include(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "setup.py": "from setuptools import setup\nsetup()\n",
            "requirements/test.txt": "-r base.txt\nmock==4 --hash=sha256:aa  # why\n-e .\n\n",
            "requirements/base.txt": "six>=1 ; python_version > '3'\n-r test.txt\n",
            "requirements.txt": "not-for-a-package\n",
        }
    )
    found = find_requirements(tree)
    assert found.package
    assert found.requirements == ("six>=1 ; python_version > '3'", "mock==4")
    assert found.files == ("setup.py", "requirements/test.txt")


def test_without_a_package_the_plain_requirement_file_counts(make_tree: MakeTree) -> None:
    found = find_requirements(make_tree({"requirements.txt": "six\n", "a.py": ""}))
    assert not found.package and found.requirements == ("six",)


def test_tox_is_asked_last(make_tree: MakeTree) -> None:
    tox = "[testenv]\ndeps =\n    mock\n    py27: old\n    -r{toxinidir}/more.txt\n"
    files = {"setup.cfg": "[metadata]\nname = thing\n", "tox.ini": tox, "more.txt": "six\n"}
    found = find_requirements(make_tree(files))
    assert found.package and found.requirements == ("mock", "six")


def test_libraries_that_tests_use_undeclared_are_named(make_tree: MakeTree) -> None:
    text = (
        "import hypothesis.strategies\nimport dateutil, evil_package\nfrom . import mock\n"
        "def test_it(mocker, benchmark): ...\n"
        "@pytest.mark.asyncio\nasync def test_more(): ...\n"
    )
    tree = make_tree({"t/test_a.py": text, "t/conftest.py": "def benchmark(): ...\n"})
    needed = undeclared(tree, ["t/test_a.py", "t/conftest.py"], ["Hypothesis>=6", "."])
    assert needed == ("pytest-asyncio", "pytest-mock", "python-dateutil")
