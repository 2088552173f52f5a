"""The server: what it refuses, what a crash of it means, and the tier without isolation."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from journeyman.errors import InfrastructureError, IsolationError
from journeyman.records import Patch
from journeyman.sandbox import bubblewrap
from journeyman.sandbox.forkserver import ForkServer, Pool

TEST = "tests/test_prices.py::test_total"
PROBE = "tests/test_probe.py::test_probe"


@pytest.mark.sandbox
def test_a_server_that_would_import_code_under_test_finds_none(
    tiny: Any, tiny_repository: Any
) -> None:
    with ForkServer(tiny_repository.server(tiny.base, modules=["tinyshop", "json"])) as server:
        assert server.hello["failed"] == ["tinyshop"]
        assert server.hello["inside"] == []


@pytest.mark.sandbox
def test_a_dead_server_is_a_fault_and_the_next_request_is_answered(
    tiny: Any, tiny_repository: Any
) -> None:
    with Pool(tiny_repository.server(tiny.base), 1) as pool:
        suite = tiny_repository.PytestSuite(pool, tiny.settings)
        assert suite.run(Patch(), [TEST]).good(TEST)
        (server,) = pool._all
        os.killpg(server._process.pid, signal.SIGKILL)
        server._process.wait()
        with pytest.raises(InfrastructureError, match="did not answer"):
            pool.ask({"files": {}}, 1, tries=1)
        assert suite.run(Patch(), [TEST]).good(TEST)
        assert len(pool.faults) == 1


@pytest.mark.sandbox
def test_a_server_outlives_the_thread_that_asked_for_it(tiny: Any, tiny_repository: Any) -> None:
    with Pool(tiny_repository.server(tiny.base), 1) as pool:
        suite = tiny_repository.PytestSuite(pool, tiny.settings)
        asking = threading.Thread(target=suite.run, args=(Patch(), [TEST]))
        asking.start()
        asking.join()
        assert suite.run(Patch(), [TEST]).good(TEST)
        assert pool.faults == []


@pytest.mark.sandbox
def test_a_command_runs_in_the_tree_and_tells_its_exit_code(
    tiny: Any, tiny_repository: Any
) -> None:
    limits = tiny_repository.QUICK.plain()
    answer = tiny.pool.ask({"command": ["ls"], "files": {}, "limits": limits}, 10)
    assert answer["output"].split() == ["link-out", "tests", "tinyshop"]
    answer = tiny.pool.ask({"command": ["sh", "-c", "exit 3"], "files": {}, "limits": limits}, 10)
    assert (answer["ending"], answer["status"]) == ("finished", 3)


def test_where_nothing_isolates_it_refuses_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = tmp_path / "bwrap"
    failing.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n")
    failing.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "find_bwrap", lambda: str(failing))
    bubblewrap.check.cache_clear()
    try:
        with pytest.raises(IsolationError, match="No permissions to create") as refused:
            bubblewrap.check()
        assert "--unisolated" in refused.value.cure and "userns" in refused.value.cure
    finally:
        bubblewrap.check.cache_clear()


@pytest.fixture(scope="module")
def bare(tiny_repository: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The tiny tree behind a server that does not isolate."""
    base = tmp_path_factory.mktemp("bare")
    tiny_repository.build(base)
    with Pool(tiny_repository.server(base, tier="none"), 1) as pool:
        yield tiny_repository.Tiny(base, pool, tiny_repository.how())


def test_without_isolation_the_same_tests_pass_and_fail(bare: Any, tiny_repository: Any) -> None:
    report = bare.suite.run(Patch(), tiny_repository.ALL_TESTS)
    assert all(report.good(test) for test in tiny_repository.ALL_TESTS), report.output
    broken = tiny_repository.PRICES.replace("- discount", "+ discount")
    report = bare.suite.run(Patch(files={"tinyshop/prices.py": broken}), tiny_repository.ALL_TESTS)
    assert report.ending == "finished"
    failed = {test for test in tiny_repository.ALL_TESTS if not report.good(test)}
    assert failed == {
        "tests/test_prices.py::test_discount",
        "tests/test_prices_more.py::test_large",
    }
    assert report.by_id["tests/test_prices.py::test_discount"].path == "tests/test_prices.py"


def test_without_isolation_lines_and_calls_are_recorded_alike(bare: Any, tiny: Any) -> None:
    watch = [("tinyshop/prices.py", "total")]
    assert (
        bare.suite.calls(Patch(), [TEST], watch)[1] == tiny.suite.calls(Patch(), [TEST], watch)[1]
    )
    ours = bare.suite.run(Patch(), [TEST], coverage=True).coverage
    theirs = tiny.suite.run(Patch(), [TEST], coverage=True).coverage
    assert ours == theirs and ours.tests_of("tinyshop/prices.py", 8, 8) == {TEST}


def test_without_isolation_the_base_is_unchanged_and_the_copy_goes(bare: Any) -> None:
    report = bare.probe("""
    import os
    open("left", "w").write("left behind")
    open("tinyshop/prices.py", "w").write("")
    print("tree=" + os.getcwd())
    assert False
    """)
    tree = next(line for line in report.output.splitlines() if line.startswith("tree="))
    assert not Path(tree.removeprefix("tree=")).exists()
    assert "def total" in (bare.base / "tinyshop/prices.py").read_text()
    assert bare.suite.run(Patch(), [TEST]).good(TEST)


@pytest.mark.parametrize(
    ("body", "limits", "ending"),
    [
        ("import time; time.sleep(100)", {"wall_s": 1}, "timeout"),
        ("import os; os._exit(0)", {}, "crashed"),
        ("import ctypes; ctypes.string_at(0)", {}, "crashed"),
    ],
)
def test_without_isolation_limits_hold(
    bare: Any, body: str, limits: dict[str, int], ending: str
) -> None:
    assert bare.probe(body, **limits).ending == ending


def test_without_isolation_detached_processes_are_ended_too(bare: Any) -> None:
    mark = f"bare-{os.getpid()}-{time.monotonic_ns()}"
    report = bare.probe(f"""
    import os
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp("sh", ["sh", "-c", "sleep 300; : {mark}"])
        os._exit(0)
    os.wait()
    """)
    assert report.good(PROBE), report.output
    alive = [
        place
        for place in Path("/proc").glob("[0-9]*/cmdline")
        if place.exists() and mark.encode() in place.read_bytes()
    ]
    assert alive == []
