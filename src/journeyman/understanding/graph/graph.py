"""The graph of a code base, asked edge by edge: nothing is held that could go stale.

References are known by name. Which definition one means is decided when it is asked, in this order:
the same class (for ``self``), the same file, what the file imports, the only definition there is
(of a method, only where the file has to do with its class).
Where that leaves several, the reference stays unresolved, and counts as such. What a language
server said of the very files that are held goes before all of that (see `settled`).
"""

from __future__ import annotations

import builtins
import io
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from journeyman.understanding.graph.edges import Coverage, Definition, How, Use
from journeyman.understanding.graph.modules import Modules
from journeyman.understanding.graph.settled import settled
from journeyman.understanding.index.store import IndexStore

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


class Graph:
    """Asks the store; make a new one after the index was brought up to date."""

    def __init__(self, store: IndexStore) -> None:
        self._store = store
        rows = store.query("SELECT serial, path, category FROM file")
        self._paths = {int(str(serial)): str(path) for serial, path, _ in rows}
        self._serials = {path: serial for serial, path in self._paths.items()}
        self._tests = {str(path) for _, path, category in rows if category == "test"}
        self._modules = Modules(self._serials)
        self._settled = settled(store)
        self._named = lru_cache(20_000)(self._defined)
        self._imports = lru_cache(20_000)(self._imported)
        self._uses = lru_cache(2_000)(self._used)
        self._symbol = lru_cache(50_000)(self._symbol_at)
        self._mentioned = lru_cache(20_000)(self._mentions)
        self._imports_of = lru_cache(20_000)(self.imports_of)

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
            "SELECT rowid, name, receiver, within FROM reference"
            " WHERE file = ? AND line BETWEEN ? AND ? ORDER BY line",
            (self._serials.get(source.path, -1), source.first, source.last),
        )
        found: dict[Definition, None] = {}
        for use, name, receiver, within in rows:
            target, _ = self._meant(use, source.path, str(name), str(receiver), within)
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
        if len(fitting) == 1 and (not receiver or self._likely(path, fitting[0])):
            return fitting[0], "only"
        return None, "unresolved" if reachable else "outside"

    def coverage(self) -> Coverage:
        """Count every call site of the repository by how it is resolved."""
        rows = self._store.query(
            "SELECT rowid, file, name, receiver, within FROM reference WHERE kind = 'call'"
        )
        calls: Counter[str] = Counter()
        known: dict[tuple[object, ...], str] = {}
        for use, *rest in rows:
            key = (use,) if use in self._settled else tuple(rest)
            if key not in known:
                file, name, receiver, within = rest
                path = self._paths[int(str(file))]
                _, known[key] = self._meant(use, path, str(name), str(receiver), within)
            calls[known[key]] += 1
        return Coverage(dict(calls))

    def _meant(
        self, use: object, path: str, name: str, receiver: str, within: object
    ) -> tuple[Definition | None, How]:
        """Return what a use means: as a server said it, else as `resolve` makes it out."""
        said = self._settled.get(int(str(use)))
        if said is not None:
            where, ordinal = said
            return (self._symbol(where, ordinal), "server") if where else (None, "outside")
        return self.resolve(path, name, receiver, int(str(within)))

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
            for one in self._modules.files(path, module, name):
                found[one] = None
        found.pop(path, None)
        return list(found)

    def _used(self, target: Definition) -> list[Use]:
        rows = self._store.query(
            "SELECT rowid, file, line, kind, receiver, within FROM reference WHERE name = ?"
            f" ORDER BY file, line LIMIT {_MOST}",
            (target.name,),
        )
        uses = []
        for use, file, line, kind, receiver, within in rows:
            path = self._paths[int(str(file))]
            meant, how = self._meant(use, path, target.name, str(receiver), within)
            if how in ("unresolved", "outside") or (meant and meant[:2] == target[:2]):
                place = self._symbol(path, int(str(within)))
                uses.append(Use(path, int(str(line)), str(kind), place, how))
        return sorted(uses, key=lambda use: (use.path, use.line))

    def _likely(self, path: str, member: Definition) -> bool:
        """Whether a file has to do with a member's class: it names the class, or imports its file.

        Without that, the only ``unwrap`` of a repository would be what every ``unwrap`` means.
        """
        owner = member.qualified.rpartition(".")[0].rpartition(".")[2]
        return (
            path == member.path
            or owner in self._mentioned(path)
            or member.path in self._imports_of(path)
        )

    def _mentions(self, path: str) -> frozenset[str]:
        serial = self._serials.get(path, -1)
        rows = self._store.query(
            "SELECT DISTINCT name FROM reference WHERE file = ?"
            " UNION SELECT name FROM import WHERE file = ?",
            (serial, serial),
        )
        return frozenset(str(row[0]) for row in rows)

    def _local(self, one: Definition) -> bool:
        """Whether a definition stands inside of a function, where no other file sees it."""
        outer = self._symbol(one.path, one.parent) if one.parent >= 0 else None
        if outer is None:
            return False
        return outer.kind in ("function", "method") or self._local(outer)

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
            files = set(self._modules.files(path, module, imported))
            inside = [one for one in named if one.path in files]
            if len(inside) == 1:
                return inside[0]
            free = [one for one in inside if one.kind not in _MEMBERS]
            if len(free) == 1 and not receiver:
                return free[0]
        return None

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
