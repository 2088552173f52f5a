"""Which files of the repository an import may mean, by the ends of their paths."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePosixPath

_SEVERAL = 4
"""So many files that an import could mean are too many."""


class Modules:
    """The files at `paths`, as modules are named."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._ends: dict[str, list[tuple[str, str]]] = {}
        for path in paths:
            module = _without_suffix(path)
            self._ends.setdefault(module.rpartition("/")[2], []).append((path, f"/{module}"))
        self.files = lru_cache(50_000)(self._files)
        """Return the files that an import of `name` from `module` in a file may mean."""

    def _files(self, path: str, module: str, name: str) -> tuple[str, ...]:
        for end in _ends_of(path, module, name):
            known = self._ends.get(end.rpartition("/")[2], ())
            found = tuple(one for one, module in known if module.endswith(f"/{end}"))
            if found:
                return found if len(found) < _SEVERAL else ()
        return ()


def _without_suffix(path: str) -> str:
    """Return a path as modules are named: a package is its folder."""
    place = PurePosixPath(path)
    name = place.name.partition(".")[0]
    if name in ("__init__", "index", "mod"):
        return place.parent.as_posix()
    return (place.parent / name).as_posix()


def _ends_of(path: str, module: str, name: str) -> Iterable[str]:
    """Yield how the path of what an import means may end, the most specific first."""
    folder = PurePosixPath(path).parent
    dots = len(module) - len(module.lstrip("."))
    if dots and "/" not in module:
        for _ in range(dots - 1):
            folder = folder.parent
        rest = module.lstrip(".").replace(".", "/")
        base = (folder / rest).as_posix() if rest else folder.as_posix()
    elif module.startswith("."):
        parts: list[str] = list(folder.parts)
        for part in PurePosixPath(module).with_suffix("").parts:
            if part == "..":
                parts = parts[:-1]
            elif part != ".":
                parts.append(part)
        base = "/".join(parts)
    else:
        plain = module.strip("\"'<>").replace("::", "/").replace("\\", "/")
        base = plain.replace(".", "/") if "/" not in plain else plain.rpartition(".")[0] or plain
    if name and name != "*":
        yield f"{base}/{name}".lstrip("/")
    yield base.lstrip("/")
    if "/" in base:
        yield base.rpartition("/")[0].lstrip("/")
