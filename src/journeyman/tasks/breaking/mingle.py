"""Single breaks in their drawn order, with combinations of them strewn in.

Asking for more must only lengthen the order, never change its beginning: what was proven before
counts. So combinations are made block by block, from the sites of their own block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from journeyman.records import digest
from journeyman.repository.coupling import Coupled
from journeyman.tasks.breaking.combined import combine
from journeyman.tasks.breaking.mix import choose
from journeyman.tasks.breaking.registry import weights_by_default
from journeyman.tasks.breaking.site import COMBINED, Break, Site

BLOCK = 400
"""Sites from which combinations are made together; so many are drawn at a time."""


def whole_blocks(count: int) -> int:
    """Return the number of sites to draw so that `count` breaks can be had."""
    return -(-count // BLOCK) * BLOCK


def mingled(
    sites: Sequence[Site],
    read: Callable[[str], str],
    coupled: Sequence[Coupled],
    seed: int,
    weights: Mapping[str, float],
) -> Iterator[Break]:
    """Yield every site as a break, and combinations in proportion to their families' weights.

    Args:
        sites: In the order drawn; a block that is not whole gives other combinations than it
            would with the rest of it.
        weights: As for `choose`.
    """
    shares = {**weights_by_default(), **weights}
    together = sum(shares[family] for family in COMBINED)
    alone = sum(shares.values()) - together
    wanted = round(BLOCK * together / alone) if alone else 0
    for first in range(0, len(sites), BLOCK):
        block = sites[first : first + BLOCK]
        own = int(digest(["mingled", seed, first])[:8], 16)
        pools = combine(block, read, coupled, own, wanted) if wanted else {}
        strewn = iter(choose(pools, wanted, own, {one: shares[one] for one in COMBINED}))
        every = max(1, len(block) // max(1, wanted))
        for position, site in enumerate(block, start=1):
            yield Break((site,))
            if position % every == 0:
                yield from (one for one in (next(strewn, None),) if one is not None)
