from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

from journeyman.errors import UserError
from journeyman.pipeline.understand import understood
from journeyman.web.code import MOST_LINES, FromPlace, shown
from journeyman.web.live import Live
from journeyman.web.serve import own_names, serve
from journeyman.workspace import Project, Workspace

pytest.importorskip("starlette")

PROGRAM = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("sample_wiki", sys.argv[1])
shop = importlib.util.module_from_spec(spec)
sys.modules["sample_wiki"] = shop
spec.loader.exec_module(shop)
from journeyman.web.serve import serve
say = lambda text: print(text, flush=True)
serve(shop.wiki(), shop.SampleCode(), shop.SampleKnown(), port=0, say=say)
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    _git(root, "init", "-q")
    _commit(root, "prices.py", "def total(items):\n    return sum(items)\n")
    return root


def _git(root: Path, *arguments: str) -> str:
    name = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    done = subprocess.run(
        ["git", *name, *arguments], cwd=root, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def _commit(root: Path, path: str, text: str) -> str:
    (root / path).write_text(text)
    _git(root, "add", "-A")
    _git(root, "commit", "-qm", f"Change {path}")
    return _git(root, "rev-parse", "HEAD")


def test_the_server_says_its_address_answers_there_and_ends_on_ctrl_c() -> None:
    place = Path(__file__).with_name("sample_wiki.py")
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(place)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        said = running.stdout.readline()
        port = int(said.split("127.0.0.1:")[1].split("/")[0])
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        asking.request("GET", "/")
        assert b"shop" in asking.getresponse().read()
        os.kill(running.pid, signal.SIGINT)
        rest, _ = running.communicate(timeout=20)
        assert rest == "ended\n"
        assert running.returncode == 0
    finally:
        running.kill()
        running.wait()


def test_a_port_that_is_taken_is_said(shop: ModuleType) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UserError, match="cannot be listened on"):
            serve(shop.wiki(), shop.SampleCode(), shop.SampleKnown(), port=taken.getsockname()[1])


def test_without_the_extra_the_cure_names_it(
    shop: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "starlette", None)
    with pytest.raises(UserError) as raised:
        serve(shop.wiki(), shop.SampleCode(), shop.SampleKnown())
    assert "pip install 'journeyman[web]'" in raised.value.cure


def test_only_names_of_this_machine_are_its_own() -> None:
    assert own_names("127.0.0.1", 8321) == ["127.0.0.1:8321", "localhost:8321", "[::1]:8321"]
    assert "127.0.0.1" in own_names("127.0.0.1", 80)
    assert own_names("192.0.2.7", 8321)[0] == "192.0.2.7:8321"


def test_code_is_read_at_the_commit_that_was_described(repository: Path) -> None:
    old = _git(repository, "rev-parse", "HEAD")
    new = _commit(repository, "prices.py", "def total(items):\n    return 0\n")
    (repository / "prices.py").write_text("unfinished\n")
    with understood(str(repository), Workspace(repository.parent / "w"), workers=1) as known:
        code = FromPlace(known.place, known.git, old)
    found = {at: code.show("prices.py", at) for at in ("", old, new, "now")}
    assert [one.lines[-1] for one in found.values() if one] == [
        "    return sum(items)",
        "    return sum(items)",
        "    return 0",
        "unfinished",
    ]
    assert code.show("prices.py", "HEAD") is None
    assert code.show("../shop/prices.py") is None


def test_what_cannot_be_shown_as_lines_is_said() -> None:
    assert "not text" in shown("a", "", b"\0\1").note
    assert "more than 1 MiB" in shown("a", "", b"x" * ((1 << 20) + 1)).note
    assert "cut after" in shown("a", "", b"x" * 9000).note
    long = shown("a", "", b"x\n" * (MOST_LINES + 5000), around=MOST_LINES + 4990)
    assert len(long.lines) == MOST_LINES and long.first == 5001


def test_search_works_and_says_so_while_the_index_is_brought_up_to_date(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journeyman.web.live._LOOK_AGAIN_S", 0.0)
    workspace = Workspace(repository.parent / "w")
    described = _git(repository, "rev-parse", "HEAD")
    with understood(str(repository), workspace, workers=1) as known:
        pass
    live = Live(known.index.folder, known.place, known.git, described)
    try:
        assert live.notice() == ""
        assert [one.path for one in live.find("total of items")] == ["prices.py"]
        _commit(repository, "basket.py", "def basket_of_items(items):\n    return items\n")
        busy, go_on = threading.Event(), threading.Event()

        def other() -> None:
            with understood(str(repository), workspace, workers=1):
                busy.set()
                go_on.wait(30)

        working = threading.Thread(target=other)
        working.start()
        assert busy.wait(60)
        assert [one.path for one in live.find("basket of items")] == ["prices.py"]
        assert "being brought up to date" in live.notice()
        go_on.set()
        working.join()
        assert live.find("basket of items")[0].path == "basket.py"
        assert "being brought" not in live.notice()
        assert f"describes {described[:10]}" in live.notice()
        assert "basket.py" in live.atlas().paths
    finally:
        live.close()


def test_a_server_leaves_the_index_free_for_others(repository: Path) -> None:
    workspace = Workspace(repository.parent / "w")
    with understood(str(repository), workspace, workers=1) as known:
        pass
    live = Live(known.index.folder, known.place, known.git)
    try:
        with Project(known.index.folder.parent).locked():
            pass
    finally:
        live.close()
