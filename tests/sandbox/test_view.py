"""An environment shown elsewhere: its paths change, its files do not."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from journeyman.sandbox import view

PLACES = {"/repo": "/scratch/repo", "/env": "/scratch/view", "/tmp/home": "/scratch/home"}


def test_paths_are_moved_whole_and_nothing_else() -> None:
    for before, after in (
        ("/repo", "/scratch/repo"),
        ("/repo/src\n/env/lib", "/scratch/repo/src\n/scratch/view/lib"),
        ('{"url": "file:///repo"}', '{"url": "file:///scratch/repo"}'),
        ("/repo[extra]:/env/bin", "/scratch/repo[extra]:/scratch/view/bin"),
        ("/repository /repo2 /x/repo ./repo a/env", "/repository /repo2 /x/repo ./repo a/env"),
        ("#!/env/bin/python3", "#!/scratch/view/bin/python3"),
    ):
        assert view.translate(before, PLACES) == after


@given(st.text(st.sampled_from("/repoenv .:[]'\n-"), max_size=40))
def test_moving_there_and_back_changes_nothing(text: str) -> None:
    back = {there: here for here, there in PLACES.items()}
    assert view.translate(view.translate(text, PLACES), back) == text


def test_a_view_runs_and_finds_what_is_installed(tmp_path: Path) -> None:
    home = tmp_path / "environment"
    venv.create(home, symlinks=True)
    packages = next((home / "lib").glob("python*/site-packages"))
    (packages / "other").mkdir()
    (packages / "other" / "__init__.py").write_text("ORIGIN = '/repo'\n")
    (packages / "link.pth").write_text("/repo/src\n")
    (packages / "__editable___own_finder.py").write_text("MAPPING = {'own': '/repo/own'}\n")
    (packages / "own-1.dist-info").mkdir()
    (packages / "own-1.dist-info" / "direct_url.json").write_text('{"url": "file:///repo"}')
    (home / "bin" / "tool").write_text("#!/env/bin/python\nprint('runs')\n")
    (home / "bin" / "tool").chmod(0o755)
    repository, shown = tmp_path / "repo", tmp_path / "shown"
    (repository / "src").mkdir(parents=True)
    view.show(home, shown, {"/repo": str(repository), "/env": str(shown)})
    code = (
        "import sys, other, __editable___own_finder as f; "
        "print(sys.prefix, other.ORIGIN, sys.path[-1], f.MAPPING['own'])"
    )
    told = subprocess.run(
        [str(shown / "bin/python"), "-c", code], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [
        str(shown), "/repo", str(repository / "src"), str(repository / "own"),
    ]  # fmt: skip
    done = subprocess.run([str(shown / "bin/tool")], capture_output=True, text=True, check=True)
    assert done.stdout == "runs\n"
    assert (packages / "link.pth").read_text() == "/repo/src\n"


def test_an_environment_built_in_place_says_what_one_in_a_sandbox_would(tmp_path: Path) -> None:
    home = tmp_path / "work" / "venv"
    packages = home / "lib" / f"python3.{sys.version_info[1]}" / "site-packages"
    packages.mkdir(parents=True)
    (home / "bin").mkdir()
    (home / "bin" / "tool").write_text(f"#!{home}/bin/python\n")
    (packages / "link.pth").write_text(f"{tmp_path}/work/repository/src\n")
    (packages / "binary.pth").write_bytes(b"\0" + str(home).encode())
    view.settle(home, {str(home): "/env", f"{tmp_path}/work/repository": "/repo"})
    assert (home / "bin" / "tool").read_text() == "#!/env/bin/python\n"
    assert (packages / "link.pth").read_text() == "/repo/src\n"
    assert str(home).encode() in (packages / "binary.pth").read_bytes()
