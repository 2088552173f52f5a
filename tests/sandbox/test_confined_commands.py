"""One command in a tier, as installing runs them: what it sees, may write, and leaves."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from journeyman.errors import IsolationError
from journeyman.sandbox.bubblewrap import Bind, Completed, Layout, Overlay
from journeyman.sandbox.inside import landlock_rules
from journeyman.sandbox.landlock import Landlock
from journeyman.sandbox.launch import Tier
from journeyman.sandbox.tiers import TIERS
from journeyman.sandbox.unisolated import Scratch, remove_abandoned

pytestmark = pytest.mark.sandbox

PREFIXES = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_prefix).resolve()}
INTERPRETER = tuple(Bind(place, str(place)) for place in sorted(PREFIXES) if place != Path("/usr"))


@pytest.fixture(params=[name for name in TIERS if name != "none"])
def tier(request: pytest.FixtureRequest) -> Iterator[Tier]:
    why = TIERS[request.param].why_not()
    if why:
        pytest.skip(f"{request.param} cannot run here: {why}")
    yield TIERS[request.param]


def run(tier: Tier, code: str, *binds: Bind, network: bool = False, **more: float) -> Completed:
    layout = Layout(binds=(*INTERPRETER, *binds), network=network)
    return tier.run(layout, [sys.executable, "-c", code], timeout_s=more.get("timeout_s", 60))


def test_it_sees_what_it_is_shown_writes_what_it_may_and_tells_its_end(
    tier: Tier, tmp_path: Path
) -> None:
    read, write, hidden = tmp_path / "read", tmp_path / "write", tmp_path / "hidden"
    for folder in (read, write, hidden):
        folder.mkdir()
        (folder / "file").write_text(folder.name)
    layout = Layout(
        binds=(Bind(read, "/cache"), Bind(write, "/repo", writable=True)),
        environment={"PLACE": "/repo"},
    )
    script = (
        f"cat /cache/file; cat {hidden}/file 2>/dev/null || printf -- -closed; "
        "echo x 2>/dev/null > /cache/new || printf -- -kept; "
        'echo made > "$PLACE/new"; echo tmp > "$HOME/file" && exit 3'
    )
    done = tier.run(layout, ["/bin/sh", "-c", script], timeout_s=60)
    assert (done.output, done.code) == ("read-closed-kept", 3)
    assert (write / "new").read_text() == "made\n"
    assert (write / "new").stat().st_uid == os.getuid()
    assert sorted(path.name for path in read.iterdir()) == ["file"]


def test_an_overlay_takes_the_writing_and_leaves_the_base(tier: Tier, tmp_path: Path) -> None:
    base, upper, work = (tmp_path / name for name in ("base", "upper", "work"))
    for folder in (base, upper, work):
        folder.mkdir()
    (base / "file").write_text("old")
    layout = Layout(folders=("/repo",), overlay=Overlay(base, upper, work, "/repo"))
    done = tier.run(layout, ["/bin/sh", "-c", "echo new > file"], timeout_s=60, cwd="/repo")
    assert done.code == 0, done.output
    assert (base / "file").read_text() == "old" and (upper / "file").read_text() == "new\n"


def test_the_network_is_there_only_for_those_who_ask(tier: Tier) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"
        assert run(tier, code).code != 0
        asked = run(tier, code, network=True)
        assert asked.code == 0, asked.output


def test_a_service_behind_a_unix_socket_is_out_of_reach_even_with_a_network(
    tier: Tier, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        listening.listen()
        code = f"import socket; socket.socket(socket.AF_UNIX).connect({str(tmp_path / 'socket')!r})"
        assert run(tier, code, network=True).code != 0


def test_late_commands_and_what_they_detached_are_ended(tier: Tier) -> None:
    mark = f"late-{os.getpid()}-{time.monotonic_ns()}"
    code = (
        "import os, subprocess, time\n"
        f"subprocess.Popen(['sh', '-c', 'sleep 300; : {mark}'], start_new_session=True)\n"
        "time.sleep(300)"
    )
    done = run(tier, code, timeout_s=3)
    assert done.timed_out and done.code < 0
    for _ in range(50):
        if not _running(mark):
            break
        time.sleep(0.1)
    assert _running(mark) == []


def _running(mark: str) -> list[str]:
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in place.read_bytes():
                found.append(place.parent.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize("version", range(1, 8))
def test_an_older_landlock_lets_no_file_be_cut_short(version: int, tmp_path: Path) -> None:
    tier = _older(version)
    shown = tmp_path / "shown"
    shown.mkdir()
    (shown / "file").write_text("whole")
    code = f"""
