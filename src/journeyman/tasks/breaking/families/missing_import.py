"""The tool that was not brought along."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingImport(NodeBreakage[cst.Import | cst.ImportFrom]):
    """An import at the top of the file is forgotten."""

    name = "missing_import"
    severity = "raises"
    description = "A name that functions need is no longer imported."
    probability = 0.2
    scopes = frozenset({"module"})
    kinds = (
        cst.Import,
        cst.ImportFrom,
    )
    shown = (
        example(
            """
            import json
            import os


            def load(text):
                return json.loads(text)
            """,
            """
            import os


            def load(text):
                return json.loads(text)
            """,
        ),
        example(
            """
            from math import ceil, floor


            def both(value):
                return floor(value), ceil(value)
            """,
            """
            from math import floor


            def both(value):
                return floor(value), ceil(value)
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.Import | cst.ImportFrom
    ) -> Iterator[Edit]:
        """Yield the statement without each of its names, or its removal where it has one."""
        if isinstance(node.names, cst.ImportStar):
            return
        names, line = list(node.names), source.parent(node)
        if len(names) == 1 and line is not None:
            whole = source.whole(line) if source.parent(line) is None else source.span(line)
            instead = "" if source.parent(line) is None else "pass"
            yield Edit(*whole, instead, f"`{shorten(source.code(node))}` removed")
        for name, after in pairwise(names):
            start, end = source.span(name)[0], source.span(after)[0]
            yield Edit(start, end, "", f"`{shorten(source.code(name.name))}` not imported")
