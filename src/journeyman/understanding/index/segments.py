"""A segment kept on disk as arrays that are mapped, not read: opening it takes milliseconds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from journeyman.understanding.index.segment import Segment
from journeyman.understanding.terms.postings import Inverted

_INVERTED = ("body", "names", "title")
_PLAIN = (
    *("category", "chunk_file", "chunk_lines", "chunk_words", "file_words", "file_names"),
    "vectors",
)


def save(segment: Segment, serials: Mapping[str, int], folder: Path) -> None:
    """Write a segment of the files that have these serial numbers in the store."""
    unfinished = folder.with_name(folder.name + ".partial")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for name in _PLAIN:
        np.save(unfinished / f"{name}.npy", getattr(segment, name))
    for name in _INVERTED:
        for part, array in getattr(segment, name)._asdict().items():
            np.save(unfinished / f"{name}-{part}.npy", array)
    held = [[path, serials[path]] for path in segment.paths]
    (unfinished / "files.json").write_text(json.dumps(held), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)


def load(folder: Path) -> tuple[Segment, dict[str, int]] | None:
    """Return a saved segment and its files' serial numbers, or `None` where there is none."""
    try:
        held = json.loads((folder / "files.json").read_text("utf-8"))
        inverted = {
            name: Inverted(*(_mapped(folder / f"{name}-{part}.npy") for part in Inverted._fields))
            for name in _INVERTED
        }
        plain = {name: _mapped(folder / f"{name}.npy") for name in _PLAIN}
    except (OSError, ValueError):
        return None
    serials = dict(held)
    parts: dict[str, Any] = {**plain, **inverted}
    return Segment(paths=tuple(serials), **parts), serials


def _mapped(path: Path) -> Any:
    try:
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError:  # an empty array cannot be mapped
        mapped = np.load(path, allow_pickle=False)
    return mapped
