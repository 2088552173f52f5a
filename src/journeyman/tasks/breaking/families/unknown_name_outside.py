"""A name that is not there yet."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source
from journeyman.tasks.breaking.spelling import misspell


class UnknownNameOutside(NodeBreakage[cst.Name]):
    """A name that is read while the file is imported does not exist."""

    name = "unknown_name_outside"
    severity = "does not import"
    description = "A name that is read while the file is imported is misspelt."
    probability = 0.2
    scopes = frozenset({"decorator", "signature", "class", "module"})
    kinds = (cst.Name,)
    shown = (
        example(
            """
            @cached
            def load(path):
                return parse(path)
            """,
            """
            @cachhed
            def load(path):
                return parse(path)
            """,
        ),
        example(
            """
            BYTES = 1024
            LIMIT = 10 * BYTES


            def full(size):
                return size > LIMIT
            """,
            """
            BYTES = 1024
            LIMIT = 10 * BYETS


            def full(size):
                return size > LIMIT
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Name) -> Iterator[Edit]:
        """Yield one misspelling of a name that is read."""
        if node not in function.loads or node.value in ("True", "False", "None"):
            return
        wrong = misspell(node.value, source.span(node)[0], source.words)
        if wrong:
            yield replace(source, node, wrong)