import os
place = {str(shown / "file")!r}
assert open(place).read() == "whole"
for attempt in (lambda: os.truncate(place, 0), lambda: os.open(place, os.O_RDONLY | os.O_TRUNC),
                lambda: open(place, "w"), lambda: os.unlink(place),
                lambda: os.rename(place, place + "2"), lambda: os.listdir("/var")):
    try:
        attempt()
    except OSError:
        continue
    raise AssertionError(attempt)
"""
    done = run(tier, code, Bind(shown, str(shown)))
    assert done.code == 0, done.output
    assert (shown / "file").read_text() == "whole"


@pytest.mark.parametrize("version", range(1, 8))
def test_all_of_a_user_s_processes_cannot_be_ended_at_once(version: int) -> None:
    with subprocess.Popen(["sleep", "600"]) as victim:
        try:
            code = "import os; os.kill(-1, 9)"
            # Before version 6 the call is refused; since, it reaches nobody but the run's own.
            assert (run(_older(version), code).code != 0) == (version < 6)
            one = run(_older(version), f"import os; os.kill({victim.pid}, 0)")
            assert (one.code == 0) == (version < 6)  # which docs/isolation.md calls open
            assert victim.poll() is None
        finally:
            victim.kill()


def test_where_the_kernel_has_none_it_says_so_and_refuses() -> None:
    without = Landlock(at_most=0)
    assert "no Landlock" in without.why_not()
    with pytest.raises(IsolationError, match="Landlock cannot isolate") as refused:
        without.run(Layout(), ["/bin/true"], timeout_s=5)
    assert "Linux 5.13" in refused.value.cure


def test_what_a_killed_process_left_is_removed_and_what_is_in_use_is_not(tmp_path: Path) -> None:
    made = "from journeyman.sandbox.unisolated import Scratch; import os, signal; "
    code = f"{made}kept = Scratch({str(tmp_path)!r}); os.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run([sys.executable, "-c", code], check=False)
    (left,) = tmp_path.iterdir()
    used = Scratch(str(tmp_path))
    assert left.exists()  # too young to tell
    remove_abandoned(tmp_path, older_than_s=-1)
    assert not left.exists() and used.root.exists()
    used.remove()
    assert not used.root.exists()


@pytest.mark.parametrize("name", ["landlock", "podman"])
def test_a_server_ends_with_the_program_that_started_it(
    name: str, tiny_repository: ModuleType, tmp_path: Path
) -> None:
    if why := TIERS[name].why_not():
        pytest.skip(f"{name} cannot run here: {why}")
    tiny_repository.build(tmp_path / "base")
    code = f"""
import os, signal, sys
sys.path.insert(0, {str(Path(tiny_repository.__file__).parent)!r})
import tiny_repository
from pathlib import Path
from journeyman.sandbox.forkserver import ForkServer
server = ForkServer(tiny_repository.server(Path({str(tmp_path / "base")!r}), tier={name!r}))
print(server._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    for _ in range(200):
        if not Path("/proc", told.stdout.strip()).exists():
            return
        time.sleep(0.05)
    raise AssertionError("the server is still there")


def _older(version: int) -> Landlock:
    if landlock_rules.version() < version:
        pytest.skip(f"this kernel's Landlock is version {landlock_rules.version()}")
    return Landlock(at_most=version)
