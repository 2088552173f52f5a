"""Spread work over threads of this process; the work itself happens in sandboxed processes.

Results come back in the order of the items, whatever order they finished in, so that everything
computed from them is the same on every run. At most a few items more than there are workers are in
flight, and an interrupt waits for nothing that has not started.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def resumed_map(
    recall: Callable[[Item], Result | None],
    make: Callable[[Item], Result],
    items: Sequence[Item],
    workers: int,
) -> Iterator[Result]:
    """Yield what is known of each item, in order, and what `make` returns for the others.

    Workers are a few items ahead of what a caller takes who stops early; as long as everything is
    known, none is set off, so that taking the same again makes nothing.
    """
    for position, item in enumerate(items):
        known = recall(item)
        if known is None:

            def recalled_or_made(one: Item) -> Result:
                found = recall(one)
                return make(one) if found is None else found

            yield from ordered_map(recalled_or_made, items[position:], workers)
            return
        yield known


def ordered_map(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Iterator[Result]:
    """Yield `function(item)` for each item, in order, computing up to `workers` at a time.

    The first exception is raised where its result would have been yielded; items that have not
    started by then never do. Closing the iterator early has the same effect.
    """
    source = iter(items)
    pool = ThreadPoolExecutor(max_workers=max(1, workers))
    waiting: deque[Future[Result]] = deque()
    try:
        for item in source:
            waiting.append(pool.submit(function, item))
            if len(waiting) >= 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
