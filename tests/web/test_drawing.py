from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from journeyman.understanding.wiki.page import Diagram, Edge, Node
from journeyman.web.diagram import Drawing, draw
from journeyman.web.layers import place
from journeyman.web.mermaid import mermaid

KEYS = [f"n{at}" for at in range(40)]


@st.composite
def diagrams(build: st.DrawFn) -> Diagram:
    keys = KEYS[: build(st.integers(0, 40))]
    labels = build(st.lists(st.text(max_size=60), min_size=len(keys), max_size=len(keys)))
    ends = st.sampled_from(keys) if keys else st.nothing()
    edges = build(st.lists(st.builds(Edge, ends, ends, st.text(max_size=8)), max_size=70))
    return Diagram("", tuple(map(Node, keys, labels)), tuple(edges))


def overlaps(drawing: Drawing) -> list[tuple[str, str]]:
    boxes = drawing.boxes
    return [
        (a.title, b.title)
        for at, a in enumerate(boxes)
        for b in boxes[at + 1 :]
        if a.x < b.x + b.width
        and b.x < a.x + a.width
        and a.y < b.y + b.height
        and b.y < a.y + a.height
    ]


@given(diagrams())
def test_no_box_lies_on_another_or_outside_and_labels_fit(diagram: Diagram) -> None:
    drawing = draw(diagram)
    assert overlaps(drawing) == []
    for box in drawing.boxes:
        assert box.x >= 0 and box.y >= 0
        assert box.x + box.width <= drawing.width and box.y + box.height <= drawing.height
        for _, line in box.lines:
            assert len(line) * 7.3 <= box.width


@given(diagrams())
def test_the_same_diagram_is_drawn_the_same_way(diagram: Diagram) -> None:
    assert draw(diagram) == draw(diagram)


@given(diagrams())
def test_every_edge_is_drawn_and_none_that_is_not_there(diagram: Diagram) -> None:
    drawn = [(arrow.source, arrow.target) for arrow in draw(diagram).arrows]
    at = {node.key: number for number, node in enumerate(diagram.nodes)}
    assert drawn == [(at[edge.source], at[edge.target]) for edge in diagram.edges]


def test_edges_to_nodes_that_are_not_there_are_left_out() -> None:
    diagram = Diagram("", (Node("a", "a"),), (Edge("a", "b"), Edge("c", "a")))
    assert draw(diagram).arrows == ()
    assert "-->" not in mermaid(diagram)


def test_layers_follow_the_edges() -> None:
    placed = place(4, [(0, 1), (1, 2), (0, 2), (3, 2)])
    assert placed.layer[:4] == [0, 1, 2, 1]
    for chain in placed.chains:
        assert all(placed.layer[b] - placed.layer[a] == 1 for a, b in pairwise(chain))


@given(st.text(max_size=80))
def test_no_label_ends_a_mermaid_node_or_adds_to_it(label: str) -> None:
    source = mermaid(Diagram("", (Node("a", label), Node("b", "b")), (Edge("a", "b", label),)))
    lines = source.split("\n")
    assert len(lines) == 4
    assert re.fullmatch(r'  n0\["[^"<>\[\]]*"\]', lines[1], flags=re.DOTALL)
