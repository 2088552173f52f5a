from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from journeyman.understanding.index.index import Index
from journeyman.understanding.index.places import place_of


@pytest.fixture(scope="session")
def shop_index(shop_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The index of the shop, made once; tests only read it."""
    place, git = place_of(str(shop_root))
    with Index(tmp_path_factory.mktemp("index")) as index:
        index.bring_up_to_date(place, git, workers=1)
        yield index
