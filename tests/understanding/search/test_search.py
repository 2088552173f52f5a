"""A question leads to lines, with what is known around them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from journeyman.repository.git import Git
from journeyman.understanding.index.crew import Crew
from journeyman.understanding.index.index import Index
from journeyman.understanding.index.places import InFolder, place_of
from journeyman.understanding.past.log import read_log
from journeyman.understanding.past.memory import Memory, remember
from journeyman.understanding.search.answer import answer
from journeyman.understanding.search.lessons import lessons, questions, recall
from journeyman.understanding.search.query import MOST_TERMS, read_query
from journeyman.understanding.search.search import Search, best_files
from journeyman.understanding.search.signals import NAMES
from journeyman.understanding.search.weights import Example, Weights, from_json, learn, shipped
from journeyman.understanding.terms.vectors import words

TRACE = """Traceback (most recent call last):
  File "/home/someone/shop/prices.py", line 15, in check_discount
    raise ValueError("a discount is not negative")
ValueError: a discount is not negative
"""


@pytest.mark.parametrize(
    ("question", "path", "inside"),
    [
        ("negative discount", "shop/prices.py", "check_discount"),
        ("sending the bill to a customer", "shop/mail.py", "send_invoice"),
        ("check_discount", "shop/prices.py", "check_discount"),
        ("Parcel.weigh", "shop/mail.py", "Parcel.weigh"),
        (TRACE, "shop/prices.py", "check_discount"),
        ("currency on invoices", "shop/mail.py", "send_invoice"),
    ],
)
def test_the_first_hit_is_what_was_asked_for(
    shop_index: Index, question: str, path: str, inside: str
) -> None:
    first = Search(shop_index).find(question)[0]
    assert first.path == path
    assert first.symbol is not None and first.symbol.qualified == inside


def test_nothing_is_found_for_what_is_not_there(shop_index: Index) -> None:
    search = Search(shop_index)
    assert search.find("") == []
    assert search.find("zzzqqq") == []
    assert search.find("!!! ???") == []


def test_every_hit_says_what_its_score_is_made_of(shop_index: Index) -> None:
    for hit in Search(shop_index).find("discount of prices"):
        assert abs(sum(value for _, value in hit.why) - hit.score) < 0.05
        assert 1 <= hit.first <= hit.last


def test_an_answer_has_lines_and_facts_and_keeps_its_budget(
    shop_index: Index, shop_root: Path
) -> None:
    place, _ = place_of(str(shop_root))
    whole = answer(shop_index, place, "negative discount", most=5, budget=5000)
    first = whole[0]
    source = (shop_root / first.path).read_text().split("\n")
    assert first.code.split("\n") == source[first.first - 1 : first.last]
    told = "\n".join(first.facts.lines())
    assert "called by: total (shop/prices.py:13)" in told
    assert "known to: A Person (100%); 3 changes" in told
    shown = first.text(explain=True)
    assert "shop/prices.py:" in shown and "score" in shown and "words here" in shown
    small = answer(shop_index, place, "negative discount", most=5, budget=100)
    assert len(small) < len(whole)
    assert sum(one.tokens for one in small) < 150


def test_a_long_text_is_asked_for_by_its_rarest_words() -> None:
    text = " ".join(f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(200))
    assert len(read_query(text, lambda term: term % 97).terms) == MOST_TERMS
    assert read_query(TRACE).places == (("/home/someone/shop/prices.py", 15),)


def test_lessons_are_asked_of_the_parent_and_know_nothing_later(shop_root: Path) -> None:
    git = Git(shop_root / ".git")
    log = sorted(read_log(git, "HEAD"), key=lambda one: (one.time, one.id))
    asked = questions(log, 10)
    with Crew(1) as crew:
        found = list(lessons(git, log, Memory(remember(log)), asked, words(), crew))
    assert [one.subject for one in found] == [one.subject for one in log[1:]]
    right = [[path for path, yes in zip(one.paths, one.right, strict=True) if yes] for one in found]
    assert right[1] == ["shop/prices.py", "tests/test_prices.py"]
    spoken = NAMES.index("spoken")
    mail = found[0].paths.index("shop/mail.py")
    assert found[0].table[:, spoken].max() <= 1
    first_of_its_kind = found[0].table[mail, spoken]
    again = next(one for one in found if one.subject == "Parcels weigh more")
    assert first_of_its_kind == 0, "no commit before it spoke of currencies"
    assert again.table.shape == (len(again.paths), len(NAMES))
    assert recall([one.rank() for one in found]).asked == 4


def test_weights_are_learnt_towards_the_signal_that_is_right() -> None:
    generator = np.random.default_rng(0)
    examples = []
    for _ in range(60):
        table = generator.random((20, len(NAMES)), np.float32)
        right = np.zeros(20, bool)
        right[int(np.argmax(table[:, 2]))] = True
        examples.append(Example(table, right))
    weights = learn(examples, None, 0.001)
    assert int(np.argmax(weights.values)) == 2
    held = learn(examples, shipped(), 100.0)
    assert np.allclose(held.values, shipped().values, atol=0.05), "a strong ridge holds them"
    assert learn([], shipped()) == shipped()
    assert from_json(weights.to_json()).learnt_on == 60
    assert len(Weights((0.0,) * len(NAMES)).of_files(examples[0].table)) == 20


def test_files_of_hits_are_named_once(shop_index: Index) -> None:
    files = best_files(Search(shop_index).find("price"))
    assert len(files) == len(set(files)) and "shop/prices.py" in files


def test_what_the_best_lines_call_is_found_too(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "orders.py").write_text(
        "from rounding import to_cents\n\n\n"
        "def invoice_total(order):\n    return to_cents(order.amount)\n"
    )
    (root / "rounding.py").write_text("def to_cents(x):\n    return round(x, 2)\n")
    (root / "other.py").write_text("def of_total(x):\n    return 1\n")
    with Index(tmp_path / "index") as index:
        index.bring_up_to_date(InFolder(root), workers=1)
        found = Search(index).find("rounding of the invoice total")
        assert [hit.path for hit in found][:2] == ["orders.py", "rounding.py"]
        hop = next(hit for hit in found if hit.path == "rounding.py")
        assert dict(hop.why)["called by the best"] > 1
