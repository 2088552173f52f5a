"""Tasks written from the code that is there: take a part out, or make it worse in a known way.

Whatever a maker asks for, the answer is known beforehand (it is what the repository holds, or was
made by running it), so that every task is proven by running code: the reference solves it, nothing
does not, and where the goal has a bound, the reference was seen to keep it.
"""

from __future__ import annotations

from journeyman.tasks.written.draft import Maker, Plan
from journeyman.tasks.written.workshop import Workshop

__all__ = ["MAKERS", "Maker", "Plan", "Workshop", "maker"]

MAKERS = ("rebuild", "from-docs", "test", "refactor", "speed", "document")
"""The kinds of written tasks, by the names they go by on the command line."""


def maker(kind: str, shop: Workshop) -> Maker:
    """Return the maker of one kind of tasks, at work in `shop`."""
    from journeyman.tasks.written import (
        document,
        from_docs,
        rebuild,
        refactor,
        speed,
        write_test,
    )

    makers: dict[str, Maker] = {
        "rebuild": rebuild.Rebuild(shop),
        "from-docs": from_docs.FromDocs(shop),
        "test": write_test.WriteTest(shop),
        "refactor": refactor.Worsen(shop),
        "speed": speed.Slow(shop),
        "document": document.Undocument(shop),
    }
    return makers[kind]
