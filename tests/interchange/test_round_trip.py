"""What goes out comes back: every form keeps the whole record, or refuses what was changed."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from journeyman.interchange import harbor, rows, swebench
from journeyman.interchange.folders import json_lines, read_rows, write_files
from journeyman.interchange.losses import Refused
from journeyman.interchange.recipe import Recipe
from journeyman.records import Patch, Place, Task

COMMIT = "c" * 40
odd = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
paths = st.sampled_from(["a.py", "src/größe.py", "with space.txt", 'quo"te.txt', "new\tfile.py"])
texts = st.one_of(
    odd,
    st.sampled_from(["", "no newline at the end", "dos\r\nends\r\n", "old\rmac", "feed\x0cin\n"]),
    odd.map(lambda text: text + "\r\n" + text),
)
patches = st.dictionaries(paths, st.none() | texts, max_size=3).map(lambda f: Patch(files=f))
names = st.lists(odd.map(lambda text: f"tests/test_a.py::test[{text}]"), unique=True, max_size=4)


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    """Any task that a record can hold."""
    turned, kept = draw(names.filter(bool)), draw(names)
    return Task(
        repository=draw(st.sampled_from(["boltons-26.2.0", "owner/name", "..", "Ünï", "a b"])),
        base=COMMIT,
        source=draw(st.sampled_from(["breakage", "reverted", "history", "written"])),
        family=draw(odd),
        quiet=draw(st.booleans()),
        language=draw(st.sampled_from(["python", "go"])),
        statement=draw(texts),
        broken=draw(patches),
        fix=draw(patches),
        place=Place(path="a.py", function=draw(odd), first=1, last=draw(st.integers(1, 10**9))),
        fail_to_pass=tuple(turned),
        pass_to_pass=tuple(kept),
        hidden=tuple(draw(st.lists(st.sampled_from(turned), unique=True))),
        identity=draw(st.booleans()),
        labels=tuple(draw(st.lists(odd, max_size=2))),
    )


@pytest.fixture(scope="session")
def one() -> Task:
    return Task(
        repository="shop",
        base=COMMIT,
        source="breakage",
        family="boundary",
        quiet=True,
        statement="A test fails.",
        broken=Patch(files={"a.py": "x = 2\n"}),
        fix=Patch(files={"a.py": "x = 1\n"}),
        place=Place(path="a.py", function="", first=1, last=1),
        fail_to_pass=("tests/test_a.py::test_x",),
        pass_to_pass=("tests/test_a.py::test_y",),
    )


def base(path: str) -> str | None:
    """The base tree of all tasks here."""
    return {"a.py": "x = 1\n", "src/größe.py": "y = 1\r\n", "tests/test_a.py": "\n"}.get(path)


@given(task=tasks())
def test_a_swebench_row_keeps_everything(task: Task, recipe: Recipe) -> None:
    row = swebench.row_of(task, COMMIT, recipe, base)
    assert tuple(row)[:12] == swebench.DATASET
    assert all(isinstance(value, str) for value in row.values())
    assert swebench.task_of(json.loads(json.dumps(row))) == task
    assert json.loads(row["FAIL_TO_PASS"]) == [*map(swebench.as_parsed, task.fail_to_pass)]


@given(task=tasks())
def test_a_plain_row_keeps_everything(task: Task) -> None:
    (row,) = map(json.loads, json_lines([rows.row_of(task, base)]).split("\n")[:-1])
    assert rows.task_of(row) == task


@how(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(task=tasks())
def test_a_harbor_folder_keeps_everything(task: Task, recipe: Recipe, tmp_path: Path) -> None:
    folder = tmp_path / swebench.instance_id(task)
    write_files(folder, harbor.files_of(task, COMMIT, recipe, base))
    assert harbor.task_of(folder) == task


@pytest.mark.skipif(
    importlib.util.find_spec("pyarrow") is None, reason="needs the extra `export` (pyarrow)"
)
@how(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(some=st.lists(tasks(), max_size=3))
def test_a_parquet_file_keeps_everything(some: list[Task], tmp_path: Path) -> None:
    rows.write_parquet([rows.row_of(task, base) for task in some], tmp_path / "x.parquet")
    assert [rows.task_of(row) for row in rows.read_parquet(tmp_path / "x.parquet")] == some


def test_a_json_lines_file_is_read_from_disk_as_it_was_written(one: Task, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json_lines([rows.row_of(one, base)] * 2))
    assert [rows.task_of(row) for row in read_rows(path)] == [one, one]


@pytest.mark.parametrize("column", swebench.DATASET)
def test_a_changed_swebench_row_is_not_taken_for_ours(
    one: Task, recipe: Recipe, column: str
) -> None:
    row = {**swebench.row_of(one, COMMIT, recipe, base), column: "changed"}
    with pytest.raises(Refused, match="changed since"):
        swebench.task_of(row)
    without = {name: value for name, value in row.items() if name not in swebench.OURS}
    assert swebench.task_of(without) is None, "without our columns it is somebody else's row"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"statement": "other"}, "was changed"),
        ({"colour": "red"}, "colour: Extra"),
        ({"quiet": [1]}, "quiet"),
        ({"fix": {"a.py": "x"}}, "list of files"),
        ({"fix": [{"path": "a.py"}]}, "list of files"),
        ({"fix": [{"path": "a.py", "text": ""}] * 2}, "twice"),
        ({"place": None}, "place"),
    ],
)
def test_a_damaged_plain_row_is_refused(one: Task, change: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        rows.task_of({**rows.row_of(one, base), **change})


def test_missing_columns_are_named(one: Task) -> None:
    row = rows.row_of(one, base)
    del row["broken"], row["statement"]
    with pytest.raises(Refused, match="statement, broken"):
        rows.task_of(row)


def test_a_damaged_harbor_folder_is_refused(one: Task, recipe: Recipe, tmp_path: Path) -> None:
    folder = tmp_path / swebench.instance_id(one)
    write_files(folder, harbor.files_of(one, COMMIT, recipe, base))
    record = folder / harbor.RECORD
    record.write_text(record.read_text().replace("A test fails.", "A test fails!"))
    with pytest.raises(Refused, match="was changed"):
        harbor.task_of(folder)
    record.write_text("{")
    with pytest.raises(Refused, match="cannot be read"):
        harbor.task_of(folder)
    record.unlink()
    with pytest.raises(Refused, match="Journeyman wrote"):
        harbor.task_of(folder)
