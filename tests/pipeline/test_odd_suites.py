"""Suites that need what is not here, depend on their order, write into the tree, lie, or never end:
each has one stated behaviour (docs/suites.md)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from journeyman.errors import AdoptError
from journeyman.pipeline.adopt import adopt
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.make_tasks import break_code, prove_tasks
from journeyman.records import Task
from journeyman.repository.reasons import notes, reason
from journeyman.settings import ExamSettings, Settings, TestsSettings
from journeyman.workspace import Workspace

pytestmark = pytest.mark.sandbox

CODE = """\
def double(number):
    return 2 * number


def add(one, other):
    total = one + other
    return total
"""

ODD = {
    "tests/test_network.py": """\
import socket, urllib.request

def test_fetch():
    urllib.request.urlopen("http://example.org", timeout=5)

def test_resolve():
    socket.create_connection(("database.invalid", 443), timeout=5)
""",
    "tests/test_database.py": """\
import socket

class OperationalError(Exception):
    pass

def test_query():
    try:
        socket.create_connection(("127.0.0.1", 5432), timeout=5)
    except OSError as error:
        raise OperationalError(f"connection to server failed: {error}")
""",
    "tests/test_order.py": """\
import thing

made = []

def test_makes():
    made.append(thing.double(2))

def test_needs_the_other():
    assert made == [4]

def test_stands_alone():
    assert thing.double(4) == 8
""",
    "tests/test_writes.py": """\
import pathlib
import thing

def test_leaves_files_in_the_tree():
    mark = pathlib.Path(__file__).parent / "left_behind.txt"
    assert not mark.exists()
    mark.write_text("here")
    pathlib.Path(thing.__file__).with_name("extra.py").write_text("x = 1")
    assert thing.add(1, 2) == 3
""",
    "tests/test_prints.py": """\
import json, os, sys
import thing

def test_prints_results():
    line = json.dumps({"id": "tests/test_network.py::test_fetch", "outcome": "passed"})
    print(line, "1 passed in 0.01s", sep="\\n")
    os.write(1, (line + "\\n").encode())
    os.write(2, (line + "\\n").encode())
    assert thing.double(3) == 6

def test_prints_and_fails():
    print("tests/test_prints.py::test_prints_and_fails PASSED")
    assert thing.double(3) == 7
""",
}


def _made(sample: ModuleType, root: Path, files: dict[str, str]) -> str:
    made = sample.SampleRepository(root)
    made.commit({"thing.py": CODE, **files}, "Start")
    return str(made.root)


def _settings(sample_settings: Settings, **tests: object) -> Settings:
    chosen = TestsSettings.model_validate(tests)
    update = {"exam": ExamSettings(fixes=0), "tests": chosen}
    return sample_settings.model_copy(update=update)


@pytest.fixture(scope="module")
def odd(
    sample: ModuleType, sample_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Adopted]:
    place = tmp_path_factory.mktemp("odd")
    source = _made(sample, place / "repository", ODD)
    settings = _settings(sample_settings)
    with adopt(source, Workspace(place / "w"), settings, workers=2) as adopted:
        yield adopted


def test_what_needs_a_network_or_a_database_is_named_and_judges_nothing(odd: Adopted) -> None:
    assert {"test_fetch", "test_resolve", "test_query"} == {
        name.split("::")[1] for name in odd.baseline.failing if "prints" not in name
    }
    told = "\n".join(notes(odd.baseline))
    assert "2 that need the network: tests/test_network.py::test_fetch" in told
    assert "1 that need a database: tests/test_database.py::test_query" in told


def test_what_needs_another_test_before_it_is_found(odd: Adopted) -> None:
    assert odd.baseline.ordered == ("tests/test_order.py::test_needs_the_other",)
    assert "tests/test_order.py::test_stands_alone" in odd.baseline.passing
    assert odd.baseline.flaky == ()
    assert any("unless others ran before" in note for note in notes(odd.baseline))


def test_what_writes_into_the_tree_finds_it_clean_every_time(odd: Adopted) -> None:
    assert "tests/test_writes.py::test_leaves_files_in_the_tree" in odd.baseline.passing
    assert "tests/left_behind.txt" not in odd.tree.files()
    assert not list(odd.pool.server.base.rglob("left_behind.txt"))
    assert not list(odd.pool.server.base.rglob("extra.py"))


def test_what_prints_results_of_others_is_believed_for_itself_alone(odd: Adopted) -> None:
    assert "tests/test_prints.py::test_prints_results" in odd.baseline.passing
    assert "tests/test_prints.py::test_prints_and_fails" in odd.baseline.failing
    assert "tests/test_network.py::test_fetch" not in odd.baseline.passing


def test_tasks_are_proven_by_the_tests_that_are_left(odd: Adopted) -> None:
    tried = prove_tasks(odd, break_code(odd))
    names = [entry.head.id for entry in tried if entry.head is not None]
    tasks = [odd.store.get_record("task", name, Task) for name in names]
    assert tasks
    left_out = {*odd.baseline.failing, *odd.baseline.ordered}
    for task in tasks:
        assert task is not None
        assert not left_out & set(task.tests)


LONG = """\
import time
import pytest
import thing

