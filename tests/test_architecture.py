"""Imports run downwards only; the floors are in `pyproject.toml`, import-linter holds them."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_imports_run_downwards_and_heavy_libraries_stay_out_of_the_floors() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(linter), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_package_loads_no_heavy_library() -> None:
    heavy = ("numpy", "libcst", "pydantic", "jinja2", "httpx", "rich", "typer")
    code = f"import sys, journeyman; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
