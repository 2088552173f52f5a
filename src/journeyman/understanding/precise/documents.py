"""Files as the server sees them, and where its answers point in our terms."""

from __future__ import annotations

import os
import tokenize
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from journeyman.understanding.precise.positions import Encoding, split_lines, to_column

FILE_BYTES = 4 * 1024 * 1024


class Target(NamedTuple):
    """Where a definition's name stands: line from 1, column from 0 in characters.

    `path` is relative to the folder that was asked about, ``None`` outside of it.
    """

    path: str | None
    line: int
    column: int


@dataclass(frozen=True)
class Document:
    """The text of one file under the folder; no byte order mark, line ends as they are."""

    path: str
    uri: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines, ends included."""
        return split_lines(self.text)

    def has(self, line: int, column: int, name: str) -> bool:
        """Whether `name` stands at `line` (from 1) and `column` (from 0, characters)."""
        if not (1 <= line <= len(self.lines) and column >= 0 and name):
            return False
        return self.lines[line - 1].startswith(name, column)


class Documents:
    """Reads files of one folder (resolved) and understands places that a server names."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lines = lru_cache(maxsize=64)(_lines_of)

    def read(self, path: str) -> Document:
        """Return the file at `path`, relative to the folder.

        Raises `ValueError` with a reason when it is not a text file of bearable size there; a link
        that leads out of the folder is none.
        """
        place = self.root / path
        if not Path(os.path.realpath(place)).is_relative_to(self.root):
            raise ValueError("it lies outside of the folder")
        return Document(path, place.as_uri(), _text(place))

    def targets(self, result: object, encoding: Encoding) -> tuple[Target, ...]:
        """Return the places in an answer: a location, some, links to locations, or nothing.

        Raises `ValueError` when it is none of these.
        """
        found = result if isinstance(result, list) else [] if result is None else [result]
        return tuple(dict.fromkeys(self._target(each, encoding) for each in found))

    def _target(self, found: object, encoding: Encoding) -> Target:
        match found:
            case {
                "targetUri": str(uri),
                "targetSelectionRange": {"start": {"line": int(line), "character": int(units)}},
            } | {
                "uri": str(uri),
                "range": {"start": {"line": int(line), "character": int(units)}},
            } if line >= 0 and units >= 0:
                place = _path_of(uri)
            case _:
                raise ValueError("not a location")
        if place is None:
            return Target(None, line + 1, units)
        lines = self._lines(place)
        column = to_column(lines[line], units, encoding) if line < len(lines) else units
        inside = Path(place).is_relative_to(self.root)
        path = Path(place).relative_to(self.root).as_posix() if inside else None
        return Target(path, line + 1, column)


def _path_of(uri: str) -> str | None:
    """Return the absolute path of a URI, ``None`` for what is not a file of this machine."""
    parts = urlsplit(uri)
    path = unquote(parts.path)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or "\0" in path:
        return None
    return os.path.normpath(path) if path.startswith("/") else None


def _lines_of(place: str) -> list[str]:
    try:
        return split_lines(_text(Path(place)))
    except ValueError:
        return []


def _text(place: Path) -> str:
    """Return the text of a file in the encoding that it declares, as Python files may.

    Raises `ValueError` with a reason.
    """
    try:
        if not place.is_file():  # a pipe or a device would never end
            raise ValueError("it is not a file")
        if place.stat().st_size > FILE_BYTES:
            raise ValueError(f"it is larger than {FILE_BYTES:,} bytes")
        data = place.read_bytes()
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from None
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
        text = data.decode(encoding)
        text.encode()  # lone surrogates, which some encodings can express, cannot be sent
    except (SyntaxError, LookupError, UnicodeError):
        raise ValueError("it is not text in the encoding it declares") from None
    return text
