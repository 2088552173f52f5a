"""N-gram tables: exact sums, no trace of text taken out, sensible preferences."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journeyman.understanding.ngrams import (
    NgramTable,
    load_table,
    repository_table,
    save_table,
    tokens,
)

BITS = 12
LOOP = "for item in items:\n    total += item.price\n"
PYTHON = st.lists(
    st.sampled_from(["x = y\n", LOOP, "if a < b:\n    return a\n", "'text'  # note\n", "3.5e-7\n"])
).map("".join)


def counted(*texts: str) -> NgramTable:
    table = NgramTable(BITS)
    for text in texts:
        table.add(text)
    return table


def log_probability(table: NgramTable, text: str, variant: int = 0) -> float:
    words = np.array(tokens(text), np.uint64)[:, variant]
    return float(table.logs(words, np.array([len(words)]), variant).sum())


@given(st.lists(st.lists(PYTHON, min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_tree_s_table_equals_one_counted_from_scratch(trees: list[list[str]]) -> None:
    # One tree after another in the same process: what an earlier tree held must leave no trace,
    # or the unbroken text of a task would be in the broken tree's counts.
    for tree in trees:
        assert np.array_equal(repository_table(tree, BITS).counts, counted(*set(tree)).counts)


@given(PYTHON, PYTHON)
def test_taking_a_text_out_undoes_putting_it_in(one: str, other: str) -> None:
    table = counted(one, other)
    table.add(other, -1)
    assert np.array_equal(table.counts, counted(one).counts)


@given(st.text())
def test_any_text_can_be_cut_into_tokens(text: str) -> None:
    for names, shapes in tokens(text):
        assert names >= 0
        assert shapes >= 0


def test_names_are_kept_in_one_variant_and_made_alike_in_the_other() -> None:
    [(one, one_shape)], [(other, other_shape)] = tokens("apple"), tokens("pear")
    assert one != other
    assert one_shape == other_shape
    assert tokens("len")[0][1] != one_shape


def test_what_was_seen_is_likelier_than_what_was_not() -> None:
    table = counted(LOOP * 3)
    assert log_probability(table, LOOP) > log_probability(table, LOOP.replace("item", "other"))
    assert log_probability(table, LOOP, 1) > log_probability(table, LOOP.replace("+=", "-="), 1)


def test_sequences_laid_end_to_end_do_not_see_each_other() -> None:
    table = counted(LOOP * 3)
    words = np.array(tokens(LOOP), np.uint64)[:, 0]
    alone = table.logs(words, np.array([len(words)]), 0)
    twice = table.logs(np.concatenate([words, words]), np.array([len(words)] * 2), 0)
    assert np.allclose(twice, np.concatenate([alone, alone]))


def test_a_stored_table_keeps_counts_to_within_five_per_cent(tmp_path: Path) -> None:
    table = counted(LOOP * 50, "x = y\n" * 3)
    save_table(table, tmp_path / "table.npz")
    loaded = load_table(tmp_path / "table.npz")
    kept = table.counts >= 2
    assert np.allclose(loaded.counts[kept], table.counts[kept], rtol=0.05, atol=0.5)
    assert not loaded.counts[~kept].any()
