"""Exports are whole or not there; imports are read with their place named in every complaint."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from journeyman.errors import UserError
from journeyman.repository.git import GitError

MAX_BYTES = 2 << 30

_FULL = ("no space left", "out of diskspace")
"""What Git says when the disk is full."""


class InterchangeError(UserError):
    """What is to be read is not what it should be, or what is to be written has no place."""


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Give a temporary sibling that becomes the folder `target` when the block ends well.

    An error, Ctrl-C or a full disk leaves nothing behind; `target` may exist if it is empty.

    Raises:
        InterchangeError: `target` holds something, or cannot be written.
    """
    refuse_taken(target)
    work = target.with_name(f".{target.name}.journeyman-{os.getpid()}")
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        yield work
        refuse_taken(target)
        if target.is_dir():
            target.rmdir()
        work.rename(target)
    except OSError as error:
        raise _unwritable(target, error) from error
    except GitError as error:
        if not any(sign in error.output.lower() for sign in _FULL):
            raise
        full = OSError(errno.ENOSPC, "No space left on device")
        raise _unwritable(target, full) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Give a temporary sibling that becomes the file `target` when the block ends well."""
    refuse_taken(target, file=True)
    work = target.with_name(f".{target.name}.journeyman-{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield work
        work.rename(target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        work.unlink(missing_ok=True)


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts below `folder`, byte for byte; what ends in ``.sh`` can be run."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        if name.endswith(".sh"):
            path.chmod(0o755)


def json_lines(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as JSON Lines; pure ASCII, so that no reader splits a line elsewhere."""
    return "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows)


def read_text(path: Path) -> str:
    """Return a file's text, as it is.

    Raises:
        InterchangeError: There is none, it is too large, or not UTF-8.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InterchangeError(f"{path} is larger than {MAX_BYTES >> 30} GiB", "Split it.")
        return path.read_bytes().decode()
    except OSError as error:
        raise InterchangeError(
            f"{path} cannot be read: {error.strerror}", "Check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise InterchangeError(
            f"{path} is not UTF-8 (byte {error.start})", "Save it as UTF-8."
        ) from error


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a ``.jsonl`` file, of a ``.json`` list, or of a ``.json`` object's.

    Raises:
        InterchangeError: Which line is not an object, or that the file is none of these.
    """
    text = read_text(path)
    if path.suffix == ".json":
        return _objects(path, text)
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            rows.append(_object(f"{path}, line {number}", line))
    return rows


def _objects(path: Path, text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InterchangeError(f"{path} is not JSON: {error}", "Check the file.") from error
    items = list(found.values()) if isinstance(found, dict) else found
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise InterchangeError(
            f"{path} holds no list of objects", "Give a JSON list of rows, or JSON Lines."
        )
    return items


def _object(place: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InterchangeError(f"{place}: not JSON: {error}", "Check the file.") from error
    if not isinstance(found, dict):
        raise InterchangeError(f"{place}: not an object", "Each line has to be one row.")
    return found


def refuse_taken(target: Path, *, file: bool = False) -> None:
    """Refuse to write over anything; an empty folder may become the folder `target`.

    Raises:
        InterchangeError: Something is there.
    """
    if file and (target.exists() or target.is_symlink()):
        raise InterchangeError(f"{target} exists", "Name another file, or delete it.")
    if target.is_dir() and not any(target.iterdir()):
        return
    if target.exists() or target.is_symlink():
        raise InterchangeError(
            f"{target} is there and not an empty folder", "Name another folder, or delete it."
        )


def _unwritable(target: Path, error: OSError) -> InterchangeError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return InterchangeError(
            f"{target.parent}: the disk is full; nothing was written", "Make room and run again."
        )
    return InterchangeError(
        f"{target} cannot be written: {error.strerror}", "Choose another folder."
    )
