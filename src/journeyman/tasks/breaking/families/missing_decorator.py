"""A method that is no longer what it was."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingDecorator(NodeBreakage[cst.Decorator]):
    """A decorator is forgotten, or is the wrong one of two."""

    name = "missing_decorator"
    severity = "raises"
    description = "A decorator (`@property`, `@staticmethod` …) is forgotten or the wrong one."
    probability = 0.5
    scopes = frozenset({"decorator"})
    kinds = (cst.Decorator,)
    shown = (
        example(
            """
            class Box:
                @property
                def area(self):
                    return self.width * self.height
            """,
            """
            class Box:
                def area(self):
                    return self.width * self.height
            """,
        ),
        example(
            """
            class Box:
                @classmethod
                def empty(cls):
                    return cls()
            """,
            """
            class Box:
                @staticmethod
                def empty(cls):
                    return cls()
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Decorator) -> Iterator[Edit]:
        """Yield the other one of a pair, and none at all."""
        code = source.code(node.decorator)
        if code.partition("(")[0].rpartition(".")[2] in _WITHOUT_EFFECT:
            return
        if code in _OTHERS:
            yield replace(source, node.decorator, _OTHERS[code])
        yield Edit(*source.whole(node), "", f"`@{shorten(code)}` removed")


_OTHERS = {"classmethod": "staticmethod", "staticmethod": "classmethod"}
_WITHOUT_EFFECT = frozenset(
    {"overload", "abstractmethod", "override", "final", "deprecated", "wraps", "no_type_check"}
)
