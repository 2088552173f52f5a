from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from journeyman.understanding.wiki.community import Weights, communities, grouped


def _graph(count: int, pairs: dict[tuple[int, int], float]) -> Weights:
    graph: Weights = [{} for _ in range(count)]
    for (one, other), weight in pairs.items():
        graph[one][other] = graph[other][one] = weight
    return graph


def test_two_cliques_with_one_tie_are_two_communities() -> None:
    cliques = [*combinations(range(5), 2), *combinations(range(5, 10), 2)]
    pairs = {**dict.fromkeys(cliques, 1.0), (4, 5): 0.2}
    assert communities(_graph(10, pairs)) == [0] * 5 + [1] * 5


def test_nothing_hangs_together_without_ties() -> None:
    assert communities(_graph(3, {})) == [0, 1, 2]
    assert communities([]) == []


def test_small_communities_join_the_one_they_hang_together_with() -> None:
    cliques = [*combinations(range(4), 2), *combinations(range(4, 8), 2), (8, 9)]
    pairs = {**dict.fromkeys(cliques, 1.0), (8, 7): 0.5, (3, 4): 0.1}
    assert grouped(_graph(10, pairs), 2, 3, 9) == [0] * 4 + [1] * 6


_PAIRS = st.dictionaries(
    st.tuples(st.integers(0, 14), st.integers(0, 14)).filter(lambda pair: pair[0] < pair[1]),
    st.floats(0.01, 9),
    max_size=40,
)


@given(_PAIRS, st.integers(1, 6), st.integers(1, 3), st.integers(3, 15))
def test_every_node_is_in_one_community_and_always_the_same(
    pairs: dict[tuple[int, int], float], target: int, least: int, most: int
) -> None:
    graph = _graph(15, pairs)
    found = grouped(graph, target, least, most)
    assert found == grouped([dict(row) for row in graph], target, least, most)
    assert len(found) == 15
    assert sorted(set(found)) == list(range(max(found) + 1))
