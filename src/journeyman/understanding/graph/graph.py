"""The graph of a code base, asked edge by edge: nothing is held that could go stale.

References are known by name. Which definition one means is decided when it is asked, in this order:
the same class (for ``self``), the same file, what the file imports, the only definition there is.
Where that leaves several, the reference stays unresolved, and counts as such.
"""

from __future__ import annotations

import builtins
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

from journeyman.understanding.index.store import IndexStore

How = Literal["class", "file", "import", "only", "unresolved", "outside"]

_SELVES = frozenset({"self", "cls", "this", "super", "Self"})
_MEMBERS = frozenset({"method", "field"})
_EVERYBODYS = frozenset(
    name
    for kind in (str, bytes, list, dict, set, tuple, int, float, io.StringIO, builtins)
    for name in dir(kind)
    if not name.startswith("_")
) | {"push", "map", "filter", "forEach", "then", "log", "toString", "equals", "size", "length"}
"""Names that built-in types have too: one definition of such a name proves nothing."""

_MOST = 400
"""References to one name that are looked at; a name used more often says little."""


class Definition(NamedTuple):
    """A symbol of the index: where it is, what it is called, its kind and lines from 1."""

    path: str
    ordinal: int
    name: str
    qualified: str
    kind: str
    first: int
    last: int
    parent: int
    header: str
    doc: str


class Use(NamedTuple):
    """A reference: where it stands, in which definition (or none), and how it was resolved."""

    path: str
    line: int
    kind: str
    within: Definition | None
    how: How


@dataclass(frozen=True)
class Coverage:
    """How much of what is called is known: counts of call sites by how they were resolved."""

    calls: dict[str, int]

    @property
    def unresolved(self) -> float:
        """The share of call sites to names defined here that could not be resolved."""
        inside = sum(count for how, count in self.calls.items() if how != "outside")
        return self.calls.get("unresolved", 0) / inside if inside else 0.0


