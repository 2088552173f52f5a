"""What `docs/isolation.md` claims of each tier, one test a claim, in every tier there is here.

The same hostile code runs in all of them. A tier that cannot run on this machine is skipped, with
its reason; a claim that a tier does not make is named in `OPEN` and skipped as open.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from journeyman.records import Patch
from journeyman.sandbox.forkserver import Pool
from journeyman.sandbox.tiers import TIERS

pytestmark = pytest.mark.sandbox

PROBE = "tests/test_probe.py::test_probe"
ISOLATED = [name for name in TIERS if name != "none"]
OPEN = {
    "landlock": {
        "sees no other process",
        "does not learn that a file exists",
        "memory shared by name is its own",
    },
}


class Boxed:
    """A tier at work on the tiny tree."""

    def __init__(self, tier: str, tiny: Any, hello: dict[str, Any]) -> None:
        self.tier, self.tiny, self.hello = tier, tiny, hello

    def holds(self, claim: str, body: str, **limits: int) -> None:
        """Run `body`, whose assertions are what is claimed."""
        if claim in OPEN.get(self.tier, ()):
            pytest.skip(f"{self.tier} does not claim that a run {claim}")
        report = self.tiny.probe(body, **limits)
        assert report.good(PROBE), (report.ending, report.results, report.output[-1500:])


@pytest.fixture(scope="module", params=ISOLATED)
def boxed(
    request: pytest.FixtureRequest, tiny_repository: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Boxed]:
    why = TIERS[request.param].why_not()
    if why:
        pytest.skip(f"{request.param} cannot run here: {why}")
    base = tmp_path_factory.mktemp(f"boxed-{request.param}")
    tiny_repository.build(base)
    os.environ["JOURNEYMAN_TEST_SECRET"] = "told"
    with Pool(tiny_repository.server(base, tier=request.param), 1) as pool:
        tiny = tiny_repository.Tiny(base, pool, tiny_repository.how())
        assert tiny.suite.run(Patch(), tiny_repository.ALL_TESTS).ending == "finished"
        (server,) = pool._all
        yield Boxed(request.param, tiny, server.hello)
    del os.environ["JOURNEYMAN_TEST_SECRET"]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of the user's that is none of a run's business."""
    place = tmp_path / "secret"
    place.write_text("secret")
    return place


@pytest.fixture
def victim() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the user's, with a secret in its environment."""
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    secret = {"SECRET": "secret"}
    with subprocess.Popen(command, env=secret, start_new_session=True) as process:
        yield process
        process.kill()


def test_honest_tests_say_the_same_in_every_tier(boxed: Boxed, tiny_repository: Any) -> None:
    broken = tiny_repository.PRICES.replace("- discount", "+ discount")
    patch = Patch(files={"tinyshop/prices.py": broken})
    report = boxed.tiny.suite.run(patch, tiny_repository.ALL_TESTS, coverage=True)
    failed = {test for test in tiny_repository.ALL_TESTS if not report.good(test)}
    assert failed == {
        "tests/test_prices.py::test_discount",
        "tests/test_prices_more.py::test_large",
    }
    assert report.by_id["tests/test_prices.py::test_discount"].path == "tests/test_prices.py"
    assert report.coverage.tests_of("tinyshop/prices.py", 8, 8)


def test_what_a_call_was_given_does_not_depend_on_where_the_tree_lies(boxed: Boxed) -> None:
    body = "def place(path):\n    return path\n"
    probe = (
        "import os, tempfile\nfrom tinyshop.here import place\n"
        "def test_probe():\n    place([os.getcwd(), tempfile.gettempdir(), os.environ['HOME']])\n"
    )
    patch = Patch(files={"tinyshop/here.py": body, "tests/test_probe.py": probe})
    _, calls = boxed.tiny.suite.calls(patch, [PROBE], [("tinyshop/here.py", "place")])
    plain = ["/repo", "/tmp", "/tmp/home"]
    patch = Patch(files={**patch.files, "tests/test_probe.py": probe.replace(
        "[os.getcwd(), tempfile.gettempdir(), os.environ['HOME']]", repr(plain))})  # fmt: skip
    assert calls == boxed.tiny.suite.calls(patch, [PROBE], [("tinyshop/here.py", "place")])[1]


