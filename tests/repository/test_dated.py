"""What is installed for a commit of then: its lock, its date, and what names an environment."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from journeyman.errors import AdoptError
from journeyman.repository.dated import TOOLS_DATE, At, has_compiled, install_inputs, recorded_lock
from journeyman.repository.detect import detect
from journeyman.repository.elsewhere import holds_answer
from journeyman.repository.environment import Environment, build
from journeyman.repository.interpreter import choose, python_of
from journeyman.repository.launcher import Command, Completed
from journeyman.repository.tree import Contents, Tree
from journeyman.settings import Settings

MakeTree = Callable[[dict[str, str]], Tree]
BASE = {
    "thing.py": "x = 1\n",
    "tests/test_thing.py": "def test_x():\n    pass\n",
    "pyproject.toml": '[project]\nname = "thing"\nversion = "1.0"\ndependencies = ["attrs"]\n',
}


def _inputs(root: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    tree = Tree(root, Contents(commit="0" * 40, text=tuple(sorted(files))))
    return install_inputs(tree, detect(tree, Settings()))


def test_trees_that_ask_for_the_same_share_an_environment(tmp_path: Path) -> None:
    first = _inputs(tmp_path / "a", BASE)
    new_code = {**BASE, "thing.py": "x = 2\n", "README.md": "# Thing\n"}
    assert _inputs(tmp_path / "b", new_code) == first
    version = BASE["pyproject.toml"].replace("1.0", "1.1") + 'description = "A thing"\n'
    assert _inputs(tmp_path / "c", {**BASE, "pyproject.toml": version}) == first
    more = BASE["pyproject.toml"].replace('"attrs"', '"attrs", "idna"')
    assert _inputs(tmp_path / "d", {**BASE, "pyproject.toml": more}) != first
    assert _inputs(tmp_path / "e", {**BASE, "fast.c": "int x;\n"}) != first


@pytest.mark.parametrize(
    ("name", "text", "pins"),
    [
        ("uv.lock", '[[package]]\nname = "Idna"\nversion = "3.1"\n', ("idna==3.1",)),
        (
            "poetry.lock",
            '[[package]]\nname = "a"\nversion = "1"\n[[package]]\nname = "a"\nversion = "2"\n'
            '[[package]]\nname = "b"\nversion = "3"\n',
            ("b==3",),
        ),
        (
            "uv.lock",
            '[[package]]\nname = "thing"\nversion = "1"\nsource = { editable = "." }\n'
            '[[package]]\nname = "b"\nversion = "3"\nsource = { registry = "https://x" }\n',
            ("b==3",),
        ),
        ("Pipfile.lock", '{"default": {"b": {"version": "==3"}}}', ("b==3",)),
        ("requirements-test.txt", "a==1\nb[x]==2 ; python_version>'3'\nc==3\n", None),
        ("uv.lock", "not [toml", ()),
        ("requirements.txt", "a>=1\nb==2\n", ()),
    ],
)
def test_the_lock_of_a_commit_is_read(
    make_tree: MakeTree, name: str, text: str, pins: tuple[str, ...] | None
) -> None:
    found = recorded_lock(make_tree({name: text}))
    wanted = ("a==1", "b==2", "c==3") if pins is None else pins
    assert found == ((name, wanted) if wanted else ("", ()))


class Listening:
    """A launcher in which installing succeeds at nothing, and that keeps what uv was told."""

    def __init__(self) -> None:
        self.installs: list[list[str]] = []

    def run(self, command: Command) -> Completed:
        if "install" in command.argv:
            self.installs.append(list(command.argv))
            return Completed(2, "error: no")
        return Completed(0, "")


def test_uv_is_told_the_date_and_which_tools_it_does_not_hold_for(
    make_tree: MakeTree, tmp_path: Path
) -> None:
    tree = make_tree(BASE)
    plan = detect(tree, Settings())
    told = []
    for tools in (False, True):
        launcher = Listening()
        at = At("i", "2019-05-01T00:00:00Z", later_tools=tools)
        with pytest.raises(AdoptError):
            build(tree, plan, Settings(), tmp_path / "environments", launcher, at=at)
        told.append(launcher.installs[0])
    strict, later = told
    assert strict[strict.index("--exclude-newer") + 1] == "2019-05-01T00:00:00Z"
    assert "--exclude-newer-package" not in strict
    assert f"pytest={TOOLS_DATE}" in later and f"setuptools={TOOLS_DATE}" in later
    assert (
        At("i", "2025-01-01T00:00:00Z", later_tools=True)
        .options()[-1]
        .endswith("=2999-12-31T00:00:00Z")
    )
    assert At("i").options() == []


def test_an_older_python_is_asked_for_only_where_the_commit_is_older() -> None:
    assert python_of(1_550_000_000) == ">=3.9,<3.10"
    assert python_of(4_000_000_000) == ""


def test_a_python_that_is_not_the_running_one_is_found_by_uv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    minor = sys.version_info[1]
    pretended = SimpleNamespace(version_info=(3, minor + 50, 0))
    monkeypatch.setattr("journeyman.repository.interpreter.sys", pretended)
    found = choose(f">=3.9,<3.{minor + 50}", tmp_path, offline=True)
    assert int(found.version.split(".")[1]) < minor + 50


def test_parts_that_are_compiled_are_noticed(make_tree: MakeTree) -> None:
    tree = make_tree({**BASE, "setup.py": "from setuptools import setup\nsetup(ext_modules=[])\n"})
    assert has_compiled(tree, detect(tree, Settings()))


def test_a_vendored_copy_of_the_fixed_code_is_found(tmp_path: Path) -> None:
    before = "def chunks(items, size):\n    return [items]\n"
    after = before.replace(
        "return [items]",
        "starts = range(0, len(items), size)\n    return [items[n : n + size] for n in starts]",
    )
    place = tmp_path / "venv/lib/python3.11/site-packages/setuptools/_vendor/more.py"
    place.parent.mkdir(parents=True)
    place.write_text("import os\n\n\n" + after)
    environment = Environment(
        key="k", mode="built", python="/env/bin/python", version="3.11", venv=str(tmp_path / "venv")
    )
    old, new = {"src/more.py": before}, {"src/more.py": after}
    assert holds_answer(environment, old, new).endswith("setuptools/_vendor/more.py")
    assert holds_answer(environment, old, {"src/other.py": after}) == ""
    place.write_text(before)
    assert holds_answer(environment, old, new) == ""
