"""A session: edits are kept here, commands run isolated, and what they change comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.errors import UserError
from journeyman.records import Patch
from journeyman.sandbox.session import Session


class InMemory:
    """A tree held in a dictionary."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts

    def read(self, path: str) -> str:
        if path not in self._texts:
            raise FileNotFoundError(path)
        return self._texts[path]

    def files(self) -> Sequence[str]:
        return list(self._texts)


TREE = {"a.py": "a = 1\n", "folder/b.py": "b = 2\n"}
NAMES = st.sampled_from(["a.py", "folder/b.py", "new.py"])
EDITS = st.lists(st.tuples(NAMES, st.none() | st.sampled_from(["a = 1\n", "x", ""])), max_size=8)


@given(EDITS)
def test_the_patch_leads_from_the_start_to_what_is_read(
    edits: list[tuple[str, str | None]],
) -> None:
    start = Patch(files={"a.py": "a = 9\n"})
    session = Session(InMemory(TREE), start)
    for path, text in edits:
        session.write(path, text)
    wanted = {**TREE, **start.files, **dict(edits)}
    patch = session.patch()
    assert {**TREE, **start.files, **patch.files} == {
        **{path: text for path, text in wanted.items() if text is not None or path in patch.files}
    }
    assert session.files() == sorted(path for path, text in wanted.items() if text is not None)
    for path in session.files():
        assert session.read(path) == wanted[path]
    session.reset()
    assert session.patch() == Patch() and session.read("a.py") == "a = 9\n"


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "folder/../../x", ""])
def test_a_path_outside_the_tree_is_refused(path: str) -> None:
    session = Session(InMemory(TREE))
    with pytest.raises(UserError, match="not a path inside"):
        session.write(path, "text")
    with pytest.raises(UserError, match="not a path inside"):
        session.read(path)


def test_a_missing_file_and_a_missing_sandbox_are_named() -> None:
    session = Session(InMemory(TREE))
    with pytest.raises(UserError, match=r"none\.py: no such"):
        session.read("none.py")
    with pytest.raises(UserError, match="no sandbox"):
        session.run(["ls"])


@pytest.mark.sandbox
def test_what_a_command_changes_is_kept_and_the_next_one_sees_it(tiny: Any) -> None:
    texts = {
        path.relative_to(tiny.base).as_posix(): path.read_text() for path in tiny.base.rglob("*.py")
    }
    session = Session(InMemory(texts), Patch(files={"start.txt": "start\n"}), tiny.pool)
    session.write("mine.txt", "mine\n")
    script = (
        "cat start.txt mine.txt > both.txt; rm mine.txt tests/test_prices_more.py; "
        "printf '\\377' > bytes.bin; mkdir -p deep/er; echo x > deep/er/x.txt; exit 4"
    )
    result = session.run(["sh", "-c", script])
    assert (result.ending, result.exit_code) == ("finished", 4)
    assert session.patch().files == {
        "both.txt": "start\nmine\n",
        "deep/er/x.txt": "x\n",
        "tests/test_prices_more.py": None,
    }
    assert session.run(["cat", "both.txt", "deep/er/x.txt"]).output == "start\nmine\nx\n"
    assert session.run(["sleep", "30"], timeout_s=1).ending == "timeout"
    assert not (tiny.base / "both.txt").exists()
