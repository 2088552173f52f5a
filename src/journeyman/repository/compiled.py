"""Compile a base tree once, so that no run has to.

Two kinds of byte code are laid beside the sources: checked-hash ones of every module (recompiled by
Python itself whenever the source differs, whatever its time stamp says) and pytest's own of the
test modules, whose assertions it rewrites. A run drops the caches of every file its patch touches.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from journeyman.sandbox import tiers
from journeyman.sandbox.bubblewrap import Bind, Layout, Overlay

_STAMP = ".compiled"


def compile_tree(
    root: Path,
    python: str,
    binds: tuple[Bind, ...],
    pytest_arguments: tuple[str, ...],
    stamp: str,
    tier: str = "bubblewrap",
) -> None:
    """Add byte code to the tree at `root`; done once for each `stamp`.

    Failures are not errors: whatever is not compiled here is compiled by each run for itself.
    """
    done = root.parent / f"{root.name}{_STAMP}"
    if done.exists() and done.read_text() == stamp:
        return
    run = tiers.tier(tier).run
    layout = Layout(binds=(*binds, Bind(root, "/repo", writable=True)))
    command = [python, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "/repo"]
    run(layout, command, timeout_s=600)
    with tempfile.TemporaryDirectory(dir=root.parent) as scratch:
        upper, work = Path(scratch, "upper"), Path(scratch, "work")
        upper.mkdir()
        work.mkdir()
        layout = Layout(
            binds=binds,
            folders=("/repo",),
            environment={"PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": ""},
            overlay=Overlay(root, upper, work, "/repo"),
        )
        collect = [python, "-m", "pytest", "--collect-only", "-q", "-pno:cacheprovider"]
        run(layout, [*collect, *pytest_arguments], timeout_s=600, cwd="/repo")
        _harvest(upper, root)
        shutil.rmtree(work, ignore_errors=True)
    done.write_text(stamp)


def _harvest(upper: Path, root: Path) -> None:
    """Take over pytest's byte code and nothing else of what collecting wrote."""
    for found in upper.rglob("__pycache__/*-pytest-*.pyc"):
        if found.is_symlink() or not found.is_file():
            continue
        target = root / found.relative_to(upper)
        if target.parent.is_dir() and not target.parent.is_symlink():
            shutil.copyfile(found, target)
