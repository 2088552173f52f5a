"""Looking under the wrong name."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source, string_key
from journeyman.tasks.breaking.spelling import misspell, nearest


class WrongKey(NodeBreakage[cst.Subscript]):
    """A key of a dictionary is replaced by another one, or misspelt."""

    name = "wrong_key"
    severity = "raises"
    description = "A string used as a key is replaced by another key of the file, or is misspelt."
    probability = 0.5
    kinds = (cst.Subscript,)
    shown = (
        example(
            """
            def size(box):
                return box["width"] * box["height"]
            """,
            """
            def size(box):
                return box["width"] * box["width"]
            """,
        ),
        example(
            """
            def owner(record):
                return record["owner"]
            """,
            """
            def owner(record):
                return record["owenr"]
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Subscript) -> Iterator[Edit]:
        """Yield the key of the file that looks most like it, and a misspelt one."""
        key = string_key(node)
        if key is None:
            return
        for other in nearest(key.raw_value, source.keys, 1):
            yield _instead(source, key, other)
        wrong = misspell(key.raw_value, source.span(key)[0], source.words)
        if wrong and key.raw_value.isidentifier():
            yield _instead(source, key, wrong)


def _instead(source: Source, key: cst.SimpleString, other: str) -> Edit:
    return replace(source, key, f"{key.prefix}{key.quote}{other}{key.quote}")
