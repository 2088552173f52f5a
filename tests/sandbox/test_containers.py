"""How a container is asked for: argument by argument, since not every machine has an engine."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from types import ModuleType
from typing import IO

import pytest

from journeyman.sandbox import containers, tiers
from journeyman.sandbox.bubblewrap import Bind, Layout
from journeyman.sandbox.containers import Container, command_line, server_line
from journeyman.sandbox.forkserver import Pool
from journeyman.sandbox.launch import INSIDE, Server, Started
from journeyman.sandbox.limits import Limits

ENGINES = ["podman", "docker"]


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "image", lambda engine: "empty")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_server_s_container_has_no_network_no_powers_and_nothing_to_write(
    no_engine: None, engine: str, tmp_path: Path
) -> None:
    limits = Limits(memory_mb=100, processes=10, tmp_mb=20)
    binds = (Bind(tmp_path / "venv", "/env"),)
    server = Server("/env/bin/python", tmp_path / "base", binds, tier=engine, limits=limits)
    line = server_line(engine, server, "name", True)
    assert line[:2] == [engine, "run"]
    for option in (
        *("--rm", "--interactive", "--network=none", "--read-only", "--cap-drop=ALL"),
        *("--security-opt=no-new-privileges", "--ipc=private", "--pull=never", "--user=0:0"),
        *("--name=name", "--shm-size=20m", "--memory=672m", "--pids-limit=74"),
        "--tmpfs=/closed:rw,mode=0700,size=4k",
        "--tmpfs=/repo:rw,exec,nosuid,nodev,size=20m,mode=0755",
        f"--volume={tmp_path}/base:/closed/base:ro",
        f"--volume={tmp_path}/venv:/env:ro",
        f"--volume={INSIDE}:/journeyman:ro",
        "--volume=/usr:/usr:ro",
    ):
        assert option in line, option
    assert line[-5:] == ["empty", "/env/bin/python", "-B", "/journeyman/server.py", "stdio"]
    assert not [word for word in line if word.startswith("--volume") and word.endswith(":rw")]
    powers = {word.partition("=")[2] for word in line if word.startswith("--cap-add")}
    assert not powers & {"SYS_ADMIN", "NET_ADMIN", "DAC_READ_SEARCH", "SYS_MODULE", "NET_RAW"}


@pytest.mark.parametrize("engine", ENGINES)
def test_without_cgroups_the_engine_is_asked_for_no_limits(
    no_engine: None, engine: str, tmp_path: Path
) -> None:
    line = server_line(engine, Server("python", tmp_path, (), tier=engine), "name", False)
    assert not [word for word in line if word.startswith(("--memory", "--pids"))]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_command_s_container_writes_only_what_it_may(engine: str, tmp_path: Path) -> None:
    binds = (Bind(tmp_path, "/env", writable=True), Bind(tmp_path / "uv", "/run/uv"))
    layout = Layout(binds=binds, network=True, environment={"A": "b c"})
    limits = Limits(file_mb=1, memory_mb=2, cpu_s=3)
    line = command_line(engine, layout, ["uv", "x"], "name", "/repo", "7:8", limits, "empty")
    assert "--network=host" in line and "--network=none" not in line
    written = [word for word in line if word.startswith("--volume") and word.endswith(":rw")]
    assert written == [f"--volume={tmp_path}:/env:rw"]
    for option in (
        *("--user=7:8", "--workdir=/repo", "--env=A=b c", "--cap-drop=ALL", "--read-only"),
        *("--ulimit=fsize=1048576:1048576", "--ulimit=data=2097152:2097152", "--ulimit=cpu=3:3"),
    ):
        assert option in line, option
    assert not [word for word in line if word.startswith("--cap-add")]
    assert line[-3:] == ["empty", "uv", "x"]


def test_the_image_is_empty_but_for_folders_and_the_system_s_links() -> None:
    with tarfile.open(fileobj=io.BytesIO(containers._empty_image())) as archive:
        members = {member.name: member for member in archive.getmembers()}
    assert not [name for name, member in members.items() if member.isfile()]
    assert members["closed"].isdir() and members["usr"].isdir()
    for top in ("bin", "lib"):
        assert members[top].issym() == Path("/", top).is_symlink()


def test_an_engine_that_is_not_there_is_a_reason() -> None:
    assert Container("no-such-engine").why_not() == "no-such-engine is not installed"


@pytest.mark.sandbox
@pytest.mark.parametrize("engine", ENGINES)
def test_without_landlock_the_answer_and_the_powers_are_closed_by_the_user_alone(
    engine: str, tiny_repository: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Container(engine)
    if why := real.why_not():
        pytest.skip(f"{engine} cannot run here: {why}")
    tiny_repository.build(tmp_path)

    class Older(Container):
        def start(self, server: Server, log: IO[bytes]) -> Started:
            started = real.start(server, log)
            started.setup["tier"]["landlock"] = 0
            return started

    monkeypatch.setitem(tiers.TIERS, engine, Older(engine))  # type: ignore[attr-defined]
    with Pool(tiny_repository.server(tmp_path, tier=engine), 1) as pool:
        tiny = tiny_repository.Tiny(tmp_path, pool, tiny_repository.how())
        report = tiny.probe("""
        import os, pytest
        assert os.getuid() == 1000
        for place in ("/closed", "/closed/base", "/closed/base/tinyshop/prices.py"):
            with pytest.raises(PermissionError):
                os.stat(place + "/.")
        for place in ("/usr/new", "/new", "/etc/new", "/journeyman/new"):
            with pytest.raises(OSError):
                open(place, "w")
        for pid in (1, os.getppid()):
            with pytest.raises(PermissionError):
                os.kill(pid, 9)
            with pytest.raises(PermissionError):
                open(f"/proc/{pid}/mem", "rb")
        """)
        assert report.good("tests/test_probe.py::test_probe"), report.output
        assert next(iter(pool._all)).hello["landlock"] == 0
