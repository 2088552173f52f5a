"""What code under test cannot see, reach, keep or escape."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from journeyman.records import Patch

pytestmark = pytest.mark.sandbox

TEST = "tests/test_prices.py::test_total"


def _good(report: Any) -> bool:
    good = report.good("tests/test_probe.py::test_probe")
    assert good, (report.ending, report.results, report.output[-1500:])
    return bool(good)


def _marked(mark: str) -> list[str]:
    """Return the processes of this machine whose command line holds `mark`."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in place.read_bytes():
                found.append(place.parent.name)
        except OSError:
            continue
    return found


def test_an_honest_suite_passes(tiny: Any, tiny_repository: Any) -> None:
    report = tiny.suite.run(Patch(), tiny_repository.ALL_TESTS)
    assert report.ending == "finished" and report.exit_code == 0
    assert all(report.good(test) for test in tiny_repository.ALL_TESTS), report.output
    assert set(report.by_id) == set(tiny_repository.ALL_TESTS)


def test_no_network_and_not_even_the_host_s_loopback(tiny: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert _good(
            tiny.probe(f"""
            import pytest, socket
            for place in (("127.0.0.1", {port}), ("192.0.2.1", 80), ("8.8.8.8", 53)):
                with pytest.raises(OSError):
                    socket.create_connection(place, timeout=2)
            assert [name for _, name in socket.if_nameindex()] == ["lo"]
            with socket.create_server(("127.0.0.1", 0)) as own:
                socket.create_connection(own.getsockname()).close()
            """)
        )


def test_the_host_s_files_are_not_there(tiny: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    hidden = [str(secret), str(tmp_path), str(tiny.base), str(Path(__file__)), "/etc/shadow"]
    assert _good(
        tiny.probe(f"""
        import os
        assert not [place for place in {hidden!r} if os.path.exists(place)]
        assert os.path.expanduser("~") == "/tmp/home" and os.listdir("/tmp/home") == []
        assert not any("TOKEN" in name or "KEY" in name for name in os.environ)
        """)
    )


def test_no_other_process_is_in_sight_and_the_supervisor_is_closed(tiny: Any) -> None:
    assert _good(
        tiny.probe("""
        import os, pytest
        assert {int(name) for name in os.listdir("/proc") if name.isdigit()} == {1, os.getpid()}
        closed = ["root/base", "cwd/base", "mem", "environ", "maps", *(f"fd/{n}" for n in range(9))]
        for place in closed:
            with pytest.raises(OSError):
                os.listdir("/proc/1/" + place)
            with pytest.raises(OSError):
                open("/proc/1/" + place, "rb")
        for number in (2, 9, 11, 15):
            os.kill(1, number)
        """)
    )


def test_the_answer_is_nowhere_when_the_tree_is_broken(tiny: Any, tiny_repository: Any) -> None:
    # Byte code of the right module, as an adopted base tree carries it.
    cache = tiny.base / "tinyshop" / "__pycache__"
    cache.mkdir(exist_ok=True)
    import py_compile
    import sys

    name = cache / f"prices.{sys.implementation.cache_tag}.pyc"
    py_compile.compile(
        str(tiny.base / "tinyshop/prices.py"),
        cfile=str(name),
        dfile="/repo/tinyshop/prices.py",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    answer = "less a discount"
    broken = tiny_repository.PRICES.replace(answer, "and something").replace("- disc", "+ disc")
    probe = """
def test_probe():
    import os
    answer = "less a " + "discount"
    assert os.listdir("/base") == [] and os.listdir("/layers") == []
    for top in ("/repo", "/base", "/layers", "/tmp", "/journeyman", "/dev/shm", "/run", "/mnt"):
        for folder, _, names in os.walk(top):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    assert answer.encode() not in file.read(), (folder, name)
    from tinyshop import prices
    assert prices.total([5], 2) == 7
"""
    patch = Patch(files={"tinyshop/prices.py": broken, "tests/test_probe.py": probe})
    try:
        assert _good(tiny.suite.run(patch, ["tests/test_probe.py::test_probe"]))
    finally:
        name.unlink()
        cache.rmdir()


def test_what_a_run_writes_is_gone_and_the_base_is_unchanged(tiny: Any) -> None:
    before = {place: place.lstat().st_mtime_ns for place in tiny.base.rglob("*")}
    assert _good(
        tiny.probe("""
        import os
        for place in ("/repo/new.txt", "/repo/tinyshop/prices.py", "/tmp/new", "/dev/shm/new"):
            open(place, "w").write("left behind")
        os.remove("/repo/tinyshop/__init__.py")
        for place in ("/usr/new", "/etc/new", "/new", "/journeyman/new"):
            try:
                open(place, "w")
            except OSError:
                continue
            raise AssertionError(place)
        """)
    )
    assert {place: place.lstat().st_mtime_ns for place in tiny.base.rglob("*")} == before
    assert _good(
        tiny.probe("""
        import os
        assert not os.path.exists("/repo/new.txt") and os.path.exists("/repo/tinyshop/__init__.py")
        assert not os.path.exists("/tmp/new") and not os.path.exists("/dev/shm/new")
        """)
    )


def test_powers_are_gone_and_do_not_come_back(tiny: Any) -> None:
    assert _good(
        tiny.probe("""
        import ctypes, os
        status = dict(line.split(":", 1) for line in open("/proc/self/status"))
        for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            assert int(status[kind], 16) == 0, kind
        assert status["NoNewPrivs"].strip() == "1"
        libc = ctypes.CDLL(None, use_errno=True)
        for flags in (0x10000000, 0x00020000, 0x40000000, 0x10000000 | 0x00020000):
            assert libc.unshare(flags) != 0, hex(flags)
        assert libc.umount2(b"/base", 2) != 0
        assert libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) != 0
        """)
    )


def test_nothing_detached_outlives_its_run(tiny: Any) -> None:
    mark = f"daemon-{os.getpid()}-{time.monotonic_ns()}"
    assert _good(
        tiny.probe(f"""
        import os, subprocess, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execvp("sh", ["sh", "-c", "sleep 300; : {mark}"])
            os._exit(0)
        os.wait()
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if any(b"{mark}" in open(f"/proc/{{pid}}/cmdline", "rb").read()
                   for pid in os.listdir("/proc") if pid.isdigit() and pid != str(os.getpid())
                   and pid != "1"):
                return
        raise AssertionError("the daemon never ran")
        """)
    )
    assert _marked(mark) == []


def test_an_edit_of_the_same_size_within_a_second_runs_the_new_code(
    tiny: Any, tiny_repository: Any
) -> None:
    for number in range(3, 6):
        text = f"def total(prices, discount=0):\n    return {number}\n"
        report = tiny.suite.run(Patch(files={"tinyshop/prices.py": text}), [TEST])
        assert report.good(TEST) == (number == 3)


@pytest.mark.parametrize(
    "path", ["tinyshop/prices.py/below", "../outside", "/outside", "link-out/x", "a\0b", "x" * 300]
)
def test_a_patch_that_cannot_be_written_fails_its_tests_and_is_no_fault(
    tiny: Any, path: str
) -> None:
    report = tiny.suite.run(Patch(files={path: "text"}), [TEST])
    assert report.ending == "crashed" and "cannot be written" in report.output
    assert not report.good(TEST)


@pytest.mark.parametrize(
    "attack",
    [
        "resource.prlimit(1, resource.RLIMIT_NOFILE, (1, 1))",
        "resource.prlimit(1, resource.RLIMIT_AS, (1, 1))",
        "resource.prlimit(1, resource.RLIMIT_CPU, (0, 0))",
    ],
)
def test_who_breaks_the_supervisor_is_not_excused(tiny: Any, attack: str) -> None:
    code = f"import resource\n{attack}\nfor n in range(10**7): pass\n"
    report = tiny.suite.run(Patch(files={"tinyshop/__init__.py": code}), [TEST])
    assert report.ending in ("crashed", "finished")  # no fault of ours, which would be excused
    assert "NOFILE" not in attack or not report.good(TEST)
    assert tiny.suite.run(Patch(), [TEST]).good(TEST)


def test_set_up_code_sees_no_process_and_no_switch_of_the_host() -> None:
    from journeyman.sandbox.bubblewrap import Layout, run

    script = "ls /proc | grep -c '^[0-9]'; test -w /proc/sys/kernel/core_pattern && echo writable"
    done = run(Layout(), ["/bin/sh", "-c", script], timeout_s=20)
    assert int(done.output.split()[0]) < 10
    assert "writable" not in done.output
