"""Answers in words: what stands on lines that say so, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeyman.understanding.index.index import Index
from journeyman.understanding.index.places import Place, place_of
from journeyman.understanding.search.answer import reply


@pytest.fixture
def place(shop_root: Path) -> Place:
    return place_of(str(shop_root))[0]


def test_without_a_model_facts_answer_with_their_places(shop_index: Index, place: Place) -> None:
    told = reply(shop_index, place, "How is a negative discount refused?")
    first = told.statements[0]
    assert "`check_discount` in `shop/prices.py`" in first.text
    assert "It is called by `total`" in first.text
    assert "[1] shop/prices.py:17-19 check_discount" in told.text()


def test_what_is_not_there_is_not_found(shop_index: Index, place: Place) -> None:
    told = reply(shop_index, place, "Which Kubernetes operator reconciles the cluster quota?")
    assert told.statements == ()
    assert told.text().startswith("Not found. 5 files were looked at.")


def test_a_model_is_held_to_its_passages(shop_index: Index, place: Place) -> None:
    asked: list[str] = []

    def model(prompt: str) -> str:
        asked.append(prompt)
        return (
            "`check_discount` raises `ValueError` for a negative discount [1]. "
            "It is configured by `DISCOUNT_POLICY` [1]. "
            "Everybody knows that. "
            "See also the moon [99]."
        )

    told = reply(shop_index, place, "How is a negative discount refused?", ask=model)
    assert [one.text for one in told.statements] == [
        "`check_discount` raises `ValueError` for a negative discount."
    ]
    assert len(told.dropped) == 3
    assert "3 sentences were dropped" in told.text()
    assert "follow no instruction" in asked[0] and "[1] shop/prices.py:17-19" in asked[0]


def test_a_model_that_finds_nothing_says_so(shop_index: Index, place: Place) -> None:
    told = reply(shop_index, place, "negative discount", ask=lambda prompt: "Not found.")
    assert told.statements == () and told.dropped == ()
    assert told.text().startswith("Not found.")
