"""An index brought up to date equals one made anew, whatever happened in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeyman.errors import SourceError, UserError
from journeyman.repository.git import Git
from journeyman.understanding.graph.graph import Graph
from journeyman.understanding.index.crew import Crew
from journeyman.understanding.index.index import Index
from journeyman.understanding.index.places import AtCommit, InFolder, place_of
from journeyman.understanding.index.record import read_file
from journeyman.understanding.search.search import Search
from journeyman.understanding.terms.vectors import words

PATHS = ["a.py", "pkg/b.py", "pkg/__init__.py", "c.md", "test_d.py", "e.js", "bad.py", "raw.bin"]
TEXTS = [
    b"",
    b"def total(prices):\n    return sum(prices)\n",
    b"from a import total\n\n\nclass Shop:\n    def price(self):\n        return total([1])\n",
    b"import a\n\n\ndef test_total():\n    assert a.total([1, 2]) == 3\n",
    b"function parseHeader(text) { return split(text) }\n",
    b"# Words\n\nAbout totals and prices.\n",
    b"def broken(:\n  return\n",
    b"\x00\x01\x02",
    "größe = 'weiß'\n".encode("latin-1"),
]
QUESTIONS = ["total of prices", "parse a header", "Shop.price", "raised in pkg/b.py line 5"]


class _Alone:
    """Reads files in this process, so that a property can be tried often."""

    def read(self, place, files):  # type: ignore[no-untyped-def]
        texts = place.read(files)
        yield [read_file(path, text, words()) for (path, _), text in zip(files, texts, strict=True)]

    def close(self) -> None: ...


def _index(folder: Path, root: Path) -> Index:
    index = Index(folder)
    index._crew = _Alone()  # type: ignore[assignment]
    index.bring_up_to_date(InFolder(root))
    return index


def _told(index: Index) -> tuple[object, ...]:
    """Return all that can be seen of an index."""
    tables = [
        index.store.query("SELECT path, language, category, lines, note FROM file ORDER BY path"),
        index.store.query(
            "SELECT path, qualified, kind, first, last FROM symbol JOIN file ON file = serial"
            " ORDER BY path, ordinal"
        ),
        index.store.query(
            "SELECT path, reference.name, kind, line, receiver FROM reference JOIN file"
            " ON file = serial ORDER BY path, line, reference.name"
        ),
    ]
    search = Search(index)
    found = [
        [(hit.path, hit.first, hit.last, hit.score, hit.why) for hit in search.find(question)]
        for question in QUESTIONS
    ]
    return (*tables, Graph(index.store).coverage(), found)


edits = st.lists(
    st.tuples(st.sampled_from(PATHS), st.none() | st.sampled_from(TEXTS)), min_size=1, max_size=6
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(edits, min_size=1, max_size=4))
def test_what_is_brought_up_to_date_equals_what_is_made_anew(
    rounds: list[list[tuple[str, bytes | None]]],
) -> None:
    with tempfile.TemporaryDirectory() as made:
        root = Path(made, "root")
        root.mkdir()
        index = _index(Path(made, "index"), root)
        _ = index.corpus
        for number, changes in enumerate(rounds):
            for path, text in changes:
                _put(root / path, text)
            index.bring_up_to_date(InFolder(root))
            clean = _index(Path(made, f"clean{number}"), root)
            reopened = Index(Path(made, "index"))
            assert _told(index) == _told(clean)
            assert _told(reopened) == _told(clean)
            clean.close()
            reopened.close()
        index.close()


def _put(path: Path, text: bytes | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)


def test_only_what_changed_is_read(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for path, text in zip(PATHS, TEXTS, strict=False):
        _put(root / path, text)
    index = _index(tmp_path / "index", root)
    (root / "a.py").touch()
    assert index.bring_up_to_date(InFolder(root)).read == 0, "the same content under another date"
    _put(root / "a.py", TEXTS[2])
    (root / "c.md").unlink()
    update = index.bring_up_to_date(InFolder(root))
    assert (update.read, update.gone) == (1, 1)
    index.close()


def test_a_commit_and_the_same_files_in_a_folder_are_the_same(
    shop_root: Path, tmp_path: Path
) -> None:
    git = Git(shop_root / ".git")
    head = git.resolve("HEAD") or ""
    with Index(tmp_path / "one") as one, Index(tmp_path / "other") as other:
        one.bring_up_to_date(AtCommit(git, head), workers=1)
        other.bring_up_to_date(InFolder(shop_root), workers=1)
        assert _told(one) == _told(other)
        assert other.bring_up_to_date(AtCommit(git, head)).read == 0


def test_bad_input_has_an_outcome_for_each_file(tmp_path: Path) -> None:
    root = tmp_path / "root"
    _put(root / "huge.py", b"x = 1\n" * 400_000)
    _put(root / "bundle.js", b"var a=1;" * 20_000)
    _put(root / "broken.py", b"def f(:\n\n\ndef fine():\n    pass\n")
    _put(root / "raw.py", b"\0\0")
    _put(root / "deep" / "node_modules" / "x.js", b"var x = 1")
    _put(Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9.py")), b"def coffee():\n    pass\n")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "gone.py").symlink_to("nowhere.py")
    index = _index(tmp_path / "index", root)
    notes = {path: (note, category) for path, note, category in index.store.query(
        "SELECT path, note, category FROM file"
    )}  # fmt: skip
    assert notes == {
        "huge.py": ("too large", "data"),
        "bundle.js": ("", "generated"),
        "broken.py": ("could not be parsed throughout", "code"),
        "raw.py": ("not text", "data"),
        "caf\\xe9.py": ("", "code"),
    }
    assert [one.name for one in Graph(index.store).definitions("caf\\xe9.py")] == ["coffee"]
    assert "fine" in {one.name for one in Graph(index.store).definitions("broken.py")}
    index.close()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        place_of(str(tmp_path / "nowhere"))


def test_a_repository_without_commits_is_indexed_as_it_lies(
    sample: ModuleType, tmp_path: Path
) -> None:
    made = sample.SampleRepository(tmp_path / "new")
    made.write(
        {"a.py": "def total():\n    return 1\n", ".gitignore": "junk\n", "junk/b.py": "x = 1"}
    )
    place, git = place_of(str(made.root))
    assert git is None
    with Index(tmp_path / "index") as index:
        index.bring_up_to_date(place, git, workers=1)
        assert set(index.store.serials()) == {"a.py", ".gitignore"}
        assert [hit.path for hit in Search(index).find("total")] == ["a.py"]


def test_a_file_that_is_no_index_is_named(tmp_path: Path) -> None:
    (tmp_path / "index.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(UserError, match="cannot be used"):
        Index(tmp_path)


def test_an_index_of_another_format_is_made_anew(shop_root: Path, tmp_path: Path) -> None:
    with Index(tmp_path) as index:
        index.bring_up_to_date(InFolder(shop_root), workers=1)
        with index.store.step():
            index.store.put("made with", "0 something older")
    with Index(tmp_path) as index:
        assert index.store.serials() == {}
        assert index.bring_up_to_date(InFolder(shop_root), workers=1).read == 5


KILLED = """
import sys
from pathlib import Path
from journeyman.understanding.index import index as module
from journeyman.understanding.index.places import InFolder
if __name__ == "__main__":
    module.STEP = 1
    with module.Index(Path(sys.argv[1])) as index:
        add, count = index.store.add, []
        def slow(*given):
            add(*given)
            count.append(1)
            if len(count) == 3:
                print("third", flush=True)
                sys.stdin.read()
        index.store.add = slow
        index.bring_up_to_date(InFolder(Path(sys.argv[2])), workers=1)
