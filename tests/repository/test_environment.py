from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from journeyman.errors import AdoptError, IsolationError
from journeyman.repository.copies import collect_additions, find_copies, lay_out, redirect
from journeyman.repository.detect import Plan, detect
from journeyman.repository.environment import Environment, base, build
from journeyman.repository.interpreter import choose, probe
from journeyman.repository.launcher import Command, Completed, IsolatedLauncher
from journeyman.repository.tree import Tree, export
from journeyman.sandbox import bubblewrap, tiers
from journeyman.settings import Settings, load

if TYPE_CHECKING:
    from conftest import Workshop

CODE = "def double(x):\n    return x + x\n\n\ndef triple(x):\n    return x + x + x  # long enough\n"
# A build backend of our own: it needs nothing from the index, and misbehaves as hostile code may.
BACKEND = """
import base64, hashlib, os, pathlib, zipfile

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    pathlib.Path("generated.txt").write_text("made by the build")
    pathlib.Path("thing/core.py").write_text("overwritten = True\\n")
    pathlib.Path("build").mkdir(exist_ok=True)
    pathlib.Path("build/core.py").write_text("x")
    os.symlink("/etc/passwd", "planted")
    files = {"__editable__.thing.pth": "/repo\\n", "thing/core.py": CODE} if COPY else {
        "__editable__.thing.pth": "/repo\\n"}
    info = "thing-1.0.dist-info"
    files[info + "/METADATA"] = "Metadata-Version: 2.1\\nName: thing\\nVersion: 1.0\\n"
    files[info + "/WHEEL"] = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    record = "".join(
        f"{n},sha256={base64.urlsafe_b64encode(hashlib.sha256(t.encode()).digest()).decode().rstrip('=')},{len(t)}\\n"
        for n, t in files.items())
    files[info + "/RECORD"] = record + info + "/RECORD,,\\n"
    name = "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return name
"""


def isolated() -> bool:
    try:
        bubblewrap.check()
    except IsolationError:
        return False
    return True


needs_isolation = pytest.mark.skipif(not isolated(), reason="no user namespaces here")


def thing(workshop: Workshop, tmp_path: Path, *, copy: bool) -> Tree:
    backend = f"CODE = {CODE!r}\nCOPY = {copy}\n{BACKEND}"
    commit = workshop.commit(
        {
            "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\n'
            'backend-path = ["tools"]\n[project]\nname = "thing"\nversion = "1.0"\n',
            "tools/backend.py": backend,
            "thing/__init__.py": "",
            "thing/core.py": CODE,
            "tests/test_core.py": "from thing.core import double\n\n\n"
            "def test_double():\n    assert double(2) == 4\n",
        }
    )
    return export(workshop.copy, commit, tmp_path / "tree")


def adopt(
    tree: Tree,
    directory: Path,
    settings: Settings | None = None,
    launcher: IsolatedLauncher | None = None,
) -> Environment:
    settings = settings or Settings()
    try:
        return build(tree, detect(tree, settings), settings, directory, launcher)
    except AdoptError as error:
        if "cannot be reached" in error.message:
            pytest.skip(f"the package index cannot be reached: {error.message}")
        raise


