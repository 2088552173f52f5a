"""The client against a server with every fault a server can have."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from journeyman.errors import LanguageServerError
from journeyman.understanding.precise import Client, Found

Fake = Callable[[str], Found]
EVERYTHING_BELOW = """
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"],
                         start_new_session=True)
print(os.getpid(), child.pid, file=open(os.path.dirname(__file__) + "/pids", "w"), flush=True)
"""


def test_the_server_is_introduced_to_the_folder(fake: Fake, folder: Path) -> None:
    script = "said = initialize(positionEncoding='utf-8')\nwrite(id=read()['id'], result=said)"
    with Client(fake(script).command, folder, options={"a": 1}) as client:
        assert (client.server, client.encoding) == ("fake 1", "utf-8")
        said = client.request("echo", {})
    assert said["rootUri"] == folder.as_uri()
    assert said["initializationOptions"] == {"a": 1}
    assert said["capabilities"]["general"]["positionEncodings"] == ["utf-8", "utf-16"]


def test_a_server_that_names_no_encoding_counts_in_utf_16(fake: Fake, folder: Path) -> None:
    with Client(fake("initialize(); read()").command, folder) as client:
        assert client.encoding == "utf-16"


def test_an_encoding_that_was_not_offered_is_an_error(fake: Fake, folder: Path) -> None:
    with pytest.raises(LanguageServerError, match="utf-7"):
        Client(fake("initialize(positionEncoding='utf-7')").command, folder)


def test_answers_find_their_questions_in_any_order(fake: Fake, folder: Path) -> None:
    script = """
initialize()
while True:
    few = [read() for _ in range(5)]
    for message in reversed(few):
        write(id=message["id"], result=message["params"] * 2)
"""
    with Client(fake(script).command, folder) as client:
        found = dict(client.requests([("double", n) for n in range(20)], window=5))
    assert {place: answer.result for place, answer in found.items()} == {
        n: 2 * n for n in range(20)
    }


def test_no_more_are_in_flight_than_the_window_allows(fake: Fake, folder: Path) -> None:
    script = """
import select
initialize()
while True:
    few = [read() for _ in range(3)]
    more = select.select([sys.stdin], [], [], 0.05)[0]
    for message in few:
        write(id=message["id"], result=bool(more))
"""
    with Client(fake(script).command, folder) as client:
        found = [answer for _, answer in client.requests([("ask", None)] * 9, window=3)]
    assert [answer.result for answer in found] == [False] * 9


def test_a_refusal_is_an_answer_among_many_and_an_error_alone(fake: Fake, folder: Path) -> None:
    script = """
initialize()
while True:
    write(id=read()["id"], error={"code": -32603, "message": "no idea"})
"""
    with Client(fake(script).command, folder) as client:
        assert [answer.refusal for _, answer in client.requests([("a", 1)])] == ["no idea"]
        with pytest.raises(LanguageServerError, match="refused a: no idea"):
            client.request("a", 1)
        assert [answer.refusal for _, answer in client.requests([("a", 1)])] == ["no idea"]


def test_what_the_server_asks_meanwhile_is_answered(fake: Fake, folder: Path) -> None:
    script = """
initialize()
question = read()
asked = [
    ("workspace/configuration", {"items": [
        {"section": "python.analysis"}, {"section": "python.none.at.all"}, {}]}),
    ("client/registerCapability", {"registrations": []}),
    ("window/workDoneProgress/create", {"token": "t"}),
    ("window/showMessageRequest", {"type": 3, "message": "?", "actions": [{"title": "Yes"}]}),
    ("workspace/workspaceFolders", None),
    ("workspace/applyEdit", {"edit": {}}),
    ("workspace/semanticTokens/refresh", None),
    ("unheard/of", {}),
]
write(method="window/logMessage", params={"type": 3, "message": "hello"})
write(method="window/showMessage", params={"type": 1, "message": "cannot read the project"})
replies = []
for number, (method, params) in enumerate(asked):
    write(id=f"s{number}", method=method, params=params)
    reply = read()
    assert reply["id"] == f"s{number}"
    replies.append(reply.get("result", reply.get("error")))
write(id=question["id"], result=replies)
"""
    settings = {"python": {"analysis": {"mode": "off"}}}
    with Client(fake(script).command, folder, settings=settings) as client:
        replies = client.request("ask", {})
        assert client.complaints == ["cannot read the project"]
    configuration, registered, created, chosen, folders, edit, refresh, unknown = replies
    assert configuration == [{"mode": "off"}, None, settings]
    assert (registered, created, chosen, refresh) == (None, None, None, None)
    assert folders == [{"uri": folder.as_uri(), "name": folder.name}]
    assert edit["applied"] is False
    assert unknown["code"] == -32601


def test_a_server_that_writes_before_it_reads_blocks_nobody(fake: Fake, folder: Path) -> None:
    script = """
initialize()
for _ in range(200):
    write(method="window/logMessage", params={"type": 3, "message": "x" * 10_000})
    print("y" * 10_000, file=sys.stderr)
assert read()["method"] == "large"
while True:
    write(id=read()["id"], result=1)
