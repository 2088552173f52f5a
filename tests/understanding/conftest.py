from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from journeyman.understanding.index.index import Index
from journeyman.understanding.index.places import place_of


@pytest.fixture(scope="session")
def shop() -> ModuleType:
    spec = importlib.util.spec_from_file_location("shop_files", Path(__file__).with_name("shop.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def shop_root(
    shop: ModuleType, sample: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    root: Path = shop.build(sample, tmp_path_factory.mktemp("source") / "shop").root
    return root


@pytest.fixture(scope="session")
def shop_index(shop_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The index of the shop, made once; tests only read it."""
    place, git = place_of(str(shop_root))
    with Index(tmp_path_factory.mktemp("index")) as index:
        index.bring_up_to_date(place, git, workers=1)
        yield index
