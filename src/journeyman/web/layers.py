"""Where the boxes of a directed graph go: in layers, with few crossings, the same every time.

The steps of Sugiyama, Tagawa and Toda (1981): turn edges that close a cycle, put each node one
layer behind the last that leads to it, order layers by the mean place of neighbours, and set each
node as near to its neighbours as the others let it (isotonic regression).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_SWEEPS = 12


@dataclass
class Placed:
    """A graph in layers. Nodes from `count` on are bends of edges that cross a layer."""

    count: int
    layer: list[int]
    order: list[list[int]]
    chains: list[list[int]]
    """For each edge the nodes it passes, its own ends included; turned back if it was turned."""


def place(count: int, edges: Sequence[tuple[int, int]]) -> Placed:
    """Put nodes 0 to `count` - 1 into layers; an edge from a node to itself has no chain."""
    turned = _back_edges(count, edges)
    downward = [(b, a) if (a, b) in turned else (a, b) for a, b in edges]
    layer = _layers(count, [edge for edge in downward if edge[0] != edge[1]])
    chains: list[list[int]] = []
    for (a, b), original in zip(downward, edges, strict=True):
        bends = list(range(len(layer), len(layer) + max(0, layer[b] - layer[a] - 1)))
        layer += range(layer[a] + 1, layer[b])
        chain = [] if a == b else [a, *bends, b]
        chains.append(chain[::-1] if original in turned else chain)
    order: list[list[int]] = [[] for _ in range(max(layer, default=-1) + 1)]
    for node, at in enumerate(layer):
        order[at].append(node)
    _uncross(order, neighbours(len(layer), chains))
    return Placed(count, layer, order, chains)


def neighbours(count: int, chains: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return what each node is joined to, bends included."""
    found: list[list[int]] = [[] for _ in range(count)]
    for chain in chains:
        for a, b in pairwise(chain):
            found[a].append(b)
            found[b].append(a)
    return found


def spread(placed: Placed, sizes: Sequence[float], gap: float) -> list[float]:
    """Return where the middle of each node is along its layer, from 0.

    Args:
        sizes: How much room each node takes along its layer; bends included.
    """
    beside = neighbours(len(sizes), placed.chains)
    middle = [0.0] * len(sizes)
    for nodes in placed.order:
        total = sum(sizes[node] + gap for node in nodes)
        at = -total / 2
        for node in nodes:
            middle[node] = at + sizes[node] / 2
            at += sizes[node] + gap
    for sweep in range(_SWEEPS):
        for nodes in placed.order if sweep % 2 == 0 else placed.order[::-1]:
            wanted = [
                sum(middle[one] for one in beside[node]) / len(beside[node])
                if beside[node]
                else middle[node]
                for node in nodes
            ]
            for node, at in zip(nodes, _apart(wanted, [sizes[n] for n in nodes], gap), strict=True):
                middle[node] = at
    least = min((middle[n] - sizes[n] / 2 for n in range(len(sizes))), default=0.0)
    return [at - least for at in middle]


def _apart(wanted: Sequence[float], sizes: Sequence[float], gap: float) -> list[float]:
    """Return places in this order, none nearer than it may be, nearest to those wanted."""
    at, offsets = 0.0, list[float]()
    for before, size in zip([0.0, *sizes], sizes, strict=False):
        at += (before + size) / 2 + gap if offsets else 0.0
        offsets.append(at)
    groups: list[tuple[float, int]] = []
    for value, offset in zip(wanted, offsets, strict=True):
        total, number = value - offset, 1
        while groups and groups[-1][0] / groups[-1][1] > total / number:
            before_total, before_number = groups.pop()
            total, number = total + before_total, number + before_number
        groups.append((total, number))
    flat = [total / number for total, number in groups for _ in range(number)]
    return [place + offset for place, offset in zip(flat, offsets, strict=True)]


def _back_edges(count: int, edges: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the edges that close a cycle when walked from nodes that nothing leads to."""
    out: list[list[int]] = [[] for _ in range(count)]
    inward = [0] * count
    for a, b in edges:
        if a != b:
            out[a].append(b)
            inward[b] += 1
    state = [0] * count
    back: set[tuple[int, int]] = set()
    for root in sorted(range(count), key=lambda node: (inward[node] > 0, node)):
        if state[root]:
            continue
        walk = [(root, iter(out[root]))]
        state[root] = 1
        while walk:
            node, rest = walk[-1]
            for other in rest:
                if state[other] == 1:
                    back.add((node, other))
                elif not state[other]:
                    state[other] = 1
                    walk.append((other, iter(out[other])))
                    break
            else:
                state[node] = 2
                walk.pop()
    return back


def _layers(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    layer = [0] * count
    for _ in range(count):
        moved = False
        for a, b in edges:
            if layer[b] <= layer[a]:
                layer[b] = layer[a] + 1
                moved = True
        if not moved:
            break
    led_to = {b for _, b in edges}
    for node in range(count):  # what nothing leads to stands right before what it leads to
        after = [layer[b] for a, b in edges if a == node]
        if node not in led_to and after:
            layer[node] = min(after) - 1
    return layer


def _uncross(order: list[list[int]], beside: Sequence[Sequence[int]]) -> None:
    at = {node: float(place) for nodes in order for place, node in enumerate(nodes)}
    of = {node: number for number, nodes in enumerate(order) for node in nodes}
    for sweep in range(_SWEEPS):
        step = 1 if sweep % 2 == 0 else -1
        for number in range(len(order))[::step]:
            nodes = order[number]

            def mean(node: int, before: int = number - step) -> float:
                known = [at[one] for one in beside[node] if of[one] == before]
                return sum(known) / len(known) if known else at[node]

            nodes.sort(key=mean)
            for place, node in enumerate(nodes):
                at[node] = float(place)
