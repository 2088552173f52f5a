"""Asking for what is not there."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source
from journeyman.tasks.breaking.spelling import misspell


class WrongImport(NodeBreakage[cst.ImportAlias]):
    """What is imported is misspelt."""

    name = "wrong_import"
    severity = "does not import"
    description = (
        "A module or a name that is imported is misspelt, so that the file cannot be imported."
    )
    probability = 0.3
    scopes = frozenset({"module"})
    kinds = (cst.ImportAlias,)
    shown = (
        example(
            """
            from math import floor


            def whole(value):
                return floor(value)
            """,
            """
            from math import floors


            def whole(value):
                return floor(value)
            """,
        ),
        example(
            """
            import json


            def load(text):
                return json.loads(text)
            """,
            """
            import jsno


            def load(text):
                return json.loads(text)
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.ImportAlias) -> Iterator[Edit]:
        """Yield one misspelling, unless a failed import is expected here."""
        line = source.parent(source.parent(node) or node)
        if isinstance(source.parent(line or node), cst.Try):
            return
        name = node.name.attr if isinstance(node.name, cst.Attribute) else node.name
        wrong = misspell(name.value, source.span(name)[0], source.words)
        if wrong:
            yield replace(source, name, wrong)