def test_reads_nothing_of_the_user_s(boxed: Boxed, secret: Path) -> None:
    places = [str(secret), str(Path(__file__)), "/etc/shadow", "/etc/ssh/sshd_config"]
    boxed.holds("reads nothing of the user's", f"""
    import os, pytest
    for place in {places!r}:
        with pytest.raises(OSError):
            open(place, "rb").read()
    for folder in {[str(secret.parent), "/root/.ssh", "/var/log", "/home"]!r}:
        with pytest.raises(OSError):
            os.listdir(folder)
    assert "JOURNEYMAN_TEST_SECRET" not in os.environ
    """)  # fmt: skip


def test_does_not_learn_that_a_file_exists(boxed: Boxed, secret: Path) -> None:
    boxed.holds("does not learn that a file exists", f"""
    import os
    assert not os.path.exists({str(secret)!r})
    """)  # fmt: skip


def test_writes_nothing_outside(boxed: Boxed, secret: Path) -> None:
    boxed.holds("writes nothing outside", f"""
    import os, sys, pytest
    outside = [{str(secret)!r}, {str(secret.parent / "new")!r}, os.path.expanduser("~root/new")]
    for place in [*outside, "/usr/new", "/etc/new", "/new", os.path.join(sys.prefix, "new")]:
        with pytest.raises(OSError):
            open(place, "w")
    with pytest.raises(OSError):
        os.truncate({str(secret)!r}, 0)
    with pytest.raises(OSError):
        os.unlink({str(secret)!r})
    with pytest.raises(OSError):
        os.truncate(os.path.join(sys.prefix, "pyvenv.cfg"), 0)
    """)  # fmt: skip
    assert secret.read_text() == "secret"
    assert sorted(secret.parent.iterdir()) == [secret]


def test_changes_no_modes_and_times_outside(boxed: Boxed, secret: Path) -> None:
    if boxed.tier == "landlock" and boxed.hello["user"] is None:
        pytest.skip("open: Landlock holds no modes, and this server is not root")
    before = secret.stat()
    boxed.holds("changes no modes and times outside", f"""
    import os, pytest
    for change in (lambda p: os.chmod(p, 0o777), lambda p: os.utime(p, (1, 1)),
                   lambda p: os.setxattr(p, "user.mark", b"1")):
        with pytest.raises(OSError):
            change({str(secret)!r})
    """)  # fmt: skip
    assert (secret.stat().st_mode, secret.stat().st_mtime) == (before.st_mode, before.st_mtime)


def test_has_no_network(boxed: Boxed) -> None:
    boxed.holds("has no network", """
    import socket
    try:
        assert [name for _, name in socket.if_nameindex()] == ["lo"]
    except PermissionError:
        import pytest
        for family in (socket.AF_INET, socket.AF_INET6, socket.AF_PACKET, socket.AF_NETLINK, 40):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
                with pytest.raises(PermissionError):
                    socket.socket(family, kind)
    """)  # fmt: skip


def test_reaches_nothing_that_listens_on_this_machine(boxed: Boxed, tmp_path: Path) -> None:
    named = tmp_path / "socket"
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.socket(socket.AF_UNIX) as local,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        local.bind(str(named))
        local.listen()
        abstract.bind(f"\0{named}")
        abstract.listen()
        port = listening.getsockname()[1]
        boxed.holds("reaches nothing that listens on this machine", f"""
        import socket, pytest
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", {port}), timeout=2)
        for name in ({str(named)!r}, "\\0" + {str(named)!r}):
            with pytest.raises(OSError):
                socket.socket(socket.AF_UNIX).connect(name)
        try:
            one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        except PermissionError:
            pass
        else:
            with pytest.raises(OSError):
                one.sendto(b"x", {str(named)!r})
        left, right = socket.socketpair()
        left.sendall(b"x")
        assert right.recv(1) == b"x"
        """)  # fmt: skip


def test_sees_no_other_process(boxed: Boxed, victim: subprocess.Popen[bytes]) -> None:
    boxed.holds("sees no other process", """
    import os
    assert {int(name) for name in os.listdir("/proc") if name.isdigit()} <= {1, *range(
        os.getppid() - 8, os.getpid() + 1)}
    assert len([name for name in os.listdir("/proc") if name.isdigit()]) < 6
    """)  # fmt: skip


