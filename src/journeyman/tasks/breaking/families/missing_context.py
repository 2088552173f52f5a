"""Without the care that was taken."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.blocks import unwrapped
from journeyman.tasks.breaking.family import NodeBreakage, example, shorten
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class MissingContext(NodeBreakage[cst.With]):
    """A `with` statement is gone; its body is run as it is."""

    name = "missing_context"
    severity = "wrong result"
    description = "A `with` statement is gone, and with it the lock or the clean-up."
    probability = 0.6
    kinds = (cst.With,)
    shown = (
        example(
            """
            def load(path):
                with open(path) as stream:
                    text = stream.read()
                    return parse(text)
            """,
            """
            def load(path):
                stream = open(path)
                text = stream.read()
                return parse(text)
            """,
        ),
        example(
            """
            def add(self, item):
                with self.lock:
                    self.items.append(item)
                return item
            """,
            """
            def add(self, item):
                self.items.append(item)
                return item
            """,
        ),
    )

    def edits(self, source: Source, function: Function, node: cst.With) -> Iterator[Edit]:
        """Yield the body alone, with the name it needs."""
        if len(node.items) != 1 or node.asynchronous is not None:
            return
        item, before = node.items[0], ""
        if item.asname is not None:
            before = f"{source.code(item.asname.name)} = {source.code(item.item)}"
        detail = f"`with {shorten(source.code(item.item))}` removed"
        edit = unwrapped(source, node, node.body, before, detail)
        if edit is not None:
            yield edit
