"""The sample repository, adopted once for all tests that need one, and its proven tasks."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from journeyman.settings import EnvironmentSettings, ExamSettings, Settings, TasksSettings
from journeyman.workspace import Workspace

# How long a machine takes is never what a test is about.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


if TYPE_CHECKING:
    from journeyman.pipeline.adopted import Adopted
    from journeyman.records.taskset import Taskset
    from journeyman.records.tried import Tried

TASKS = 24


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The module that builds the sample repository."""
    place = Path(__file__).with_name("sample_repository.py")
    spec = importlib.util.spec_from_file_location("sample_repository", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["sample_repository"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def shop() -> ModuleType:
    """A small repository with a history, for everything that understands one."""
    spec = importlib.util.spec_from_file_location(
        "shop_files", Path(__file__).parent / "understanding" / "shop.py"
    )
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
def sample_settings() -> Settings:
    """Small numbers, and the interpreter that runs the tests: nothing is installed."""
    return Settings(
        environment=EnvironmentSettings(python=sys.executable),
        tasks=TasksSettings(count=TASKS, runs=2),
        exam=ExamSettings(fixes=2, tasks=6, budget=5, resamples=100),
    )


@pytest.fixture(scope="session")
def sample_source(sample: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample repository with a failing, a skipped and a flaky test."""
    root = tmp_path_factory.mktemp("source") / "shop"
    sample.build(root, {"tests/test_uneven.py": sample.UNEVEN_TESTS})
    return root


@pytest.fixture(scope="session")
def sample_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("workspace") / ".journeyman")


@pytest.fixture(scope="session")
def adopted(
    sample_source: Path, sample_workspace: Workspace, sample_settings: Settings
) -> Iterator[Adopted]:
    """The sample repository, adopted and open."""
    from journeyman.pipeline.adopt import adopt

    with adopt(str(sample_source), sample_workspace, sample_settings, workers=2) as opened:
        yield opened


@pytest.fixture(scope="session")
def tried(adopted: Adopted) -> list[Tried]:
    """What became of the breaks tried, until as many tasks were proven as the settings want."""
    from journeyman.pipeline.make_tasks import break_code, prove_tasks

    return prove_tasks(adopted, break_code(adopted))


@pytest.fixture(scope="session")
def made_tasks(adopted: Adopted, tried: Sequence[Tried]) -> Taskset:
    from journeyman.pipeline.make_tasks import tasks_of

    return tasks_of(adopted, tried)


@pytest.fixture(scope="session")
def sandboxed() -> None:
    """Skip what needs user namespaces where they are closed, and say so."""
    from journeyman.errors import IsolationError
    from journeyman.sandbox.bubblewrap import check

    try:
        check()
    except IsolationError as error:
        pytest.skip(f"no isolation on this machine: {error.message}")


@pytest.fixture(scope="session")
def tiny_repository() -> ModuleType:
    """The module that builds a tree of one module and its tests."""
    place = Path(__file__).with_name("tiny_repository.py")
    spec = importlib.util.spec_from_file_location("tiny_repository", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tiny_repository"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def tiny(
    sandboxed: None, tiny_repository: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A tiny tree with one isolated fork server on it."""
    from journeyman.sandbox.forkserver import Pool

    base = tmp_path_factory.mktemp("tiny")
    tiny_repository.build(base)
    with Pool(tiny_repository.server(base), 1) as pool:
        yield tiny_repository.Tiny(base, pool, tiny_repository.how())