def test_looks_into_no_other_process(boxed: Boxed, victim: subprocess.Popen[bytes]) -> None:
    boxed.holds("looks into no other process", f"""
    import ctypes, os, pytest
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in ({victim.pid}, os.getppid(), 1):
        for name in ("environ", "mem", "maps", "cwd/x", "root/etc", "map_files", "fd/0", "fd/3"):
            with pytest.raises(OSError):
                os.listdir(f"/proc/{{pid}}/{{name}}")
            with pytest.raises(OSError):
                open(f"/proc/{{pid}}/{{name}}", "rb").read(1)
            with pytest.raises(OSError):
                os.readlink(f"/proc/{{pid}}/{{name}}")
        assert libc.ptrace(16, pid, None, None) == -1
        assert libc.syscall(438, os.pidfd_open(os.getpid()), 0, 0) == -1
    """)  # fmt: skip


def test_signals_no_other_process(boxed: Boxed, victim: subprocess.Popen[bytes]) -> None:
    if boxed.tier == "landlock" and boxed.hello["user"] is None and boxed.hello["landlock"] < 6:
        pytest.skip("open: before version 6 Landlock holds no signals")
    boxed.holds("signals no other process", f"""
    import os, signal
    for pid in ({victim.pid}, os.getppid(), 1):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            continue
        assert pid != {victim.pid}
    try:
        os.kill(-{os.getpgid(victim.pid)}, 0)
        raise AssertionError("a whole group could be had")
    except OSError:
        pass
    """)  # fmt: skip
    time.sleep(0.05)
    assert victim.poll() is None


def test_cannot_read_the_base_tree(boxed: Boxed) -> None:
    boxed.holds("cannot read the base tree", f"""
    import os, pytest
    for base in ({str(boxed.tiny.base)!r}, "/base", "/closed/base", "/closed", "/layers"):
        found = False
        try:
            found = bool(os.listdir(base))
        except OSError:
            pass
        assert not found, base
        with pytest.raises(OSError):
            open(os.path.join(base, "tinyshop/prices.py"))
    """)  # fmt: skip


def test_the_base_tree_stays_as_it_is(boxed: Boxed) -> None:
    before = {place: place.lstat().st_ctime_ns for place in boxed.tiny.base.rglob("*")}
    report = boxed.tiny.probe("""
    import os
    for folder, _, names in os.walk("."):
        for name in names:
            if not os.path.islink(os.path.join(folder, name)):
                open(os.path.join(folder, name), "w").write("gone")
    """)
    assert report.ending == "forged"  # it wrote to the tests as well
    assert {place: place.lstat().st_ctime_ns for place in boxed.tiny.base.rglob("*")} == before


@pytest.mark.parametrize(
    "body",
    [
        "import os, time\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n"
        "        time.sleep(0.01)",
        "import os, time\nwhile True:\n    try:\n        if os.fork() == 0:\n"
        "            os.setsid()\n    except OSError:\n        time.sleep(0.01)",
    ],
    ids=["in one group", "each in a session of its own"],
)
def test_a_fork_bomb_is_stopped_and_nothing_of_it_is_left(boxed: Boxed, body: str) -> None:
    if os.getuid() == 0 and boxed.hello.get("user") is None:
        pytest.skip("open: the kernel exempts root from limits on processes; the watcher is slower")
    report = boxed.tiny.probe(body, wall_s=4)
    # Where a run is a user of its own the kernel refuses more, and the bomb just burns.
    assert report.ending in ("processes", "memory", "timeout") and not report.good(PROBE)
    boxed.holds("is none the worse for the one before", "import os; assert os.getpid()")
    assert boxed.tiny.pool.faults == []


def test_memory_is_bounded_in_one_process_and_in_all(boxed: Boxed) -> None:
    one = boxed.tiny.probe("kept = b'x' * (400 << 20)")
    assert one.ending in ("finished", "memory", "crashed") and not one.good(PROBE)
    many = boxed.tiny.probe(
        """
    import os, time
    for _ in range(8):
        if os.fork() == 0:
            kept = b'x' * (60 << 20)
            time.sleep(60)
    time.sleep(60)
    """,
        wall_s=8,
    )
    assert many.ending in ("memory", "crashed")


@pytest.mark.parametrize("folder", [".", "tempfile.gettempdir()", "'/dev/shm'"])
def test_the_disk_cannot_be_filled(boxed: Boxed, folder: str) -> None:
    place = folder if "(" in folder or "'" in folder else repr(folder)
    report = boxed.tiny.probe(
        f"""
    import tempfile, time
    kept = 0
    try:
        for number in range(200):
            with open({place} + f"/{{number}}", "wb") as file:
                file.write(b"x" * (1 << 20))
            kept = number
            time.sleep(0.002)
    except OSError:
        pass
    assert kept <= 16
    """
    )
    assert report.ending in ("disk", "finished")
    assert report.ending == "disk" or report.good(PROBE)


