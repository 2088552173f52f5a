"""A class without its parent."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingBase(NodeBreakage[cst.ClassDef]):
    """A class no longer inherits from one of its bases."""

    name = "missing_base"
    severity = "raises"
    description = "A class no longer inherits from one of its base classes."
    probability = 0.3
    scopes = frozenset({"class"})
    kinds = (cst.ClassDef,)
    shown = (
        example(
            """
            class Missing(LookupError):
                def __str__(self):
                    return "missing"
            """,
            """
            class Missing:
                def __str__(self):
                    return "missing"
            """,
        ),
        example(
            """
            class Shelf(Sized, Iterable):
                def __len__(self):
                    return 3
            """,
            """
            class Shelf(Iterable):
                def __len__(self):
                    return 3
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.ClassDef) -> Iterator[Edit]:
        """Yield the class without each of its bases."""
        for index, base in enumerate(node.bases):
            detail = f"base `{shorten(source.code(base.value))}` dropped"
            start, end = source.span(base)
            if len(node.bases) == 1 and not node.keywords:
                start, end = source.text.rindex("(", 0, start), source.text.index(")", end) + 1
            elif index + 1 < len(node.bases):
                end = source.span(node.bases[index + 1])[0]
            elif index:
                start = source.span(node.bases[index - 1])[1]
            else:
                continue
            yield Edit(start, end, "", detail)