"""


def test_a_kill_in_the_middle_loses_nothing_that_was_written(
    shop_root: Path, tmp_path: Path
) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "index"), str(shop_root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"third"
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    with Index(tmp_path / "index") as index:
        index.bring_up_to_date(InFolder(shop_root), workers=1)
        with Index(tmp_path / "clean") as clean:
            clean.bring_up_to_date(InFolder(shop_root), workers=1)
            assert _told(index) == _told(clean)


def test_a_file_that_hangs_or_crashes_its_process_is_named_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trouble_place.py").write_text(
        "import os, time\n"
        "class Place:\n"
        "    def files(self): return {}\n"
        "    def read(self, files):\n"
        "        for path, _ in files:\n"
        "            if 'hang' in path: time.sleep(60)\n"
        "            if 'crash' in path: os._exit(9)\n"
        "            yield b'def total():\\n    pass\\n'\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    import trouble_place  # type: ignore[import-not-found]

    files = [(name, "1") for name in ("a.py", "crash.py", "b.py", "hang.py", "c.py")]
    with Crew(2, limit_s=3.0) as crew:
        records = {
            one.path: one for batch in crew.read(trouble_place.Place(), files) for one in batch
        }
    assert set(records) == {path for path, _ in files}
    assert records["crash.py"].note == "cannot be read: its grammar crashed"
    assert records["hang.py"].note == "cannot be read: its grammar took too long"
    assert all(len(records[name].parsed.symbols) == 1 for name in ("a.py", "b.py", "c.py"))


def test_vectors_bring_words_of_like_meaning_together() -> None:
    model = words()
    if model is None:
        pytest.skip("the package wordllama is not installed")
    near = float(model.embed({"delete": 1}) @ model.embed({"remove": 1}))
    far = float(model.embed({"delete": 1}) @ model.embed({"currency": 1}))
    assert near > 0.4 > far
    assert np.allclose(np.linalg.norm(model.embed({"parse": 1.0, "header": 2.0})), 1)
    assert not np.any(model.embed({}))
