from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from journeyman.understanding.index.index import Index
from journeyman.understanding.index.places import place_of
from journeyman.understanding.index.record import read_file
from journeyman.understanding.wiki.ground import Ground
from journeyman.understanding.wiki.sources import World
from journeyman.understanding.wiki.write import world_of


class Alone:
    """Reads files in this process, so that a property can be tried often."""

    def read(self, place, files):  # type: ignore[no-untyped-def]
        texts = place.read(files)
        yield [read_file(path, text, None) for (path, _), text in zip(files, texts, strict=True)]

    def close(self) -> None: ...


class Repository:
    """A repository in a folder, with an index beside it."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
        done = subprocess.run(
            ["git", *who, *words], cwd=self.root, capture_output=True, text=True, check=True
        )
        return done.stdout

    def write(self, files: dict[str, str]) -> None:
        for path, text in files.items():
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")

    def commit(self, files: dict[str, str], subject: str) -> None:
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", subject)

    @contextmanager
    def world(self, folder: Path | None = None, **given: dict[str, str]) -> Iterator[World]:
        """Open what its wiki is made from; `folder` is where another index is made."""
        place, git = place_of(str(self.root))
        with Index(folder or self.folder) as index:
            index._crew = Alone()  # type: ignore[assignment]
            index.bring_up_to_date(place, git)
            yield world_of(Ground(index, place, git), "shop", **given)


@pytest.fixture(scope="session")
def repository_in() -> type[Repository]:
    """Makes an empty repository in a folder."""
    return Repository


@pytest.fixture
def repository(tmp_path: Path) -> Callable[[], Repository]:
    """Makes an empty repository."""
    return lambda: Repository(tmp_path / "shop", tmp_path / "index")


@pytest.fixture
def opened(shop_root: Path, tmp_path: Path) -> Iterator[World]:
    """The shop, with its history, as its wiki is made from it."""
    place, git = place_of(str(shop_root))
    with Index(tmp_path / "index") as index:
        index._crew = Alone()  # type: ignore[assignment]
        index.bring_up_to_date(place, git)
        yield world_of(Ground(index, place, git), "shop")