def test_files_and_processes_are_gone_after_the_run(boxed: Boxed) -> None:
    mark = f"left-{os.getpid()}-{time.monotonic_ns()}"
    boxed.holds("leaves nothing", f"""
    import os, tempfile, time
    closed = os.path.join(os.getcwd(), "closed")
    os.makedirs(closed + "/below")
    open(closed + "/below/file", "w").close()
    os.chmod(closed + "/below", 0)
    os.chmod(closed, 0)
    for folder in (".", tempfile.gettempdir(), os.path.expanduser("~")):
        open(os.path.join(folder, "{mark}"), "w").close()
    ready, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(write, b"x")
            os.execvp("sh", ["sh", "-c", "sleep 300; : {mark}"])
        os._exit(0)
    os.wait()
    os.read(ready, 1)
    """)  # fmt: skip
    running = [
        place
        for place in Path("/proc").glob("[0-9]*/cmdline")
        if place.exists() and mark.encode() in place.read_bytes()
    ]
    assert running == []
    boxed.holds("finds nothing left", f"""
    import os, tempfile
    for folder in (".", tempfile.gettempdir(), os.path.expanduser("~")):
        assert "{mark}" not in os.listdir(folder)
    assert not os.path.exists("closed")
    """)  # fmt: skip
    assert not list(Path("/dev/shm").glob(f"**/{mark}"))


def test_memory_shared_by_name_is_its_own(boxed: Boxed) -> None:
    boxed.holds("memory shared by name is its own", """
    import multiprocessing
    lock = multiprocessing.Lock()
    with lock:
        pass
    """)  # fmt: skip


def test_calls_that_attack_the_kernel_are_refused(boxed: Boxed) -> None:
    boxed.holds("cannot attack the kernel with rare calls", """
    import ctypes, errno, os, platform
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    assert status["Seccomp"].strip() == "2"
    assert status["NoNewPrivs"].strip() == "1"
    libc = ctypes.CDLL(None, use_errno=True)
    x86 = platform.machine() == "x86_64"
    refused = {
        "ptrace": (101, 117), "bpf": (321, 280), "keyctl": (250, 219), "userfaultfd": (323, 282),
        "perf_event_open": (298, 241), "io_uring_setup": (425, 425), "unshare": (272, 97),
        "mount": (165, 40), "umount2": (166, 39), "setns": (308, 268), "fsopen": (430, 430),
        "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "add_key": (248, 217),
        "kexec_load": (246, 104), "init_module": (175, 105), "finit_module": (313, 273),
        "open_by_handle_at": (304, 265), "pivot_root": (155, 41), "personality": (135, 92),
        "kcmp": (312, 272), "pidfd_getfd": (438, 438), "clone3": (435, 435),
        "unknown": (1023, 1023),
    }
    for name, numbers in refused.items():
        ctypes.set_errno(0)
        result = libc.syscall(numbers[0 if x86 else 1], 0x10000000, 0x10000000, 0, 0, 0)
        assert result == -1, name
        assert ctypes.get_errno() in (errno.EPERM, errno.ENOSYS), (name, ctypes.get_errno())
    for space in (0x10000000, 0x20000, 0x40000000, 0x20000000):
        ctypes.set_errno(0)
        child = libc.syscall(56 if x86 else 220, space | 17, 0, 0, 0, 0)
        if child == 0:
            os._exit(0)
        assert child == -1 and ctypes.get_errno() == errno.EPERM, hex(space)
    """)  # fmt: skip


def test_powers_are_gone_for_good(boxed: Boxed) -> None:
    boxed.holds("has no power", """
    import os, subprocess
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    # What a run of root's may keep is to read what Landlock leaves in sight.
    # (CapBnd says what a program could win, and nothing wins anything without new privileges.)
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(status[kind], 16) in (0, 1 << 2), kind
    assert status["NoNewPrivs"].strip() == "1"
    told = subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True).stdout
    assert all(int(line.split()[1], 16) in (0, 1 << 2)
               for line in told.splitlines() if line[:6] in ("CapInh", "CapPrm", "CapEff"))
    """)  # fmt: skip


def test_a_run_that_kills_its_group_is_called_crashed(boxed: Boxed) -> None:
    report = boxed.tiny.probe(f"import os; os.kill(0, {int(signal.SIGKILL)})")
    assert report.ending == "crashed"
    assert boxed.tiny.pool.faults == []