class Graph:
    """Asks the store; make a new one after the index was brought up to date."""

    def __init__(self, store: IndexStore) -> None:
        self._store = store
        rows = store.query("SELECT serial, path, category FROM file")
        self._paths = {int(str(serial)): str(path) for serial, path, _ in rows}
        self._serials = {path: serial for serial, path in self._paths.items()}
        self._tests = {str(path) for _, path, category in rows if category == "test"}
        self._ends: dict[str, list[tuple[str, str]]] = {}
        for path in self._serials:
            module = _without_suffix(path)
            self._ends.setdefault(module.rpartition("/")[2], []).append((path, f"/{module}"))
        self._named = lru_cache(20_000)(self._defined)
        self._imports = lru_cache(20_000)(self._imported)
        self._uses = lru_cache(2_000)(self._used)
        self._symbol = lru_cache(50_000)(self._symbol_at)
        self._files = lru_cache(50_000)(self._files_of)

    def definitions(self, path: str) -> list[Definition]:
        """Return what a file defines, in order."""
        return self._rows("file = ?", self._serials.get(path, -1))

    def named(self, name: str) -> tuple[Definition, ...]:
        """Return every definition of a plain name."""
        return self._named(name)

    def at(self, path: str, line: int) -> Definition | None:
        """Return the innermost definition around a line."""
        around = self._rows(
            "file = ? AND first <= ? AND last >= ? AND kind NOT IN ('constant', 'field', 'type')",
            *(self._serials.get(path, -1), line, line),
        )
        return max(around, key=lambda one: (one.first, one.ordinal), default=None)

    def callers(self, target: Definition) -> list[Use]:
        """Return the references that mean `target`, in the order of path and line."""
        return [use for use in self._uses(target) if use.how not in ("unresolved", "outside")]

    def perhaps(self, target: Definition) -> int:
        """Return how many references have its name and could not be resolved."""
        return sum(use.how == "unresolved" for use in self._uses(target))

    def tests_of(self, target: Definition) -> list[str]:
        """Return the test definitions that refer to it, or to its class, by qualified name."""
        found = []
        for use in self.callers(target):
            if use.path in self._tests:
                inside = f"::{use.within.qualified}" if use.within else ""
                found.append(f"{use.path}{inside}")
        return list(dict.fromkeys(found))

    def callees(self, source: Definition, most: int = 1000) -> list[Definition]:
        """Return the definitions that it refers to, each once, in the order of the first use.

        At most `most` of them, the first.
        """
        rows = self._store.query(
            "SELECT name, receiver, within FROM reference WHERE file = ? AND line BETWEEN ? AND ?"
            " ORDER BY line",
            (self._serials.get(source.path, -1), source.first, source.last),
        )
        found: dict[Definition, None] = {}
        for name, receiver, within in rows:
            target, _ = self.resolve(source.path, str(name), str(receiver), int(str(within)))
            if target is not None and target[:2] != source[:2]:
                found[target] = None
                if len(found) == most:
                    break
        return list(found)

    def resolve(
        self, path: str, name: str, receiver: str, within: int
    ) -> tuple[Definition | None, How]:
        """Return what a reference in a file means, and how that is known.

        Args:
            within: The ordinal of the symbol around it, or -1.
        """
        named = self._named(name)
        if not named:
            return None, "outside"
        own = [one for one in named if one.path == path]
        if receiver in _SELVES:
            members = [one for one in own if one.kind in _MEMBERS]
            scope = self._scope(path, within)
            same = [one for one in members if one.qualified == f"{scope}.{name}"]
            if same or len(members) == 1:
                return (same or members)[0], "class"
        if not receiver:
            free = [one for one in own if one.kind not in _MEMBERS]
            if free:
                return free[-1], "file"
        imported = self._through_imports(path, name, receiver, named)
        if imported is not None:
            return imported, "import"
        if receiver:
            scoped = [one for one in named if one.qualified.endswith(f"{receiver}.{name}")]
            if len(scoped) == 1:
                return scoped[0], "file" if scoped[0].path == path else "only"
        if name in _EVERYBODYS:
            return None, "unresolved" if receiver else "outside"
        reachable = [one for one in named if one.path == path or not self._local(one)]
        fitting = [one for one in reachable if (one.kind in _MEMBERS) == bool(receiver)]
        if len(fitting) == 1:
            return fitting[0], "only"
        return None, "unresolved" if reachable else "outside"

    def coverage(self) -> Coverage:
        """Count every call site of the repository by how it is resolved."""
        rows = self._store.query(
            "SELECT file, name, receiver, within, count(*) FROM reference WHERE kind = 'call'"
            " GROUP BY file, name, receiver, within"
        )
        calls: Counter[str] = Counter()
        for file, name, receiver, within, times in rows:
            path = self._paths[int(str(file))]
            _, how = self.resolve(path, str(name), str(receiver), int(str(within)))
            calls[how] += int(str(times))
        return Coverage(dict(calls))

    def names_in(self, path: str, first: int, last: int) -> list[str]:
        """Return the names that lines of a file refer to, in their order."""
        rows = self._store.query(
            "SELECT name FROM reference WHERE file = ? AND line BETWEEN ? AND ?"
            " ORDER BY line, name",
            (self._serials.get(path, -1), first, last),
        )
        return [str(row[0]) for row in rows]

    def imports_of(self, path: str) -> list[str]:
        """Return the files of this repository that a file imports, each once."""
        found: dict[str, None] = {}
        for module, name, _ in self._imports(path):
            for one in self._files(path, module, name):
                found[one] = None
        found.pop(path, None)
        return list(found)

    def _used(self, target: Definition) -> list[Use]:
        rows = self._store.query(
            "SELECT file, line, kind, receiver, within FROM reference WHERE name = ?"
            f" ORDER BY file, line LIMIT {_MOST}",
            (target.name,),
        )
        uses = []
        for file, line, kind, receiver, within in rows:
            path = self._paths[int(str(file))]
            meant, how = self.resolve(path, target.name, str(receiver), int(str(within)))
            if how in ("unresolved", "outside") or (meant and meant[:2] == target[:2]):
                place = self._symbol(path, int(str(within)))
                uses.append(Use(path, int(str(line)), str(kind), place, how))
        return sorted(uses, key=lambda use: (use.path, use.line))

    def _local(self, one: Definition) -> bool:
        """Whether a definition stands inside of a function, where no other file sees it."""
        if one.parent < 0:
            return False
        outer = self._symbol(one.path, one.parent)
        return outer is not None and outer.kind in ("function", "method")

    def _scope(self, path: str, within: int) -> str:
        """Return the qualified name of the class around a symbol."""
        symbol = self._symbol(path, within)
        return symbol.qualified.rpartition(".")[0] if symbol is not None else ""

    def _symbol_at(self, path: str, ordinal: int) -> Definition | None:
        found = self._rows("file = ? AND ordinal = ?", self._serials[path], ordinal)
        return found[0] if found else None

    def _through_imports(
        self, path: str, name: str, receiver: str, named: Sequence[Definition]
    ) -> Definition | None:
        """Return the one definition in the files that an import of this name leads to."""
        wanted = receiver.partition(".")[0] or name
        for module, imported, alias in self._imports(path):
            if alias.rpartition(".")[2] != wanted and imported != "*":
                continue
            files = set(self._files(path, module, imported))
            inside = [one for one in named if one.path in files]
            if len(inside) == 1:
                return inside[0]
            free = [one for one in inside if one.kind not in _MEMBERS]
            if len(free) == 1 and not receiver:
                return free[0]
        return None

    def _files_of(self, path: str, module: str, name: str) -> list[str]:
        """Return the files that an import may mean, by the ends of their paths."""
        for end in _ends_of(path, module, name):
            known = self._ends.get(end.rpartition("/")[2], ())
            found = [one for one, module in known if module.endswith(f"/{end}")]
            if found:
                return found if len(found) < 4 else []
        return []

    def _imported(self, path: str) -> tuple[tuple[str, str, str], ...]:
        rows = self._store.query(
            "SELECT module, name, alias FROM import WHERE file = ? ORDER BY line",
            (self._serials.get(path, -1),),
        )
        return tuple((str(module), str(name), str(alias)) for module, name, alias in rows)

    def _defined(self, name: str) -> tuple[Definition, ...]:
        return tuple(self._rows("name = ?", name))

    def _rows(self, where: str, *values: object) -> list[Definition]:
        rows = self._store.query(
            "SELECT file, ordinal, name, qualified, kind, first, last, parent, header, doc"
            f" FROM symbol WHERE {where}",
            values,
        )
        found = [
            Definition(self._paths[int(str(row[0]))], *row[1:])  # type: ignore[arg-type]
            for row in rows
        ]
        return sorted(found)


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