@needs_isolation
def test_installing_leaves_no_copy_of_the_code_and_an_untouched_tree(
    workshop: Workshop, tmp_path: Path
) -> None:
    tree = thing(workshop, tmp_path, copy=True)
    environment = adopt(tree, tmp_path / "environments")
    laid = base(tree, environment, tmp_path / "base")
    assert (laid / "thing/core.py").read_text() == CODE
    assert (laid / "generated.txt").read_text() == "made by the build"
    assert not (laid / "planted").exists() and not (laid / "build").exists()
    site = next(Path(environment.venv).glob("lib/python*/site-packages"))
    assert not (site / "thing" / "core.py").exists()
    assert "pytest==" in environment.lock and "coverage==" in environment.lock
    assert any("copies" in note for note in environment.notes)
    argv = [environment.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    seen = [(host, inside, False) for host, inside in environment.binds()]
    command = Command(argv, [*seen, (laid, "/repo", False)], timeout_s=60, cwd="/repo")
    done = IsolatedLauncher().run(command)
    assert "1 passed" in done.output, done.output
    assert adopt(tree, tmp_path / "environments") == environment
    unfinished = [p for p in (tmp_path / "environments").iterdir() if "partial" in p.name]
    assert unfinished == []


@needs_isolation
def test_an_environment_is_the_same_whichever_tier_built_it(
    workshop: Workshop, tmp_path: Path
) -> None:
    if why := tiers.tier("landlock").why_not():
        pytest.skip(f"landlock cannot run here: {why}")
    tree = thing(workshop, tmp_path, copy=False)
    texts = []
    for name in ("bubblewrap", "landlock"):
        environment = adopt(tree, tmp_path / name, launcher=IsolatedLauncher(name))
        venv = Path(environment.venv)
        site = next(venv.glob("lib/python*/site-packages"))
        links = {path.name: path.read_text() for path in site.glob("*.pth")}
        shebang = (venv / "bin" / "pytest").read_text().splitlines()[0]
        texts.append((environment.key, environment.lock, links, shebang))
        laid = base(tree, environment, tmp_path / f"{name}-base")
        argv = [environment.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
        seen = [(host, inside, False) for host, inside in environment.binds()]
        command = Command(argv, [*seen, (laid, "/repo", False)], timeout_s=60, cwd="/repo")
        for user in ("bubblewrap", "landlock"):
            done = IsolatedLauncher(user).run(command)
            assert "1 passed" in done.output, (name, user, done.output)
    assert texts[0] == texts[1]
    assert any("/repo" in text for text in texts[0][2].values())


class Refusing:
    """A launcher in which uv makes environments but installs nothing, for a stated reason."""

    def __init__(self, said: str) -> None:
        self.said = said
        self.commands: list[Sequence[str]] = []

    def run(self, command: Command) -> Completed:
        self.commands.append(command.argv)
        if "install" in command.argv:
            return Completed(2, self.said)
        return Completed(0, "")


def refused(tree: Tree, tmp_path: Path, said: str) -> tuple[AdoptError, Refusing]:
    launcher = Refusing(said)
    with pytest.raises(AdoptError) as caught:
        build(tree, detect(tree, Settings()), Settings(), tmp_path / "environments", launcher)
    return caught.value, launcher


def test_an_installation_that_fails_shows_uvs_words_and_what_to_write(
    workshop: Workshop, tmp_path: Path
) -> None:
    tree = thing(workshop, tmp_path, copy=False)
    error, _ = refused(tree, tmp_path, "x\n" * 99 + "error: no solution found")
    assert "no solution found" in error.message and error.message.count("\n") < 20
    assert 'install = [".", "pytest"]' in error.cure
    assert list((tmp_path / "environments").glob("*partial*")) == []


def test_offline_the_cache_is_tried_before_giving_up(workshop: Workshop, tmp_path: Path) -> None:
    tree = thing(workshop, tmp_path, copy=False)
    error, launcher = refused(tree, tmp_path, "error: dns error: failed to lookup address")
    assert "cannot be reached" in error.message and "network" in error.cure
    installs = [command for command in launcher.commands if "install" in command]
    assert [("--offline" in command) for command in installs] == [False, True]


def test_setup_code_that_replaces_the_environment_is_noticed(
    workshop: Workshop, tmp_path: Path
) -> None:
    tree = thing(workshop, tmp_path, copy=False)

    class Silent(Refusing):
        def run(self, command: Command) -> Completed:
            return Completed(0, "")

    with pytest.raises(AdoptError, match="replaced parts"):
        build(tree, detect(tree, Settings()), Settings(), tmp_path / "e", Silent(""))


def test_an_existing_interpreter_is_used_as_it_is(workshop: Workshop, tmp_path: Path) -> None:
    tree = thing(workshop, tmp_path, copy=False)
    settings = load(None, {"environment.python": sys.executable})
    plan = detect(tree, settings)
    launcher = Refusing("")
    environment = build(tree, plan, settings, tmp_path / "environments", launcher)
    assert environment.mode == "existing" and environment.python == sys.executable
    assert environment.python_path == (".",)
    assert sys.prefix in environment.visible or sys.prefix.startswith("/usr")
    (asked,) = launcher.commands
    assert asked[0] == sys.executable and "import pytest, coverage" in asked[-1]
    assert base(tree, environment, tmp_path / "base").joinpath("thing/core.py").is_file()


def test_an_existing_environment_is_known_by_what_is_in_it(
    workshop: Workshop, tmp_path: Path
) -> None:
    tree = thing(workshop, tmp_path, copy=False)
    settings = load(None, {"environment.python": sys.executable})
    plan = detect(tree, settings)

    class Holding(Refusing):
        def run(self, command: Command) -> Completed:
            return Completed(0, self.said)

    def key(said: str) -> str:
        return build(tree, plan, settings, tmp_path / "environments", Holding(said)).key

    assert key("pytest==8.0\n") == key("pytest==8.0\n") != key("pytest==8.0\nmore==1\n")


def test_an_existing_interpreter_without_pytest_is_refused(
    workshop: Workshop, tmp_path: Path
) -> None:
    tree = thing(workshop, tmp_path, copy=False)
    settings = load(None, {"environment.python": sys.executable})

    class Lacking(Refusing):
        def run(self, command: Command) -> Completed:
            return Completed(1, "ModuleNotFoundError: No module named 'pytest'")

    with pytest.raises(AdoptError, match="cannot import pytest") as caught:
        build(tree, detect(tree, settings), settings, tmp_path / "e", Lacking(""))
    assert "pip install" in caught.value.cure


def test_the_running_python_is_preferred_and_an_impossible_one_refused(tmp_path: Path) -> None:
    running = ".".join(map(str, sys.version_info[:3]))
    for wanted in ("", ">=3.8", running.rpartition(".")[0]):
        assert choose(wanted, tmp_path / "pythons", offline=True).version == running
    with pytest.raises(AdoptError, match="No Python that satisfies"):
        choose("==3.4.*", tmp_path / "pythons", offline=True)
    with pytest.raises(AdoptError, match="not a Python"):
        probe(tmp_path / "none")


def test_copies_are_told_apart_by_who_installed_them(workshop: Workshop, tmp_path: Path) -> None:
    tree = thing(workshop, tmp_path, copy=False)
    site = tmp_path / "site-packages"
    for name in ("thing/core.py", "other/_vendor/core.py", "other/mine.py"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text("own = 1\n" if "mine" in name else CODE)
    information = site / "thing-1.0.dist-info"
    information.mkdir()
    (information / "direct_url.json").write_text('{"url": "file:///repo", "dir_info": {}}')
    (information / "RECORD").write_text("thing/core.py,sha256=x,1\n")
    copies = find_copies(tree, site)
    assert copies.own == (site / "thing/core.py",)
    assert copies.foreign == (site / "other/_vendor/core.py",)
    redirect(copies, site, ["/repo/src"])
    assert not (site / "thing/core.py").exists()
    assert (site / "journeyman.pth").read_text() == "/repo/src\n"


def test_additions_are_new_files_only(workshop: Workshop, tmp_path: Path) -> None:
    tree = thing(workshop, tmp_path, copy=False)
    installed, added = tmp_path / "installed", tmp_path / "added"
    lay_out(tree, tmp_path / "none", installed)
    (installed / "thing/core.py").write_text("changed = True\n")
    (installed / "thing/copied.py").write_text(CODE)
    (installed / "thing/_version.py").write_text("version = '1'\n")
    (installed / "thing/__pycache__").mkdir()
    (installed / "thing/__pycache__/core.pyc").write_bytes(b"")
    (installed / "link").symlink_to("/etc/passwd")
    added.mkdir()
    assert collect_additions(tree, installed, added) == ("thing/_version.py",)
    lay_out(tree, added, tmp_path / "laid")
    assert (tmp_path / "laid/thing/_version.py").read_text() == "version = '1'\n"
    assert (tmp_path / "laid/thing/core.py").read_text() == CODE


def test_a_plan_survives_being_written(workshop: Workshop, tmp_path: Path) -> None:
    plan = detect(thing(workshop, tmp_path, copy=False), Settings())
    assert Plan.model_validate_json(plan.model_dump_json()) == plan
