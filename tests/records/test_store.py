"""The store: what goes in comes out, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeyman.errors import InfrastructureError, UserError
from journeyman.records import Action, Observation, Patch, Turn
from journeyman.records.store import Store, write_atomically

TEXTS = st.one_of(
    st.text(max_size=50),
    st.builds(lambda part, n: part * n, st.text(min_size=1, max_size=9), st.just(9000)),
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(st.tuples(st.sampled_from(["a", "b"]), st.text(max_size=20)), TEXTS, max_size=6)
)
def test_items_come_back_as_they_were_also_after_opening_again(
    items: dict[tuple[str, str], str],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        for (kind, key), text in items.items():
            store.put(kind, key, "an earlier text")
            store.put(kind, key, text)
        store.close()
        again = Store(Path(folder))
        assert {(kind, key): again.get(kind, key) for kind, key in items} == items
        for name in ("a", "b"):
            assert again.keys(name) == sorted(key for kind, key in items if kind == name)
        again.close()


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=100_000))
def test_objects_come_back_as_they_were(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        name = store.write_object(data)
        assert store.read_object(name) == data
        assert store.write_object(data) == name
        store.close()


def test_what_is_not_there_is_none(store: Store) -> None:
    assert store.get("kind", "key") is None
    assert store.get_record("kind", "key", Patch) is None
    assert store.turns("nobody") == ()


def test_records_come_in_the_order_of_their_keys(store: Store) -> None:
    for key in "cab":
        store.put_record("patch", key, Patch(files={key: None}))
    assert list(store.records("patch", Patch)) == [(key, Patch(files={key: None})) for key in "abc"]


def test_a_record_of_another_version_is_refused_with_a_cure(store: Store) -> None:
    store.put("patch", "old", '{"shape": "another"}')
    with pytest.raises(UserError, match="this version") as caught:
        store.get_record("patch", "old", Patch)
    assert str(store.folder) in caught.value.message and "--workspace" in caught.value.cure


def test_turns_are_kept_in_order_and_can_be_forgotten(store: Store) -> None:
    turns = [
        Turn(actions=(Action(tool=f"tool {n}"),), observations=(Observation(text="x"),))
        for n in range(12)
    ]
    for position, turn in enumerate(turns):
        store.append_turn("one", position, turn)
    store.append_turn("two", 0, turns[0])
    assert store.turns("one") == tuple(turns)
    store.clear_turns("one")
    assert store.turns("one") == ()
    assert store.turns("two") == (turns[0],)


def _only_object(store: Store) -> Path:
    (path,) = [path for path in (store.folder / "objects").rglob("*") if path.is_file()]
    return path


@pytest.mark.parametrize("damage", ["cut", "other", "gone"])
def test_a_damaged_object_is_told_and_never_returned(store: Store, damage: str) -> None:
    text = "".join(str(n) for n in range(9000))
    store.put("report", "key", text)
    path = _only_object(store)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-40])
    elif damage == "other":
        other = Store(store.folder.parent / "other")
        other.put("report", "key", text + "x")
        path.write_bytes(_only_object(other).read_bytes())
    else:
        path.unlink()
    with pytest.raises(InfrastructureError, match="object"):
        store.read_object(hashlib.sha256(text.encode()).hexdigest())
    assert store.get("report", "key") is None
    assert store.damaged == ["report/key"]


def test_an_item_found_damaged_can_be_made_again(store: Store) -> None:
    text = "x" * 9000
    store.put("report", "key", text)
    path = _only_object(store)
    path.write_bytes(path.read_bytes()[:-4])
    assert store.get("report", "key") is None
    assert store.keys("report") == []
    store.put("report", "key", text)
    assert store.get("report", "key") == text


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "not bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_process_killed_while_writing_leaves_whole_items_only(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from journeyman.records.store import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for n in range(10**6):\n"
        "    store.put('k', f'{n:07}', f'{n} ' * (5000 if n % 2 else 5))\n"
        "    if n == 20: print('going', flush=True)\n"
    )
    folder = tmp_path / "store"
    process = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    store = Store(folder)
    keys = store.keys("k")
    assert len(keys) > 20
    for key in keys:
        n = int(key)
        assert store.get("k", key) == f"{n} " * (5000 if n % 2 else 5)


def test_what_a_killed_process_was_writing_is_swept(store: Store) -> None:
    name = store.write_object(b"x")
    folder = store.folder / "objects" / name[:2]
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (folder / f".writing-{dead.pid}-a").write_bytes(b"ha")
    (folder / f".writing-{os.getpid()}-b").write_bytes(b"ha")
    Store(store.folder).close()
    left = sorted(path.name for path in folder.iterdir())
    assert left == sorted([name[2:], f".writing-{os.getpid()}-b"])


def test_threads_may_write_at_the_same_time(store: Store) -> None:
    def write(number: int) -> None:
        for n in range(20):
            store.put("k", f"{number}-{n}", "same text " * 1000)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.keys("k")) == 80
    assert {store.get("k", key) for key in store.keys("k")} == {"same text " * 1000}


def test_a_store_below_a_file_is_refused_with_a_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be opened") as caught:
        Store(tmp_path / "file" / "store")
    assert "writable" in caught.value.cure


def test_a_file_that_is_no_database_is_refused_with_a_cure(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_text("hello " * 1000)
    with pytest.raises(UserError, match="cannot be opened") as caught:
        Store(tmp_path)
    assert "start over" in caught.value.cure


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match="cannot be opened"):
        Store(tmp_path / "store")


def test_a_database_that_cannot_be_written_is_a_fault_with_a_cure(store: Store) -> None:
    store._database.execute("PRAGMA query_only=1")
    with pytest.raises(InfrastructureError, match="failed"):
        store.put("kind", "key", "text")


def test_a_full_disk_is_a_fault_that_says_to_make_room(store: Store) -> None:
    pages = store._database.execute("PRAGMA page_count").fetchone()[0]
    store._database.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(InfrastructureError, match="full") as caught:
        for n in range(100):
            store.put("kind", str(n), "x" * 8000)
    assert "make room" in caught.value.cure


def test_a_database_damaged_later_is_a_fault_not_a_traceback(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for n in range(200):
        store.put("kind", str(n), "x" * 5000)
    store.close()
    path = tmp_path / "store.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damaged = bytearray(path.read_bytes())
    damaged[8192:-4096] = b"\x7f" * (len(damaged) - 8192 - 4096)
    path.write_bytes(damaged)
    with pytest.raises((InfrastructureError, UserError)):
        again = Store(tmp_path)
        for n in range(200):
            again.get("kind", str(n))
