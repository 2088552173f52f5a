"""What an answer is, and how one is given without a model: the passages that fit best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from journeyman.understanding.search.answer import Region
from journeyman.understanding.wiki.page import Claim, Page
from journeyman.web.site import claims_of

Find = Callable[[str, int, int], Sequence[Region]]
"""Answers a question with regions of lines; takes it, how many at most, and the tokens for all."""


@dataclass(frozen=True)
class Answered:
    """Claims that answer, the passages they come from, and where else was looked.

    With neither claims nor regions it was not found.
    """

    claims: tuple[Claim, ...] = ()
    regions: tuple[Region, ...] = ()
    looked_at: tuple[str, ...] = ()
    note: str = ""


Ask = Callable[[str, Page | None], Answered]
"""Answers a question that was asked on a page, or on none."""


def passages(find: Find) -> Ask:
    """Return an `Ask` that shows the best passages, those the page speaks of first."""

    def ask(question: str, about: Page | None) -> Answered:
        regions = list(find(question, 12, 6000))
        looked = tuple(f"`{one.path}:{one.first}-{one.last}`" for one in regions)
        if about is not None:
            own = {cite.path for claim in claims_of(about) for cite in claim.cites}
            regions.sort(key=lambda one: one.path not in own)
        return Answered(
            regions=tuple(replace(one, why=()) for one in regions[:6]),
            looked_at=looked,
            note="Answered without a chat model: these are the passages that fit best.",
        )

    return ask
