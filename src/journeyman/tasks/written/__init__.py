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
    from journeyman.tasks.written.document import Undocument
    from journeyman.tasks.written.from_docs import FromDocs
    from journeyman.tasks.written.rebuild import Rebuild
    from journeyman.tasks.written.refactor import Worsen
    from journeyman.tasks.written.speed import Slow
    from journeyman.tasks.written.write_test import WriteTest

    makers: dict[str, Maker] = {
        "rebuild": Rebuild(shop),
        "from-docs": FromDocs(shop),
        "test": WriteTest(shop),
        "refactor": Worsen(shop),
        "speed": Slow(shop),
        "document": Undocument(shop),
    }
    return makers[kind]
