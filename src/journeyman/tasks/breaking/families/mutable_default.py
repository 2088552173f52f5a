"""One list for all callers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MutableDefault(NodeBreakage[cst.Param]):
    """A default that was made anew for each call is shared by all calls."""

    name = "mutable_default"
    severity = "wrong result"
    description = "A default that was made anew for each call is one object for all calls."
    probability = 0.6
    scopes = frozenset({"signature"})
    kinds = (cst.Param,)
    shown = (
        example(
            """
            def add(item, items=None):
                if items is None:
                    items = []
                items.append(item)
                return items
            """,
            """
            def add(item, items=[]):
                if items is None:
                    items = []
                items.append(item)
                return items
            """,
        ),
        example(
            """
            def count(words, found=None):
                if found is None:
                    found = dict()
                for word in words:
                    found[word] = found.get(word, 0) + 1
                return found
            """,
            """
            def count(words, found=dict()):
                if found is None:
                    found = dict()
                for word in words:
                    found[word] = found.get(word, 0) + 1
                return found
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.Param) -> Iterator[Edit]:
        """Yield the object that the body makes where the parameter is `None`."""
        if node.default is None or source.code(node.default) != "None":
            return
        name = re.escape(node.name.value)
        made = re.search(
            rf"if {name} is None:\s+{name} = (\[\]|\{{\}}|(?:list|dict|set)\(\))",
            source.code(function.node),
        )
        if made:
            yield replace(source, node.default, made[1])
