"""Empty is not the same as missing."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, operand, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class Truthiness(NodeBreakage[cst.Comparison]):
    """A test for `None` becomes a test of truth."""

    name = "truthiness"
    severity = "wrong result"
    description = (
        'A test for `None` becomes a test of truth, so that `0`, `""` and `[]` count as missing.'
    )
    kinds = (cst.Comparison,)
    shown = (
        example(
            """
            def limit(value, default):
                if value is None:
                    return default
                return value
            """,
            """
            def limit(value, default):
                if not value:
                    return default
                return value
            """,
        ),
        example(
            """
            def given(options):
                return [option for option in options if option.value is not None]
            """,
            """
            def given(options):
                return [option for option in options if option.value]
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Comparison) -> Iterator[Edit]:
        """Yield the test of truth."""
        if len(node.comparisons) != 1 or source.code(node.comparisons[0].comparator) != "None":
            return
        operator, tested = node.comparisons[0].operator, operand(source, node.left)
        if isinstance(operator, cst.Is):
            yield replace(source, node, f"(not {tested})" if node.lpar else f"not {tested}")
        elif isinstance(operator, cst.IsNot):
            yield replace(source, node, tested)
