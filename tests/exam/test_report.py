import importlib.util
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pydantic import ValidationError

from journeyman.errors import UserError
from journeyman.exam import report
from journeyman.exam.report import diff_lines, read_report, render, totals, write_report
from journeyman.records.growth import CheatRow, Growth, LedgerRow, Proof
from journeyman.records.score import Estimate, effect_of

_spec = importlib.util.spec_from_file_location(
    "growth_sample", Path(__file__).with_name("growth_sample.py")
)
sample = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sample)

HOSTILE = '<script>alert(1)</script><img src="https://evil.example/x" onerror=x>\x1b[31m'


class Page(HTMLParser):
    """Collects tags and attributes, and refuses tags that close in the wrong order."""

    VOID = frozenset({"meta", "br", "img", "link", "input", "hr"})

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.links = [], [], []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.links += [value for name, value in attributes if name in ("src", "href", "srcset")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_a_full_report_is_well_nested_and_tells_the_result_first():
    page = render(sample.growth())
    Page(page)
    claim = "Practice helped: a held-out bug now takes 1.9 fewer test runs to fix than before"
    assert claim in page
    assert "95% interval 0.8 to 2.9 fewer" in page
    assert page.index(claim) < page.index("What Journeyman does")


def test_the_page_loads_nothing_and_runs_nothing():
    page = render(sample.growth())
    found = Page(page)
    assert not {"script", "link", "img", "iframe", "object"} & set(found.tags)
    assert all(link.startswith("#") for link in found.links)
    assert not re.search(r"url\(|@import", page)
    assert "default-src 'none'" in page


def test_every_link_within_the_page_has_its_target():
    page = render(sample.growth())
    assert all(f'id="{link[1:]}"' in page for link in Page(page).links)


def test_hostile_text_is_shown_and_never_obeyed():
    attempt = sample.attempt().model_copy(
        update={"statement": HOSTILE, "broken_diff": "+" + HOSTILE, "policy": HOSTILE}
    )
    exam = sample.exam()
    policy = exam.policies[0].model_copy(update={"policy": HOSTILE, "about": HOSTILE})
    adopted = sample.adopted().model_copy(update={"name": HOSTILE, "settings": {HOSTILE: HOSTILE}})
    page = render(
        sample.growth(
            adopted=adopted,
            attempts=(attempt,),
            warnings=(HOSTILE,),
            ledger=(LedgerRow(family=HOSTILE, quiet=True, tried=1, valid=1),),
            exam=exam.model_copy(update={"policies": (policy, *exam.policies[1:])}),
        )
    )
    assert not {"script", "img"} & set(Page(page).tags)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_null_result_is_stated_as_such():
    page = render(sample.growth(exam=sample.exam(sample.comparison((-0.3, -1.2, 0.6), 0.41))))
    assert (
        "No measurable difference: after practice a held-out bug takes 0.3 fewer test runs to fix"
        " than before, and the 95% interval runs from 1.2 fewer to 0.6 more." in page
    )
    assert "Practice helped" not in page


def test_a_harmful_result_is_stated_as_such():
    page = render(sample.growth(exam=sample.exam(sample.comparison((1.5, 0.4, 2.6), 0.01))))
    assert "Practice hurt: a held-out bug now takes 1.5 more test runs to fix" in page
    assert "95% interval 0.4 to 2.6 more" in page


def test_a_comparison_may_not_claim_more_than_its_interval():
    with pytest.raises(ValidationError, match="no measurable difference"):
        sample.comparison((-0.3, -1.2, 0.6), 0.41, effect="practice helped")
    sample.comparison(effect="no measurable difference")  # saying less is allowed


@pytest.mark.parametrize(
    ("low", "high", "p_value", "effect"),
    [
        (-2, -1, 0.01, "practice helped"),
        (1, 2, 0.01, "practice hurt"),
        (-2, 1, 0.01, "no measurable difference"),
        (-2, -1, 0.2, "no measurable difference"),
        (-2, 0, 0.01, "no measurable difference"),
    ],
)
def test_interval_and_test_must_both_speak(low, high, p_value, effect):
    assert effect_of(Estimate(value=(low + high) / 2, low=low, high=high), p_value) == effect


def test_no_valid_task_is_said_plainly():
    page = render(sample.bare())
    Page(page)
    assert "No task could be proven in this repository" in page
    for sentence in ("No exam was held.", "did not practise", "No attempt was kept", "5 breakages"):
        assert sentence in words(page)


@pytest.mark.parametrize(
    ("part", "empty", "sentence"),
    [
        ("attempts", (), "No attempt was kept for showing."),
        ("practice", None, "The apprentice did not practise."),
        ("ledger", (), "No breakage was tried."),
        ("proof", None, "Nothing was proven."),
        ("weights", (), "Practice"),
        ("split", None, "Keep practice, validation and held-out bugs in separate files."),
        ("threats", None, "How the scores were checked"),
        ("exam", None, "no exam was held, so nothing is known about progress"),
    ],
)
def test_any_part_may_be_missing(part, empty, sentence):
    page = render(sample.growth(**{part: empty}))
    Page(page)
    assert sentence in words(page)


def test_an_exam_without_history_or_comparison_says_so():
    exam = sample.exam().model_copy(
        update={"history": (), "comparison": None, "other_comparisons": ()}
    )
    page = words(render(sample.growth(exam=exam)))
    assert "rests on bugs made on purpose" in page
    assert "Examined, but not compared" in page


def test_a_cheat_that_scored_is_shouted():
    row = CheatRow(cheat="c", what="w", scope="task", tries=9, scored=2, stopped=None)
    proof = Proof(runs_per_task=3, empty_patch_tries=9, empty_patch_scored=0, cheats=(row,))
    page = words(render(sample.growth(proof=proof)))
    assert "A task could be passed without mending it" in page
    assert "not stopped" in page
    assert "A task could be passed" not in words(render(sample.growth()))


def test_a_ledger_row_that_does_not_add_up_is_refused():
    with pytest.raises(ValidationError, match="7 tried, but 5 outcomes"):
        LedgerRow(family="f", quiet=False, tried=7, valid=5)


def test_totals_are_the_sums_of_the_rows():
    growth = sample.growth()
    row = totals(growth)
    assert row.tried == sum(one.tried for one in growth.ledger)
    assert row.survived == sum(one.survived for one in growth.ledger)


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(ValidationError):
        Estimate(value=float("nan"), low=0, high=1)


def test_a_diff_is_told_apart_line_by_line():
    kinds = [kind for kind, _ in diff_lines(sample.FIX)]
    assert kinds == ["head", "head", "hunk", "same", "removed", "added", "same", "same"]


@pytest.mark.parametrize("growth", [sample.growth(), sample.bare()], ids=["full", "bare"])
def test_the_json_round_trips(growth, tmp_path):
    page, data = write_report(growth, tmp_path / "deep" / "report")
    assert read_report(data) == growth
    assert Growth.model_validate_json(growth.model_dump_json()) == growth
    assert page.read_text(encoding="utf-8") == render(growth)


def test_a_file_that_is_no_report_is_refused_with_its_name(tmp_path):
    path = tmp_path / "report.json"
    with pytest.raises(UserError, match="cannot read"):
        read_report(path)
    path.write_text('{"format": 1, "surprise": true}')
    with pytest.raises(UserError, match=r"report\.json is not a growth report"):
        read_report(path)


def test_a_write_that_fails_midway_leaves_the_old_report_whole(tmp_path, monkeypatch):
    write_report(sample.bare(), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(report.os, "fsync", full)
    with pytest.raises(UserError, match="No space left on device"):
        write_report(sample.growth(), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(UserError, match="cannot write the report"):
        write_report(sample.bare(), tmp_path / "taken")
