"""A small bare repository, and a recipe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from journeyman.interchange.recipe import Recipe
from journeyman.interchange.scratch import Scratch, scratch
from journeyman.repository.git import Git, run_git


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Git:
    """A repository with nothing in it; Git knows the empty tree all the same."""
    folder = tmp_path_factory.mktemp("bare") / "repository.git"
    run_git(["init", "--quiet", "--bare", str(folder)])
    return Git(folder)


@pytest.fixture(scope="session")
def place(bare: Git) -> Iterator[Scratch]:
    with scratch(bare) as opened:
        yield opened


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    return Recipe(
        python="3.12.4",
        requirements=("pytest==8.3.4", "pluggy==1.5.0"),
        editable=True,
        arguments=("-o", "addopts="),
        plugins=False,
        python_path=("src",),
        tests=("tests/test_a.py", "tests/data/x.txt", "src/test_inline.py"),
        configuration=("pyproject.toml",),
        version="1.2",
        date=1_700_000_000,
    )
