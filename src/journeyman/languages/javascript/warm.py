"""What Jest's transformers make of the tree's files, made once and kept in the base tree.

Without it every run would transform everything again, since nothing that a run writes outlives it.
What was made from a file is the answer to the tasks that break it: a run in which that file differs
is made without it (see `command_suite.Runner.stale`).
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from journeyman.languages.javascript.runners import CACHE, NodeRunner
from journeyman.repository.tree import TIME_S, Tree
from journeyman.sandbox.forkserver import ForkServer, Server
from journeyman.sandbox.limits import Limits

_MADE = re.compile(r".*/jest-transform-cache-[^/]+/\w\w/(\w*)_[0-9a-f]+(\.map)?")


def warm(server: Server, runner: NodeRunner, limits: Limits, tree: Tree, shown: Path) -> None:
    """Run the whole suite once and keep in `shown` what its transformers left in their cache."""
    if (shown / CACHE).exists():
        return
    sizes = {path: (tree.root / path).stat().st_size for path in tree.files()}
    message = {
        **runner.request((), coverage=False),
        "files": {},
        "limits": limits.plain(),
        "nonce": "",
        "collect": sizes,
    }
    with ForkServer(server) as one:
        changed: Mapping[str, str | None] = one.ask(message, limits.wall_s).get("changed", {})
    made = shown / f"{CACHE}.{os.getpid()}"
    made.mkdir()
    for path, text in changed.items():
        if text is not None and path.startswith(f"{CACHE}/") and _MADE.fullmatch(path):
            place = made / path.removeprefix(f"{CACHE}/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())
            os.utime(place, (TIME_S, TIME_S))
    try:
        made.rename(shown / CACHE)
    except OSError:
        shutil.rmtree(made)  # another process was quicker


def made_from(shown: Path, paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return what was made from each source file: what is named like it, to be on the safe side."""
    by_stem: dict[str, list[str]] = {}
    for place in sorted((shown / CACHE).rglob("*")):
        name = place.relative_to(shown).as_posix()
        if match := _MADE.fullmatch(name):
            by_stem.setdefault(match[1], []).append(name)
    return {path: tuple(by_stem.get(_stem(path), ())) for path in paths}


def _stem(path: str) -> str:
    return re.sub(r"\W", "", PurePosixPath(path).stem)
