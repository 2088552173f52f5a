"""Louvain communities of a weighted graph, the same on every run.

Blondel et al. 2008, "Fast unfolding of communities in large networks". Nodes are visited in their
order and ties go to the community with the lowest number, so nothing is left to chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

Weights = list[dict[int, float]]
"""For every node, its neighbours and how strongly it hangs together with each; symmetric."""

_SWEEPS = 20
_LEAST_GAIN = 1e-9


def communities(graph: Weights, resolution: float = 1.0) -> list[int]:
    """Return the community of each node, numbered in the order of their first nodes."""
    member = list(range(len(graph)))
    coarse = [dict(row) for row in graph]
    while True:
        found = _move(coarse, resolution)
        count = max(found, default=-1) + 1
        member = [found[one] for one in member]
        if count == len(coarse):
            return numbered(member)
        coarse = _merged(coarse, found, count)


def numbered(labels: Sequence[int]) -> list[int]:
    """Return labels renamed 0, 1, 2 in the order in which they first occur."""
    names: dict[int, int] = {}
    return [names.setdefault(one, len(names)) for one in labels]


def _move(graph: Weights, resolution: float) -> list[int]:
    """Move nodes to neighbouring communities as long as modularity grows."""
    degrees = [sum(row.values()) for row in graph]
    total = sum(degrees)
    labels = list(range(len(graph)))
    if not total:
        return labels
    sums = list(degrees)
    for _ in range(_SWEEPS):
        moved = False
        for node, row in enumerate(graph):
            own = labels[node]
            sums[own] -= degrees[node]
            near: dict[int, float] = defaultdict(float)
            for other, weight in row.items():
                if other != node:
                    near[labels[other]] += weight
            push = resolution * degrees[node] / total
            best, gain = own, near.get(own, 0.0) - push * sums[own]
            for label in sorted(near):
                here = near[label] - push * sums[label]
                if here > gain + _LEAST_GAIN:
                    best, gain = label, here
            labels[node] = best
            sums[best] += degrees[node]
            moved = moved or best != own
        if not moved:
            break
    return numbered(labels)


def _merged(graph: Weights, labels: Sequence[int], count: int) -> Weights:
    coarse: list[defaultdict[int, float]] = [defaultdict(float) for _ in range(count)]
    for node, row in enumerate(graph):
        for other, weight in row.items():
            coarse[labels[node]][labels[other]] += weight
    return [dict(row) for row in coarse]


def grouped(graph: Weights, target: int, least: int, most: int) -> list[int]:
    """Return about `target` communities of `least` to `most` nodes, as far as the graph allows.

    What is too large is divided again by itself; what is too small joins the community it hangs
    together with most. A small community that hangs together with nothing stays.
    """
    labels = communities(graph)
    labels = _divided(graph, labels, most)
    return _joined(graph, labels, target, least)


def _divided(graph: Weights, labels: list[int], most: int) -> list[int]:
    found = list(labels)
    todo = sorted(set(found))
    following = max(found, default=-1) + 1
    while todo:
        label = todo.pop(0)
        nodes = [node for node, one in enumerate(found) if one == label]
        if len(nodes) <= most:
            continue
        place = {node: at for at, node in enumerate(nodes)}
        inner = [
            {place[other]: weight for other, weight in graph[node].items() if other in place}
            for node in nodes
        ]
        parts = communities(inner, 1.1)
        if max(parts) == 0:
            continue
        for node, part in zip(nodes, parts, strict=True):
            if part:
                found[node] = following + part - 1
        todo += [label, *(following + part for part in range(max(parts)))]
        following += max(parts)
    return numbered(found)


def _joined(graph: Weights, labels: list[int], target: int, least: int) -> list[int]:
    count = max(labels, default=-1) + 1
    between = _merged(graph, labels, count)
    sizes = [0] * count
    for label in labels:
        sizes[label] += 1
    into = list(range(count))
    alive = set(range(count))
    stuck: set[int] = set()
    while alive - stuck:
        smallest = min(alive - stuck, key=lambda one: (sizes[one], one))
        if sizes[smallest] >= least and len(alive) <= target:
            break
        others = {one: weight for one, weight in between[smallest].items() if one != smallest}
        if not others:
            stuck.add(smallest)
            continue
        best = min(others, key=lambda one: (-others[one] / sizes[one] ** 0.5, one))
        for one, weight in others.items():
            between[one].pop(smallest, None)
            if one != best:
                between[best][one] = between[best].get(one, 0.0) + weight
                between[one][best] = between[best][one]
        sizes[best] += sizes[smallest]
        into[smallest] = best
        alive.discard(smallest)
    return numbered([_end(into, label) for label in labels])


def _end(into: Sequence[int], label: int) -> int:
    while into[label] != label:
        label = into[label]
    return label
