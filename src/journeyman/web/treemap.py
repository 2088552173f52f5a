"""A repository as nested rectangles: what lies together is drawn together, what uses each other
lies side by side.

Folders are divided by ordered bisection, so that an order is kept: that of the second eigenvector
of the siblings' graph (Fiedler), in which those that are joined are neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rectangle = tuple[float, float, float, float]
"""Left, top, width, height."""

WIDTH, HEIGHT = 1600.0, 880.0

_MOST_ORDERED = 400
"""Siblings that are ordered by their edges; more are left in the order of their names."""


@dataclass
class Folder:
    """A folder: its path, what is in it, and where it is drawn."""

    path: str
    parent: int
    depth: int
    folders: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    weight: float = 0.0
    where: Rectangle = (0.0, 0.0, WIDTH, HEIGHT)


def tree(paths: Sequence[str]) -> list[Folder]:
    """Return the folders of paths, the root first, each before what is in it.

    A folder that holds nothing but one folder is drawn as one with it (``src/main/java``).
    """
    folders = [Folder("", -1, 0)]
    known = {"": 0}
    alone = _chains(paths)
    for number, path in enumerate(paths):
        above, at = path.split("/")[:-1], 0
        for depth in range(1, len(above) + 1):
            name = "/".join(above[:depth])
            if name in alone:
                continue
            if name not in known:
                known[name] = len(folders)
                folders.append(Folder(name, at, folders[at].depth + 1))
                folders[at].folders.append(known[name])
            at = known[name]
        folders[at].files.append(number)
    return folders


def lay_out(
    folders: list[Folder], lines: Sequence[int], edges: Mapping[tuple[int, int], float]
) -> Floats:
    """Give every folder its place and return that of each file, (files, 4).

    Args:
        lines: How long each file is.
        edges: Weights of pairs of files that belong together.
    """
    weights = np.power(np.asarray(lines, float) + 25, 0.6)
    for folder in reversed(folders):
        folder.weight = float(sum(weights[one] for one in folder.files))
        folder.weight += sum(folders[one].weight for one in folder.folders)
    between = _between(folders, edges)
    where = np.zeros((len(lines), 4))
    for number, folder in enumerate(folders):
        items = [(True, one) for one in folder.folders] + [(False, one) for one in folder.files]
        if not items:
            continue
        order = _order(items, between.get(number, {}))
        sizes = np.array([folders[one].weight if inner else weights[one] for inner, one in order])
        for (inner, one), place in zip(order, _divide(sizes, _inside(folder)), strict=True):
            if inner:
                folders[one].where = place
            else:
                where[one] = place
    return where


def _chains(paths: Sequence[str]) -> set[str]:
    """Return the folders that hold nothing but one folder."""
    within: dict[str, set[str]] = {}
    for path in paths:
        parts = path.split("/")
        for depth in range(1, len(parts)):
            is_file = depth == len(parts) - 1
            inside = within.setdefault("/".join(parts[:depth]), set())
            inside.add("" if is_file else parts[depth])
    return {name for name, inside in within.items() if len(inside) == 1 and "" not in inside}


def _between(
    folders: Sequence[Folder], edges: Mapping[tuple[int, int], float]
) -> dict[int, dict[tuple[tuple[bool, int], tuple[bool, int]], float]]:
    """Return for each folder how strongly the things right in it are joined."""
    above: dict[int, list[tuple[int, tuple[bool, int]]]] = {}
    for number, folder in enumerate(folders):
        for file in folder.files:
            way, at = [(number, (False, file))], number
            while folders[at].parent >= 0:
                way.append((folders[at].parent, (True, at)))
                at = folders[at].parent
            above[file] = way[::-1]
    found: dict[int, dict[tuple[tuple[bool, int], tuple[bool, int]], float]] = {}
    for (a, b), weight in edges.items():
        for (where, one), (_, other) in zip(above[a], above[b], strict=False):
            if one != other:
                pair = (min(one, other), max(one, other))
                inside = found.setdefault(where, {})
                inside[pair] = inside.get(pair, 0.0) + weight
                break
    return found


def _order(
    items: list[tuple[bool, int]],
    joined: Mapping[tuple[tuple[bool, int], tuple[bool, int]], float],
) -> list[tuple[bool, int]]:
    if not joined or not 2 < len(items) <= _MOST_ORDERED:
        return items
    number = {item: at for at, item in enumerate(items)}
    table = np.full((len(items), len(items)), 1e-3)
    for (one, other), weight in joined.items():
        a, b = number[one], number[other]
        table[a, b] = table[b, a] = table[a, b] + np.log1p(weight)
    laplace = np.diag(table.sum(axis=1)) - table
    vectors = np.round(np.linalg.eigh(laplace)[1][:, 1:5], 6)  # the next ones decide where it ties
    vectors *= np.where(
        vectors[np.argmax(vectors != 0, axis=0), range(vectors.shape[1])] < 0, -1, 1
    )
    return [items[int(at)] for at in np.lexsort(vectors.T[::-1])]


def _inside(folder: Folder) -> Rectangle:
    """Return the room that a folder has for what is in it: less its name, and an edge."""
    left, top, width, height = folder.where
    edge = 0.012 * min(width, height)
    name = 0.0 if folder.parent < 0 else min(0.085 * height, 0.16 * width, 22.0)
    return left + edge, top + name + edge, width - 2 * edge, height - name - 2 * edge


def _divide(sizes: Floats, room: Rectangle) -> list[Rectangle]:
    """Divide a rectangle among things in their order, by cutting it in two again and again."""
    found: list[Rectangle] = [room] * len(sizes)
    total = np.concatenate([[0.0], np.cumsum(sizes)])
    waiting = [(0, len(sizes), room)]
    while waiting:
        first, last, (left, top, width, height) = waiting.pop()
        if last - first == 1:
            found[first] = (left, top, width, height)
            continue
        half = (total[first] + total[last]) / 2
        cut = int(np.searchsorted(total, half))
        if cut > first + 1 and half - total[cut - 1] < total[min(cut, last)] - half:
            cut -= 1
        cut = min(max(cut, first + 1), last - 1)
        share = float((total[cut] - total[first]) / (total[last] - total[first]))
        if width >= height:
            one = (left, top, width * share, height)
            other = (left + width * share, top, width * (1 - share), height)
        else:
            one = (left, top, width, height * share)
            other = (left, top + height * share, width, height * (1 - share))
        waiting += [(first, cut, one), (cut, last, other)]
    return found
