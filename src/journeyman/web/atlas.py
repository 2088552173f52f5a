"""The repository's graph as a picture can show it: files, folders, and what joins files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from journeyman.understanding.graph.graph import Graph
from journeyman.understanding.index.index import Index
from journeyman.understanding.past.memory import Memory
from journeyman.web.links import Links
from journeyman.web.site import Site
from journeyman.web.treemap import Folder, lay_out, tree

KINDS = ("imports", "calls", "changes with")
MOST_EDGES = 40_000
"""Edges of a kind that are shown, the heaviest first."""

_COMMITS = 6_000
"""Newest commits that are looked at for what changes together."""

_LEAST_TOGETHER = 3

Pairs = Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class Atlas:
    """Files with their places, and by kind the weighted edges between them.

    Args:
        paths, lines, categories: Of each file.
        where: Left, top, width and height of each file, (files, 4) nested lists.
        folders: The root first, each before what is in it.
        edges: For each of `KINDS`, (from, to, weight), the heaviest first.
        left_out: For each of `KINDS`, how many edges were too many.
    """

    paths: tuple[str, ...]
    lines: tuple[int, ...]
    categories: tuple[str, ...]
    where: tuple[tuple[float, ...], ...]
    folders: tuple[Folder, ...]
    edges: Mapping[str, tuple[tuple[int, int, int], ...]]
    left_out: Mapping[str, int]


def atlas_of(index: Index) -> Atlas:
    """Draw the graph of an index. Seconds for a large one: keep what comes out."""
    rows = index.store.query("SELECT path, lines, category FROM file ORDER BY path")
    number = {str(path): at for at, (path, _, _) in enumerate(rows)}
    graph = Graph(index.store)
    edges = {
        "imports": imports(graph, number),
        "calls": calls(index, graph, number),
        "changes with": together(index.memory, number) if index.memory else {},
    }
    files = [(str(path), int(str(lines)), str(category)) for path, lines, category in rows]
    return draw(files, edges)


def draw(files: Sequence[tuple[str, int, str]], edges: Mapping[str, Pairs]) -> Atlas:
    """Place files, given as path, lines and category, by their folders and edges."""
    folders = tree([path for path, _, _ in files])
    joined: Counter[tuple[int, int]] = Counter()
    for pairs in edges.values():
        for (a, b), weight in pairs.items():
            joined[min(a, b), max(a, b)] += min(weight, 20)
    where = lay_out(folders, [lines for _, lines, _ in files], joined)
    kept = {
        kind: tuple(
            (a, b, weight)
            for (a, b), weight in sorted(pairs.items(), key=lambda one: (-one[1], one[0]))
        )
        for kind, pairs in edges.items()
    }
    return Atlas(
        tuple(path for path, _, _ in files),
        tuple(lines for _, lines, _ in files),
        tuple(category for _, _, category in files),
        tuple(tuple(float(value) for value in row) for row in np.round(where, 2)),
        tuple(folders),
        {kind: found[:MOST_EDGES] for kind, found in kept.items()},
        {kind: max(0, len(found) - MOST_EDGES) for kind, found in kept.items()},
    )


def imports(graph: Graph, number: Mapping[str, int]) -> Pairs:
    """Return which file imports which."""
    return {
        (at, number[other]): 1
        for path, at in number.items()
        for other in graph.imports_of(path)
        if other in number
    }


def calls(index: Index, graph: Graph, number: Mapping[str, int]) -> Pairs:
    """Return how often one file calls what another defines, as far as that is known."""
    rows = index.store.query(
        "SELECT file.path, reference.name, receiver, count(*) FROM reference"
        " JOIN file ON file.serial = reference.file WHERE kind = 'call'"
        " AND receiver NOT IN ('self', 'cls', 'this')"
        " AND reference.name IN (SELECT name FROM symbol)"
        " GROUP BY file.path, reference.name, receiver"
    )
    found: Counter[tuple[int, int]] = Counter()
    for path, name, receiver, times in rows:
        meant, _ = graph.resolve(str(path), str(name), str(receiver), -1)
        if meant is not None and meant.path != path and meant.path in number:
            found[number[str(path)], number[meant.path]] += int(str(times))
    return found


def together(memory: Memory, number: Mapping[str, int]) -> Pairs:
    """Return how often two files were changed by one commit, three times or more."""
    held = memory.held
    now = np.full(len(held.names), -1, np.int64)
    for path, file in held.numbers.items():
        if path in number:
            now[file] = number[path]
    commits, files = held.row_commit, now[held.row_file]
    kept = (files >= 0) & (commits >= held.commits - _COMMITS)
    commits, files = commits[kept], files[kept]
    starts = np.flatnonzero(np.diff(commits, prepend=-1))
    found: Counter[tuple[int, int]] = Counter()
    for changed in np.split(files, starts[1:]):
        ordered = np.unique(changed).tolist()
        found.update((a, b) for at, a in enumerate(ordered) for b in ordered[at + 1 :])
    return {pair: times for pair, times in found.items() if times >= _LEAST_TOGETHER}


def as_script(atlas: Atlas, site: Site, links: Links) -> str:
    """Return an atlas as a script that a page loads, from a server or from disk alike."""
    kinds = sorted(set(atlas.categories))
    data = {
        "folders": [
            [folder.path, folder.parent, *_rounded(folder.where), _page(folder.path, site, links)]
            for folder in atlas.folders
        ],
        "names": [path.rpartition("/")[2] for path in atlas.paths],
        "folderOf": _folder_of(atlas),
        "lines": atlas.lines,
        "kinds": kinds,
        "kindOf": [kinds.index(one) for one in atlas.categories],
        "where": [value for row in atlas.where for value in row],
        "links": [_page(path, site, links) or links.code(path) for path in atlas.paths],
        "paths": list(atlas.paths),
        "edges": {kind: [v for e in found for v in e] for kind, found in atlas.edges.items()},
    }
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=True).replace("<", "\\u003c")
    return f"window.journeymanAtlas = {text};\n"


def _folder_of(atlas: Atlas) -> list[int]:
    found = [0] * len(atlas.paths)
    for number, folder in enumerate(atlas.folders):
        for file in folder.files:
            found[file] = number
    return found


def _page(path: str, site: Site, links: Links) -> str:
    return links.page(site.by_path[path]) if path in site.by_path else ""


def _rounded(where: Iterable[float]) -> list[float]:
    return [round(value, 2) for value in where]
