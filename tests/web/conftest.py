from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def shop() -> ModuleType:
    """The module of the sample wiki."""
    place = Path(__file__).with_name("sample_wiki.py")
    spec = importlib.util.spec_from_file_location("sample_wiki", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["sample_wiki"] = module
    spec.loader.exec_module(module)
    return module