"""
    with Client(fake(script).command, folder) as client:
        client.notify("large", "z" * 2_000_000)
        calls = [("a", "z" * 10_000)] * 100
        answers = [answer for _, answer in client.requests(calls)]
    assert len(answers) == 100


@pytest.mark.parametrize(
    ("script", "what"),
    [
        ("sys.stderr.write('out of luck\\n'); sys.exit(3)", "exit status 3.*\n.*out of luck"),
        ("initialize(); read(); os.kill(os.getpid(), 9)", "killed by signal 9"),
        ("initialize(); read(); raw(b'Hello, world\\r\\n\\r\\n'); time.sleep(60)", "not the proto"),
        ("initialize(); read(); os.close(1); time.sleep(60)", "closed its output|signal"),
        ("write(id=read()['id'], result=None)", "without its capabilities"),
        ("write(id=read()['id'], error={'message': 'not you'})", "refused initialize: not you"),
    ],
)
def test_a_broken_server_is_a_typed_error_with_its_last_words(
    fake: Fake, folder: Path, script: str, what: str
) -> None:
    with (
        pytest.raises(LanguageServerError, match=what),
        Client(fake(script).command, folder, 10) as client,
    ):
        client.request("ask", {})


def test_a_program_that_is_not_there_is_an_error_that_names_it(folder: Path) -> None:
    with pytest.raises(LanguageServerError, match=r"/nowhere/server: No such file"):
        Client(["/nowhere/server"], folder)


@pytest.mark.parametrize(
    "script",
    [
        "time.sleep(60)",  # never answers the introduction
        "initialize(); time.sleep(60)",
        "initialize()\nwhile True: write(method='$/progress', params={}); time.sleep(0.02)",
    ],
)
def test_silence_ends_at_the_limit_and_chatter_is_silence(
    fake: Fake, folder: Path, script: str
) -> None:
    started = time.monotonic()
    with (
        pytest.raises(LanguageServerError, match=r"nothing for 0.7 seconds"),
        Client(fake(script).command, folder, 0.7) as client,
    ):
        client.request("ask", {})
    assert time.monotonic() - started < 10


def test_one_slow_answer_among_others_is_not_silence(fake: Fake, folder: Path) -> None:
    script = """
initialize()
first = read()
for _ in range(8):
    time.sleep(0.25)
    write(id=read()["id"], result=1)
write(id=first["id"], result="late")
"""
    with Client(fake(script).command, folder, 1.2) as client:
        found = dict(client.requests([("a", None)] * 9))
    assert found[0].result == "late"


def test_the_whole_session_has_a_limit(fake: Fake, folder: Path) -> None:
    script = "initialize()\nwhile True: write(id=read()['id'], result=1); time.sleep(0.02)"
    with Client(fake(script).command, folder, session_s=1.5) as client:
        with pytest.raises(LanguageServerError, match=r"1.5 seconds in all"):
            list(client.requests([("a", None)] * 10_000))
        with pytest.raises(LanguageServerError, match=r"1.5 seconds in all|closed"):
            client.request("a", None)


def test_closing_kills_all_that_is_below_the_server(
    fake: Fake, folder: Path, tmp_path: Path
) -> None:
    script = EVERYTHING_BELOW + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ninitialize()\n"
    with Client(fake(script + "time.sleep(600)").command, folder) as client:
        pids = wait_for_pids(tmp_path)
        assert all(alive(pid) for pid in pids)
    assert not any(alive(pid) for pid in pids)
    client.close()


def test_a_server_that_ends_by_itself_leaves_nothing_below_it(
    fake: Fake, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(LanguageServerError, match="exit status 0"):
        Client(fake(EVERYTHING_BELOW + "sys.exit(0)").command, folder)
    assert not any(alive(pid) for pid in wait_for_pids(tmp_path))


def test_the_server_dies_with_us_even_when_we_are_killed(
    fake: Fake, folder: Path, tmp_path: Path
) -> None:
    command = fake(EVERYTHING_BELOW + "initialize()\ntime.sleep(600)").command
    code = (
        "import sys, time; from pathlib import Path\n"
        "from journeyman.understanding.precise import Client\n"
        "client = Client(sys.argv[2:], Path(sys.argv[1])); time.sleep(600)"
    )
    homes = tmp_path / "homes"
    homes.mkdir()
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(folder), *command],
        env={**os.environ, "TMPDIR": str(homes)},
    )
    pids = wait_for_pids(tmp_path)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until = time.monotonic() + 10
    while any(alive(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(alive(pid) for pid in pids)
    while list(homes.iterdir()) and time.monotonic() < until:
        time.sleep(0.02)
    assert list(homes.iterdir()) == []


def test_the_environment_holds_no_secrets_and_the_home_is_gone_afterwards(
    fake: Fake, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("PATH", f".:relative/bin::{os.environ['PATH']}")
    script = "initialize()\nwrite(id=read()['id'], result=[dict(os.environ), os.getcwd()])"
    with Client(fake(script).command, folder, environment={"MORE": "1"}) as client:
        found, cwd = client.request("ask", {})
        assert Path(found["HOME"]).is_dir()
    assert set(found) - {"LC_CTYPE"} == {"PATH", "HOME", "TMPDIR", "LANG", "MORE"}
    assert all(part.startswith("/") for part in found["PATH"].split(":"))
    assert "secret" not in json.dumps(found)
    assert cwd == found["HOME"]
    assert not Path(found["HOME"]).exists()


def wait_for_pids(tmp_path: Path) -> list[int]:
    place = tmp_path / "pids"
    until = time.monotonic() + 20
    while not (place.exists() and place.read_text().endswith("\n")):
        assert time.monotonic() < until
        time.sleep(0.02)
    return [int(pid) for pid in place.read_text().split()]


def alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False
    return status.rpartition(b")")[2].split()[0] not in (b"Z", b"X")
