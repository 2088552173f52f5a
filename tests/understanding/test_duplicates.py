"""Copies are found under other names; functions that merely look alike are not."""

import ast
import heapq
import pathlib
import shlex
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeyman.understanding.duplicates import jaccard, near_duplicates, shingles
from journeyman.understanding.functions import functions, texts_by_key

TOTAL = '''
def total(orders, rate):
    """Add up what is to be paid."""
    result = 0
    for order in orders:
        if order.paid:
            continue
        result += order.amount * (1 + rate)
    return round(result, 2)
'''
RENAMED = """
def sum_of_bills(bills, tax):
    # what the shop is owed
    owed = 0
    for bill in bills:
        if bill.paid:
            continue
        owed += bill.amount * (1 + tax)

    return round(owed, 2)
"""
EDITED = RENAMED.replace("round(owed, 2)", "round(owed, 3)")
OTHER = """
def count(orders, rate):
    result = {}
    for order in orders:
        result.setdefault(order.kind, []).append(order)
    return sorted(result, key=len)
"""


def real(module):
    path = pathlib.Path(module.__file__)
    return texts_by_key(functions(path.name, path.read_text()))


def test_a_copy_with_renamed_variables_and_other_comments_is_equal():
    assert shingles(TOTAL) == shingles(RENAMED)


def test_a_renamed_and_slightly_edited_copy_is_found_and_another_function_is_not():
    texts = {"total": TOTAL, "renamed": RENAMED, "edited": EDITED, "other": OTHER}
    assert near_duplicates(texts) == [
        ("edited", "renamed"),
        ("edited", "total"),
        ("renamed", "total"),
    ]


def test_a_copy_into_a_class_is_found_where_only_self_was_added():
    method = textwrap.indent(TOTAL.replace("(orders, rate)", "(self, orders, rate)"), "    ")
    assert near_duplicates({"f": TOTAL, "m": method}) == [("f", "m")]


def test_one_wrong_variable_does_not_hide_a_copy():
    broken = RENAMED.replace("if bill.paid", "if owed.paid")
    assert jaccard(shingles(TOTAL), shingles(broken)) > 0.8


def test_what_is_called_tells_functions_apart():
    one = "def f(x):\n    return load(x).first(strict)\n"
    two = "def f(x):\n    return store(x).second(loose)\n"
    assert near_duplicates({"one": one, "two": two}) == []


def test_unrelated_functions_of_the_standard_library_are_not_duplicates():
    pairs = near_duplicates({**real(shlex), **real(heapq)})
    assert all(left.split("::")[0] == right.split("::")[0] for left, right in pairs)
    assert ("heapq.py::_siftdown", "heapq.py::_siftdown_max") in pairs  # true twins
    assert len(pairs) < 12


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(real(heapq).items())), st.integers(0, 8))
def test_renaming_every_variable_of_real_code_keeps_the_shingles(item, salt):
    text = textwrap.dedent(item[1])
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.arg = f"{node.arg}_{salt}"
    names = {node.arg.rsplit("_", 1)[0] for node in ast.walk(tree) if isinstance(node, ast.arg)}
    keywords = {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names:
            node.id = f"{node.id}_{salt}"
    if not names & keywords:
        assert near_duplicates({"a": ast.unparse(ast.parse(text)), "b": ast.unparse(tree)}) == [
            ("a", "b")
        ]


@given(st.text(max_size=60))
def test_equal_texts_are_always_found_even_if_they_are_not_code(text):
    assert near_duplicates({"b": text, "a": text}) == [("a", "b")]


@pytest.mark.parametrize("module", [shlex, heapq])
def test_every_real_function_is_a_duplicate_of_itself(module):
    texts = real(module)
    twice = {**texts, **{f"copy {name}": text for name, text in texts.items()}}
    pairs = set(near_duplicates(twice))
    assert {(f"copy {name}", name) for name in texts} <= pairs


def test_pairs_do_not_depend_on_the_order_of_the_input():
    texts = real(heapq)
    assert near_duplicates(texts) == near_duplicates(dict(reversed(texts.items())))
