"""What is known of definitions, from an index or from records: `regions.Structure`, twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from journeyman.understanding.graph.edges import Definition
from journeyman.understanding.graph.graph import Graph
from journeyman.understanding.index.record import FileRecord


class OfIndex:
    """Definitions of an index; those of a file are asked for once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[str, list[Definition]] = {}

    def of_file(self, path: str) -> list[Definition]:
        """Return the definitions of a file, in order."""
        if path not in self._known:
            self._known[path] = self._graph.definitions(path)
        return self._known[path]

    def name_of(self, path: str, ordinal: int) -> str:
        """See `Structure.name_of`."""
        symbols = self.of_file(path)
        return symbols[ordinal].name if ordinal < len(symbols) else ""

    def called(self, path: str, first: int, last: int) -> Sequence[str]:
        """See `Structure.called`."""
        return self._graph.names_in(path, first, last)

    def defined(self, names: Collection[str]) -> Mapping[str, Sequence[tuple[str, int]]]:
        """See `Structure.defined`."""
        return {
            name: [(one.path, one.ordinal) for one in self._graph.named(name)] for name in names
        }


class OfRecords:
    """Definitions of records; make a new one when they have changed."""

    def __init__(self, files: Mapping[str, FileRecord]) -> None:
        self._files = files
        self._places: dict[str, list[tuple[str, int]]] = {}
        for path, record in files.items():
            for ordinal, symbol in enumerate(record.parsed.symbols):
                self._places.setdefault(symbol.name, []).append((path, ordinal))

    def name_of(self, path: str, ordinal: int) -> str:
        """See `Structure.name_of`."""
        symbols = self._files[path].parsed.symbols
        return symbols[ordinal].name if ordinal < len(symbols) else ""

    def called(self, path: str, first: int, last: int) -> Sequence[str]:
        """See `Structure.called`."""
        uses = self._files[path].parsed.references
        return [use.name for use in uses if first <= use.line <= last]

    def defined(self, names: Collection[str]) -> Mapping[str, Sequence[tuple[str, int]]]:
        """See `Structure.defined`."""
        return {name: self._places.get(name, ()) for name in names}
