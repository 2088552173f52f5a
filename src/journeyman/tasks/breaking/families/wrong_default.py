"""What is taken when nothing is given."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class WrongDefault(NodeBreakage[cst.Param]):
    """The default of a parameter is another one."""

    name = "wrong_default"
    severity = "wrong result"
    description = "The default of a parameter is another constant."
    scopes = frozenset({"signature"})
    kinds = (cst.Param,)
    shown = (
        example(
            """
            def split(text, limit=10):
                return text.split(" ", limit)
            """,
            """
            def split(text, limit=11):
                return text.split(" ", limit)
            """,
        ),
        example(
            """
            def ordered(items, reverse=False):
                return sorted(items, reverse=reverse)
            """,
            """
            def ordered(items, reverse=True):
                return sorted(items, reverse=reverse)
            """,
        ),
        example(
            """
            def joined(items, separator=None):
                return (separator or ",").join(items)
            """,
            """
            def joined(items, separator=0):
                return (separator or ",").join(items)
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Param) -> Iterator[Edit]:
        """Yield another constant of the same kind."""
        default = node.default
        if isinstance(default, cst.Integer):
            yield replace(source, default, str(default.evaluated_value + 1))
        elif isinstance(default, cst.SimpleString):
            empty = f"{default.quote[0]}{default.quote[0]}"
            slip = f"{default.prefix}{empty[0]} {empty[1]}"
            yield replace(
                source, default, f"{default.prefix}{empty}" if default.raw_value else slip
            )
        elif isinstance(default, cst.Name) and default.value in _OTHERS:
            yield replace(source, default, _OTHERS[default.value])


_OTHERS = {"True": "False", "False": "True", "None": "0"}
