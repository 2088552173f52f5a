"""A diagram as shapes for an SVG: boxes whose labels fit, and arrows that go around boxes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from journeyman.understanding.wiki.page import Diagram
from journeyman.web.layers import Placed, place, spread

_CHARACTER, _LINE, _PAD = 7.3, 15.0, 9.0
"""Pixels: a character of the 12 px monospaced face, a line, room around a label."""

_WIDEST_LABEL = 26
_ROOM = 680.0
"""Pixels that a page has; what would be wider is laid out downwards if that is narrower."""

_SMALLEST = 0.78
"""To this a wide diagram is made smaller before it has to be scrolled."""


@dataclass(frozen=True)
class Box:
    """A node: its corner, size, lines of its label, whole name, and the slug it leads to."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[tuple[float, str], ...]
    title: str
    link: str


@dataclass(frozen=True)
class Arrow:
    """An edge: its SVG path, how thick, the numbers of its boxes, its label and its place."""

    path: str
    thick: float
    source: int
    target: int
    label: str
    x: float
    y: float
    title: str


@dataclass(frozen=True)
class Drawing:
    """All of a diagram, `width` by `height` pixels."""

    caption: str
    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]

    @property
    def scale(self) -> float:
        """How large it is shown."""
        return min(1.0, max(_SMALLEST, _ROOM / max(1.0, self.width)))


def draw(diagram: Diagram) -> Drawing:
    """Lay a diagram out from left to right, or downwards where that would be too wide."""
    across, down = _draw(diagram, False), None
    if across.width > _ROOM:
        down = _draw(diagram, True)
    return down if down and down.width < across.width else across


def _draw(diagram: Diagram, downwards: bool) -> Drawing:
    number = {node.key: at for at, node in enumerate(diagram.nodes)}
    edges = [e for e in diagram.edges if e.source in number and e.target in number]
    placed = place(len(diagram.nodes), [(number[e.source], number[e.target]) for e in edges])
    labels = [_wrapped(node.label or node.key) for node in diagram.nodes]
    sizes = [(_wide(lines), len(lines) * _LINE + 2 * _PAD - 4) for lines in labels]
    sizes += [(8.0, 8.0)] * (len(placed.layer) - len(sizes))
    named = max((len(e.label) for e in edges), default=0)
    along = spread(
        placed,
        [s[0] if downwards else s[1] for s in sizes],
        22 if downwards else 22 if named else 12,
    )
    depths = [s[1] if downwards else s[0] for s in sizes]
    least = 34.0 if downwards else min(170.0, max(34.0, named * 6.2 + 30))
    starts, deep = _layers(placed, depths, least, 100.0 if named else 56.0)
    centre = [
        (along[n], starts[at] + deep[at] / 2)
        if downwards
        else (starts[at] + deep[at] / 2, along[n])
        for n, at in enumerate(placed.layer)
    ]
    boxes = []
    for at, node in enumerate(diagram.nodes):
        (x, y), (width, height) = centre[at], sizes[at]
        if not downwards:
            x = starts[placed.layer[at]] + width / 2
            centre[at] = (x, y)
        top = y - height / 2 + _PAD + 10.5
        lines = tuple((round(top + _LINE * row, 1), text) for row, text in enumerate(labels[at]))
        corner = (round(x - width / 2 + 2, 1), round(y - height / 2 + 2, 1))
        boxes.append(
            Box(
                *corner, round(width, 1), round(height, 1), lines, node.label or node.key, node.link
            )
        )
    layers = [(starts[at], starts[at] + deep[at]) for at in placed.layer]
    both = {(edge.source, edge.target) for edge in edges}
    most = max((edge.weight for edge in edges), default=1)
    arrows = []
    for edge, chain in zip(edges, placed.chains, strict=True):
        points = _points(chain, centre, sizes[: len(boxes)], layers, downwards)
        if (edge.target, edge.source) in both:  # one a little beside the other
            aside = 5 if number[edge.source] < number[edge.target] else -5
            points = [(x + aside, y) if downwards else (x, y + aside) for x, y in points]
        path, (x, y) = _curve(points, downwards) if chain else _loop(boxes[number[edge.source]])
        thick = 1 + 1.6 * math.log1p(max(0, edge.weight - 1)) / max(1.0, math.log1p(most))
        title = f"{edge.source} → {edge.target}" + (f": {edge.label}" if edge.label else "")
        pair = (number[edge.source], number[edge.target])
        arrows.append(Arrow(path, round(thick, 2), *pair, edge.label, x, y, title))
    width = max([b.x + b.width for b in boxes] + [c[0] for c in centre], default=0) + 10
    height = max([b.y + b.height for b in boxes] + [c[1] for c in centre], default=0) + 6
    return Drawing(
        diagram.caption, math.ceil(width), math.ceil(height), tuple(boxes), tuple(arrows)
    )