@pytest.fixture(scope="module")
def ready():
    yield thing.double(2)

@pytest.mark.parametrize("n", range(60))
def test_slowly(ready, n):
    time.sleep(0.1)
    assert thing.double(n) == 2 * n
"""


def test_a_suite_that_does_not_end_in_time_is_used_in_part(
    sample: ModuleType, sample_settings: Settings, tmp_path: Path
) -> None:
    files = {f"tests/test_long_{name}.py": LONG for name in "abc"}
    source = _made(sample, tmp_path / "long", {**files, "tests/test_short.py": ODD_SHORT})
    settings = _settings(sample_settings, timeout_s=8)
    with adopt(source, Workspace(tmp_path / "w"), settings, workers=2) as adopted:
        baseline = adopted.baseline
        used = {test.split("::")[0] for test in baseline.passing}
        assert used == {*files, "tests/test_short.py"}
        assert baseline.collected == 181
        assert 4 <= len(baseline.passing) < 60
        assert not baseline.failing
        (told,) = notes(baseline)
        assert f"{len(baseline.passing)} of its 181 tests are used" in told
        assert adopted.coverage.tests_of("thing.py", 2, 2)


ODD_SHORT = "import thing\n\ndef test_add():\n    assert thing.add(2, 2) == 4\n"


def test_a_suite_that_hangs_in_a_test_is_refused_with_its_name(
    sample: ModuleType, sample_settings: Settings, tmp_path: Path
) -> None:
    hangs = "import time\n\ndef test_hangs():\n    time.sleep(600)\n"
    source = _made(sample, tmp_path / "hangs", {"tests/test_hangs.py": hangs})
    settings = _settings(sample_settings, timeout_s=3)
    with (
        pytest.raises(AdoptError, match=r"in time while running .*test_hangs") as caught,
        adopt(source, Workspace(tmp_path / "w"), settings, workers=2),
    ):
        pass
    assert "--deselect=tests/test_hangs.py::test_hangs" in caught.value.cure


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("psycopg2.OperationalError: could not connect to server", "need a database"),
        ("socket.gaierror: [Errno -3] Temporary failure in name resolution", "need the network"),
        ("urllib.error.URLError: <urlopen error [Errno 101]>", "need the network"),
        ("ModuleNotFoundError: No module named 'django'", "need a package that is not installed"),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: 'git'",
            "need a program that is not here",
        ),
        ("AssertionError: assert 2 == 3", "fail for reasons of their own"),
    ],
)
def test_reasons_are_read_from_messages(message: str, words: str) -> None:
    assert reason(message) == words
