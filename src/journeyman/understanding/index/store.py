"""The index on disk: one SQLite file, written in steps that are whole or not there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from journeyman.errors import InfrastructureError, UserError
from journeyman.understanding.index.chunks import Chunk
from journeyman.understanding.index.places import Stat
from journeyman.understanding.index.record import FORMAT, FileRecord, Postings
from journeyman.understanding.parsing.parsed import Parsed

_INDEXES = {
    "symbol_name": "symbol (name)",
    "reference_name": "reference (name)",
    "reference_file": "reference (file)",
    "import_file": "import (file)",
}


class IndexStore:
    """Open with the folder it lies in; `close` it, or use it as a context manager.

    Args:
        model: The name of the model whose vectors are held, empty without one; an index made with
            another model or of another format is made anew.

    Raises:
        UserError: The file cannot be opened, or the disk is full.
    """

    def __init__(self, folder: Path, model: str) -> None:
        self.path = folder / "index.sqlite"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._open()
            made_with = f"{FORMAT} {model}"
            if self.get("made with") != made_with:
                self._base.close()
                for old in folder.glob("index.sqlite*"):
                    old.unlink()
                self._open()
                with self.step():
                    self.put("made with", made_with)
        except sqlite3.DatabaseError as error:
            raise UserError(
                f"the index {self.path} cannot be used: {error}",
                "Delete it and run journeyman index again.",
            ) from error

    def _open(self) -> None:
        self._base = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = NORMAL")
        self._base.execute("PRAGMA cache_size = -65536")
        self._base.executescript(files(__package__).joinpath("schema.sql").read_text("utf-8"))

    def __enter__(self) -> IndexStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    @contextmanager
    def step(self) -> Iterator[None]:
        """Make what is written inside one step: all of it is there afterwards, or nothing."""
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._base.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._undo()
            if "full" in str(error) or "disk I/O" in str(error):
                raise UserError(
                    f"the disk of {self.path} is full",
                    "Make room and run the same command again: it goes on from here.",
                ) from error
            raise
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        if self._base.in_transaction:
            self._base.execute("ROLLBACK")

    def get(self, key: str) -> str | None:
        """Return what was put under a key."""
        found = self._base.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(found[0]) if found else None

    def put(self, key: str, value: str) -> None:
        """Remember something under a key."""
        self._base.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def run(self, text: str, values: Iterable[object] = ()) -> None:
        """Write something inside a step."""
        self._base.execute(text, tuple(values))

    def query(self, text: str, values: Iterable[object] = ()) -> list[tuple[object, ...]]:
        """Return the rows of a query that only reads."""
        return self._base.execute(text, tuple(values)).fetchall()

    def known(self) -> dict[str, tuple[Stat, str]]:
        """Return path to what a file looked like when it was read, and its version."""
        rows = self._base.execute("SELECT path, look, version FROM file")
        return {path: (tuple(json.loads(look)), version) for path, look, version in rows}

    def serials(self) -> dict[str, int]:
        """Return path to the number of what is held of the file; another version has another."""
        return dict(self._base.execute("SELECT path, serial FROM file ORDER BY path"))

    def looks(self, looks: Mapping[str, Stat]) -> None:
        """Remember what files look like that were found not to have changed."""
        self._base.executemany(
            "UPDATE file SET look = ? WHERE path = ?",
            [(json.dumps(look), path) for path, look in looks.items()],
        )

    def without_indexes(self) -> None:
        """Forget the indexes of tables that are about to be filled; `with_indexes` makes them."""
        for name in _INDEXES:
            self._base.execute(f"DROP INDEX IF EXISTS {name}")

    def with_indexes(self) -> None:
        """Make the indexes that are missing."""
        for name, where in _INDEXES.items():
            self._base.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {where}")

    def remove(self, paths: Iterable[str]) -> None:
        """Forget files."""
        for path in paths:
            found = self._base.execute("SELECT serial FROM file WHERE path = ?", (path,)).fetchone()
            if found:
                for table in ("symbol", "reference", "import"):
                    self._base.execute(f"DELETE FROM {table} WHERE file = ?", found)
                self._base.execute("DELETE FROM file WHERE serial = ?", found)

    def add(self, record: FileRecord, version: str, look: Stat) -> None:
        """Hold a file that is not held; `remove` it first where it is."""
        row = (
            *(record.path, version, json.dumps(look), record.language, record.category),
            *(record.lines, record.size, record.note),
            np.array(record.chunks, np.int32).tobytes(),
            _packed(record.body),
            _packed(record.names),
            record.vectors.tobytes(),
        )
        marks = ", ".join("?" * len(row))
        serial = self._base.execute(
            "INSERT INTO file (path, version, look, language, category, lines, size, note, chunks,"
            f" body, names, vectors) VALUES ({marks})",
            row,
        ).lastrowid
        parsed = record.parsed
        self._base.executemany(
            "INSERT INTO symbol VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(serial, at, *symbol) for at, symbol in enumerate(parsed.symbols)],
        )
        self._base.executemany(
            "INSERT INTO reference VALUES (?, ?, ?, ?, ?, ?)",
            [(serial, *use) for use in parsed.references],
        )
        self._base.executemany(
            "INSERT INTO import VALUES (?, ?, ?, ?, ?)",
            [(serial, *one) for one in parsed.imports],
        )

    def records(self, paths: Iterable[str] | None = None) -> Iterator[FileRecord]:
        """Yield what search needs of files (of all without `paths`), in no order of theirs.

        What was parsed is left out; it is asked for by `query`.
        """
        columns = "path, language, category, lines, size, note, chunks, body, names, vectors"
        if paths is None:
            yield from map(_record, self._base.execute(f"SELECT {columns} FROM file"))
            return
        for path in paths:
            row = self._base.execute(f"SELECT {columns} FROM file WHERE path = ?", (path,))
            yield from map(_record, row)


def _record(row: tuple[object, ...]) -> FileRecord:
    path, language, category, lines, size, note, chunks, body, names, vectors = row
    pieces = np.frombuffer(_bytes(chunks), np.int32).reshape(-1, 3)
    parts = np.frombuffer(_bytes(vectors), np.int8)
    return FileRecord(
        path=str(path),
        language=str(language),
        category=str(category),  # type: ignore[arg-type]
        lines=int(str(lines)),
        size=int(str(size)),
        note=str(note),
        parsed=Parsed(str(language)),
        chunks=tuple(Chunk(*map(int, piece)) for piece in pieces),
        body=_unpacked(_bytes(body)),
        names=_unpacked(_bytes(names)),
        vectors=parts.reshape(len(pieces), -1) if len(pieces) else parts.reshape(0, 0),
    )


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise InfrastructureError("the index holds what was never written to it")
    return value


def _packed(postings: Postings) -> bytes:
    return b"".join(part.tobytes() for part in postings)


def _unpacked(raw: bytes) -> Postings:
    count = len(raw) // 9
    four: NDArray[np.uint32] = np.frombuffer(raw, np.uint32, 2 * count)
    return Postings(four[:count], four[count:], np.frombuffer(raw, np.uint8, count, 8 * count))