def _layers(
    placed: Placed, depths: Sequence[float], gap: float, roomy: float
) -> tuple[list[float], list[float]]:
    """Return where each layer begins and its depth: `gap` apart, up to `roomy` where that fits."""
    deep = [max(depths[node] for node in nodes) for nodes in placed.order]
    room = (_ROOM - 14 - sum(deep)) / max(1, len(deep) - 1)
    gap = max(gap, min(roomy, room))
    starts, at = [], 0.0
    for one in deep:
        starts.append(at)
        at += one + gap
    return starts, deep


def _points(
    chain: Sequence[int],
    centre: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    layers: Sequence[tuple[float, float]],
    downwards: bool,
) -> list[tuple[float, float]]:
    """Return where an edge leaves, bends and arrives.

    Args:
        sizes: Of the nodes that are boxes; those after them are bends.
        layers: Where the layer of each node begins and ends; an edge goes straight through it, so
            that it does not cross the boxes there.
    """
    axis = 1 if downwards else 0
    points: list[tuple[float, float]] = []
    for at, node in enumerate(chain):
        x, y = centre[node]
        begin, end = layers[node]
        if node >= len(sizes):
            sides = (
                (begin, end) if centre[chain[at + 1]][axis] > centre[node][axis] else (end, begin)
            )
            points += [(x + 2, one + 2) if downwards else (one + 2, y + 2) for one in sides]
            continue
        ahead = chain[1] if at == 0 else chain[-2]
        forwards = centre[ahead][axis] > centre[node][axis]
        half = sizes[node][axis] / 2 * (1 if forwards else -1)
        side = (x + 2, y + half + 2) if downwards else (x + half + 2, y + 2)
        far = (x + 2, end + 2) if downwards else (end + 2, y + 2)
        straight = forwards and end - half - centre[node][axis] > 1
        points += ([side, far] if at == 0 else [far, side]) if straight else [side]
    return points


def _curve(points: list[tuple[float, float]], downwards: bool) -> tuple[str, tuple[float, float]]:
    (x, y), *rest = points
    parts = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in rest:
        if downwards:
            mid = (y + to_y) / 2
            parts.append(f"C{x:.1f} {mid:.1f} {to_x:.1f} {mid:.1f} {to_x:.1f} {to_y:.1f}")
        else:
            mid = (x + to_x) / 2
            parts.append(f"C{mid:.1f} {y:.1f} {mid:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    (x1, y1), (x2, y2) = max(pairwise(points), key=lambda ends: math.dist(*ends))
    return " ".join(parts), (round((x1 + x2) / 2, 1), round((y1 + y2) / 2 - 3, 1))


def _loop(box: Box) -> tuple[str, tuple[float, float]]:
    x, y = box.x + box.width - 14, box.y
    return f"M{x - 10:.1f} {y:.1f} c0 -14 14 -14 14 0", (x, y - 12)


def _wide(lines: Sequence[str]) -> float:
    return max(len(line) for line in lines) * _CHARACTER + 2 * _PAD


def _wrapped(label: str) -> tuple[str, ...]:
    """Return a label as one or two lines, cut in the middle where it is too long for that."""
    label = re.sub(r"\s+", " ", label).strip() or "?"
    if len(label) <= _WIDEST_LABEL:
        return (label,)
    breaks = [found.end() for found in re.finditer(r"[/._:\s-]+", label[:-1])]
    near = min(breaks or [len(label) // 2], key=lambda at: abs(at - len(label) / 2))
    return tuple(_short(part.strip()) for part in (label[:near], label[near:]))


def _short(text: str) -> str:
    if len(text) <= _WIDEST_LABEL + 4:
        return text
    half = (_WIDEST_LABEL + 2) // 2
    return f"{text[:half]}…{text[-half:]}"
