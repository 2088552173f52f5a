"""Tasks as plain rows for JSON Lines, Parquet and the ``datasets`` library, and back.

Lists are lists, patches are lists of files with their whole new text (`None`: deleted), and the
same patches are there as diffs for people and models; only the former are read back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from journeyman.interchange.diffs import git_diff
from journeyman.interchange.folders import InterchangeError
from journeyman.interchange.losses import Refused
from journeyman.interchange.swebench import instance_id, starting
from journeyman.records import Patch, Task

DERIVED = ("id", "instance_id", "broken_diff", "fix_diff")
"""Columns for the reader's convenience; they follow from the others."""


def row_of(task: Task, read: Callable[[str], str | None]) -> dict[str, Any]:
    """Return the task as a row; `read` reads a file of its base tree."""
    row = task.model_dump(mode="json")
    row["broken"] = _files(task.broken)
    row["fix"] = _files(task.fix)
    return {
        "id": task.id,
        "instance_id": instance_id(task),
        **row,
        "broken_diff": git_diff(task.broken, read),
        "fix_diff": git_diff(task.fix, starting(task, read)),
    }


def task_of(row: Mapping[str, Any]) -> Task:
    """Return the task of a row.

    Raises:
        Refused: A column is missing, unknown or of the wrong kind, or the row was changed.
    """
    values = {name: value for name, value in row.items() if name not in DERIVED}
    missing = [name for name in ("id", *_needed()) if name not in row]
    if missing:
        raise Refused(f"columns are missing: {', '.join(missing)}")
    try:
        values["broken"] = {"files": _texts(row["broken"])}
        values["fix"] = {"files": _texts(row["fix"])}
        task = Task.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Refused(f"{place}: {first['msg']}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(f"broken or fix is not a list of files: {error!r}") from None
    if task.id != row["id"]:
        raise Refused(f"it was changed: its content is {task.id}, its id says {row['id']}")
    return task


def write_parquet(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write rows as one Parquet file, with the same columns and types whatever the rows hold."""
    arrow, parquet = _pyarrow()
    # Text columns may hold more than 2 GiB together: large strings count with 64 bits.
    table = arrow.Table.from_pylist([dict(row) for row in rows], schema=_schema(arrow))
    parquet.write_table(table, path, compression="zstd")


def read_parquet(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a Parquet file.

    Raises:
        InterchangeError: It is not one.
    """
    arrow, parquet = _pyarrow()
    try:
        return list(parquet.ParquetFile(path).read().to_pylist())
    except (OSError, arrow.ArrowException) as error:
        raise InterchangeError(
            f"{path} cannot be read as Parquet: {_line(error)}", "Check the path."
        ) from error


def _files(patch: Patch) -> list[dict[str, str | None]]:
    return [{"path": path, "text": text} for path, text in sorted(patch.files.items())]


def _texts(files: Sequence[Mapping[str, str | None]]) -> dict[str, str | None]:
    texts = {str(file["path"]): file["text"] for file in files}
    if len(texts) != len(files):
        raise ValueError("a path occurs twice")
    return texts


def _needed() -> Iterator[str]:
    return (name for name, field in Task.model_fields.items() if field.is_required())


def _pyarrow() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise InterchangeError(
            "Parquet needs the package pyarrow, which is not installed",
            "Install it: pip install 'journeyman[export]', or use the format jsonl.",
        ) from None


def _schema(arrow: Any) -> Any:
    text, number = arrow.large_string(), arrow.int64()
    files = arrow.list_(arrow.struct([("path", text), ("text", text)]))
    place = [("path", text), ("function", text), ("first", number), ("last", number)]
    kinds = {
        "broken": files,
        "fix": files,
        "place": arrow.struct(place),
        **dict.fromkeys(("quiet", "identity"), arrow.bool_()),
        **dict.fromkeys(("fail_to_pass", "pass_to_pass", "hidden", "labels"), arrow.list_(text)),
    }
    names = ("id", "instance_id", *Task.model_fields, "broken_diff", "fix_diff")
    return arrow.schema([(name, kinds.get(name, text)) for name in names])


def _line(error: Exception) -> str:
    return json.dumps(str(error).splitlines()[0] if str(error) else type(error).__name__)
