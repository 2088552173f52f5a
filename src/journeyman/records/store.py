"""The store: one SQLite file for what is small, content-addressed files beside it for what is not.

Everything is keyed by content, so resuming is asking what is there already. Each write is its own
transaction: after `kill -9` the store holds whole items only, and what was not finished is simply
not there. After a power failure the last few seconds may be missing (SQLite's write-ahead log with
``synchronous=NORMAL``; files are not synced): an item whose content turns out damaged counts as not
there, so that it is made again.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from journeyman.errors import InfrastructureError, UserError
from journeyman.records.base import Record
from journeyman.records.trajectory import Turn

Kind = TypeVar("Kind", bound=Record)

_INLINE = 8 << 10
_WRITING = ".writing-"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
    kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT, object TEXT, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS turns (
    attempt TEXT NOT NULL, position INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (attempt, position)
) WITHOUT ROWID;
"""


class Store:
    """Items by kind and key, turns by attempt; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damaged: list[str] = []
        """Items found damaged and forgotten, as ``kind/key``."""
        self._lock = threading.RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(
                folder / "store.sqlite", check_same_thread=False, isolation_level=None, timeout=30
            )
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.executescript(_SCHEMA)
            self._sweep()
        except (OSError, sqlite3.Error) as error:
            raise UserError(
                f"the store in {folder} cannot be opened: {error}",
                "Check that the folder is writable, that the disk is not full, and that "
                "store.sqlite in it is a file Journeyman wrote (delete the folder to start over).",
            ) from error

    def get(self, kind: str, key: str) -> str | None:
        """Return the item's text, or `None`; one whose content is damaged is forgotten."""
        found = self._execute("SELECT value, object FROM items WHERE kind=? AND key=?", kind, key)
        if not found:
            return None
        value, name = found[0]
        if name is None:
            return str(value)
        try:
            return self.read_object(name).decode()
        except InfrastructureError:
            self._forget(kind, key, name)
            return None

    def put(self, kind: str, key: str, text: str) -> None:
        """Write an item, whole or not at all; an existing one is replaced."""
        value: str | None = text
        name = None
        if len(text) > _INLINE:
            value, name = None, self.write_object(text.encode())
        self._execute("INSERT OR REPLACE INTO items VALUES (?,?,?,?)", kind, key, value, name)

    def get_record(self, kind: str, key: str, model: type[Kind]) -> Kind | None:
        """Return the item as a record, or `None`.

        Raises:
            UserError: Another version of Journeyman wrote it in another form.
        """
        text = self.get(kind, key)
        try:
            return None if text is None else model.model_validate_json(text)
        except ValidationError as error:
            raise UserError(
                f"{self.folder} holds a {kind!r} that this version of Journeyman cannot read",
                "Another version wrote it: delete that folder to start over, or use another "
                "--workspace.",
            ) from error

    def put_record(self, kind: str, key: str, record: Record) -> None:
        """Write a record as an item."""
        self.put(kind, key, record.model_dump_json(exclude_defaults=True))

    def keys(self, kind: str) -> list[str]:
        """Return the keys of a kind, sorted."""
        rows = self._execute("SELECT key FROM items WHERE kind=? ORDER BY key", kind)
        return [str(key) for (key,) in rows]

    def records(self, kind: str, model: type[Kind]) -> Iterator[tuple[str, Kind]]:
        """Yield (key, record) of a kind in the order of the keys."""
        for key in self.keys(kind):
            record = self.get_record(kind, key, model)
            if record is not None:
                yield key, record

    def append_turn(self, attempt: str, position: int, turn: Turn) -> None:
        """Write one turn of an attempt as it happens."""
        text = turn.model_dump_json(exclude_defaults=True)
        self._execute("INSERT OR REPLACE INTO turns VALUES (?,?,?)", attempt, position, text)

    def clear_turns(self, attempt: str) -> None:
        """Forget the turns of an attempt that was interrupted."""
        self._execute("DELETE FROM turns WHERE attempt=?", attempt)

    def turns(self, attempt: str) -> tuple[Turn, ...]:
        """Return the turns of an attempt written so far."""
        rows = self._execute("SELECT value FROM turns WHERE attempt=? ORDER BY position", attempt)
        return tuple(Turn.model_validate_json(value) for (value,) in rows)

    def write_object(self, data: bytes) -> str:
        """Write bytes as a compressed content-addressed file; return the name of the content."""
        name = hashlib.sha256(data).hexdigest()
        path = self._object(name)
        if not path.exists():
            write_atomically(path, zlib.compress(data, 3))
        return name

    def read_object(self, name: str) -> bytes:
        """Return the content called `name`.

        Raises:
            InfrastructureError: The file is missing or does not hold what its name says.
        """
        try:
            data = zlib.decompress(self._object(name).read_bytes())
        except (OSError, zlib.error) as error:
            raise InfrastructureError(f"object {name} cannot be read: {error}") from error
        if hashlib.sha256(data).hexdigest() != name:
            raise InfrastructureError(f"object {name} is damaged")
        return data

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._database.close()

    def _sweep(self) -> None:
        """Remove what processes that are no more were writing when they were killed."""
        for left in self.folder.glob(f"objects/*/{_WRITING}*"):
            process = left.name.removeprefix(_WRITING).partition("-")[0]
            if not Path("/proc", process).exists():
                left.unlink(missing_ok=True)

    def _forget(self, kind: str, key: str, name: str) -> None:
        """Drop an item and its damaged content, so that both can be written again."""
        self.damaged.append(f"{kind}/{key}")
        self._object(name).unlink(missing_ok=True)
        self._execute("DELETE FROM items WHERE kind=? AND key=? AND object=?", kind, key, name)

    def _object(self, name: str) -> Path:
        return self.folder / "objects" / name[:2] / name[2:]

    def _execute(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._database.execute(statement, values).fetchall()
            except sqlite3.DatabaseError as error:
                raise InfrastructureError(
                    f"the store in {self.folder} failed: {error}",
                    "If the disk is full, make room and run the same command again: it resumes. If "
                    "the file is damaged, delete the folder to start over.",
                ) from error


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{_WRITING}{os.getpid()}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
