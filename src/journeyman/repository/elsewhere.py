"""Is the answer lying about? Copies of a fixed file in an environment: vendored, or installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from journeyman.repository.environment import Environment

FEWEST_CHARACTERS = 60
"""Added lines that are shorter in all than this are alike by chance."""


def holds_answer(
    environment: Environment, before: Mapping[str, str | None], after: Mapping[str, str | None]
) -> str:
    """Return the installed file that holds all lines which a fix adds to a file of that name.

    Only environments that we built are looked through. Empty where there is none.
    """
    wanted = {
        PurePosixPath(path).name: lines
        for path, text in after.items()
        if (lines := _added(before.get(path) or "", text or "")) and path.endswith(".py")
    }
    wanted = {n: ls for n, ls in wanted.items() if sum(map(len, ls)) >= FEWEST_CHARACTERS}
    if not wanted or not environment.venv:
        return ""
    root = Path(environment.venv)
    for found in sorted(root.glob("lib/*/site-packages/**/*.py")):
        answer = wanted.get(found.name)
        if answer and not found.is_symlink() and answer <= _lines(found):
            return found.relative_to(root).as_posix()
    return ""


def _added(before: str, after: str) -> frozenset[str]:
    return _told(after.splitlines()) - _told(before.splitlines())


def _lines(path: Path) -> frozenset[str]:
    return _told(path.read_text("utf-8", "replace").splitlines())


def _told(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(bare for line in lines if len(bare := line.strip()) >= 8)
