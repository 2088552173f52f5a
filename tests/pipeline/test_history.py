"""Real fixes on their own commits: proven, told why not, asked in the exam, undone for practice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from journeyman.agent.policy.baselines import Ochiai
from journeyman.pipeline.adopt import adopt
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.asked import Asked, ask_project, ask_source, gist
from journeyman.pipeline.examine import circuit
from journeyman.pipeline.make_tasks import ask_history
from journeyman.pipeline.reverify import reverify, stored_tasks
from journeyman.pipeline.revert import undo_fixes, with_reverted
from journeyman.records import Patch, Place, Task
from journeyman.records.tried import Tried
from journeyman.settings import ExamSettings, HistorySettings, Settings
from journeyman.tasks.split import Split
from journeyman.workspace import Workspace

READ = '''\
"""Reads tables."""

from pathlib import Path


def first(path):
    """Return the first byte of a file."""
    return Path(path).read_bytes()[{0}]
'''
READ_TEST = """\
from pathlib import Path

from shop.tables import first


def test_first():
    assert first(Path(__file__).with_name("table.bin")) == 7
"""
WORDS_JSON = '''\
"""Words from a file."""

import json
from pathlib import Path

WORDS = json.loads(Path(__file__).with_name("words.json").read_text())


def word(name):
    """Return a word."""
    return WORDS.get(name{0})
'''
WORDS_TEST = """\
from shop.speech import word


def test_word():
    assert word("hello") == "Hallo"
"""
LABELS = """\
from shop.words import slug


def label(text):
    return slug(text)
"""
CLOCK_TEST = """\
import os

from shop.prices import with_tax


def test_now_and_then():
    assert with_tax(100) and os.getpid() % 2
"""


@pytest.fixture(scope="module")
def lived(sample: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The sample repository with more of a past: what can be asked, and what cannot."""
    made = sample.build(tmp_path_factory.mktemp("lived") / "shop")
    code = sample.CODE
    made.commit({"shop/tables.py": READ.format(1)}, "Tables")
    made.commit(
        {
            "shop/tables.py": READ.format(0),
            "tests/test_tables.py": READ_TEST,
            "tests/table.bin": b"\x07\xff\x00",
            "CHANGES.md": "- first() reads [0], not [1]\n",
        },
        "Fix reading the first byte of a table",
    )
    made.commit({"shop/speech.py": WORDS_JSON.format(""), "shop/words.json": "{}\n"}, "Speech")
    made.commit(
        {
            "shop/speech.py": WORDS_JSON.format(', ""'),
            "shop/words.json": '{"hello": "Hallo"}\n',
            "tests/test_speech.py": WORDS_TEST,
        },
        "Fix #7",
    )
    made.commit(
        {
            "shop/prices.py": code["shop/prices.py"] + "\n\nFREE = 0\n",
            "tests/test_free.py": "def test_free():\n    assert 1\n",
        },
        "Fix prices of what is free",
    )
    made.commit(
        {"shop/waiting.py": "# Queues.\n" + code["shop/waiting.py"], "tests/test_a.py": CLOCK_TEST},
        "Fix comments on queues",
    )
    made.commit(
        {
            "shop/prices.py": code["shop/prices.py"] + "\n\nFREE = 1\n",
            "tests/test_broken.py": "import nothing_like_it\n\n\ndef test_a():\n    pass\n",
        },
        "Fix what nothing can show",
    )
    made.commit(
        {
            "shop/labels.py": LABELS,
            "tests/test_labels.py": "from shop.labels import label\n\n\n"
            "def test_label():\n    assert label('A b') == 'a-b'\n",
        },
        "Allow labels of things",
    )
    return made


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("history") / "w")


@pytest.fixture(scope="module")
def asked(lived: Any, place: Workspace, sample_settings: Settings) -> Asked:
    return ask_source(str(lived.root), place, sample_settings, workers=2)


def _by_title(asked: Asked) -> dict[str, Tried]:
    return {candidate.message.title: entry for candidate, entry in asked.entries}


def test_every_change_with_code_and_tests_becomes_a_question_or_gets_a_reason(
    asked: Asked,
) -> None:
    outcomes = {title: entry.outcome for title, entry in _by_title(asked).items()}
    assert outcomes == {
        "Allow labels of things": "valid",
        "Fix what nothing can show": "rejected",
        "Fix comments on queues": "filtered",
        "Fix prices of what is free": "survived",
        "Fix #7": "valid",
        "Fix reading the first byte of a table": "valid",
        "Fix shortening of texts that just fit": "valid",
        "Fix taking more than there is": "valid",
    }
    for _, entry in asked.entries:
        assert (entry.task is None) == bool(entry.why)
        assert entry.task is None or entry.task.family == entry.family
    assert asked.counts("fix") == (7, 4)
    assert asked.counts("feature") == (1, 1)
    assert asked.reasons("fix") == {
        "no test turns from red to green": 1,
        "none of its tests passes, even with it": 1,
        "only formatting, comments, docstrings or annotations": 1,
    }
    why = _by_title(asked)["Fix what nothing can show"].why
    assert "nothing_like_it" in why and gist(why) in asked.reasons("fix")


def test_a_question_stands_on_its_own_commit_with_binary_test_data(
    asked: Asked, lived: Any
) -> None:
    entry = _by_title(asked)["Fix reading the first byte of a table"]
    task = entry.task
    assert task is not None
    assert task.base == entry.name == lived.git("rev-parse", ":/reading the first byte")
    assert task.fail_to_pass == ("tests/test_tables.py::test_first",)
    assert task.fix.files == {"shop/tables.py": READ.format(0)}
    assert task.broken.files["shop/tables.py"] == READ.format(1)
    assert task.broken.files["CHANGES.md"] is None, "the changelog would tell"
    assert "environment: the environment that the settings name" in task.labels
    assert task.place.function == "first"


def test_data_that_is_no_code_belongs_to_the_fix_and_a_thin_message_is_helped(
    asked: Asked,
) -> None:
    task = _by_title(asked)["Fix #7"].task
    assert task is not None
    assert set(task.fix.files) == {"shop/speech.py", "shop/words.json"}
    assert task.statement.startswith("Fix #7\n\n") and "test_word" in task.statement
    assert "words: failing tests" in task.labels


def test_asking_again_runs_nothing_and_an_issue_given_later_changes_the_words(
    asked: Asked, lived: Any, place: Workspace, sample_settings: Settings, tmp_path: Path
) -> None:
    again = ask_source(str(lived.root), place, sample_settings, workers=2)
    assert again.entries == asked.entries
    (tmp_path / "7.md").write_text("Nobody says hello\n\nThe shop ought to greet people.")
    history = HistorySettings(issues=str(tmp_path), features=False)
    told = ask_source(
        str(lived.root), place, sample_settings.model_copy(update={"history": history}), workers=2
    )
    task = _by_title(told)["Fix #7"].task
    assert task is not None and "greet people" in task.statement
    assert "Allow labels of things" not in _by_title(told)


@pytest.fixture(scope="module")
def opened(
    asked: Asked, lived: Any, place: Workspace, sample_settings: Settings
) -> Iterator[Adopted]:
    settings = sample_settings.model_copy(update={"exam": ExamSettings(fixes=3, budget=3)})
    with adopt(str(lived.root), place, settings, workers=2) as adopted:
        yield adopted


def test_exam_questions_are_later_than_all_that_is_practised_on(
    opened: Adopted, asked: Asked
) -> None:
    entries = ask_history(opened)
    assert len(entries) == 3
    known = set(opened.checkout.git.run("rev-list", opened.tree.commit).decode().split())
    assert not known & {entry.name for entry in entries}
    tasks = [entry.task for entry in entries if entry.task is not None]
    assert tasks
    assert {task.id for task in tasks} <= {e.task.id for _, e in asked.entries if e.task}


def test_the_exam_is_sat_on_each_questions_own_tree_and_can_be_judged_again(
    opened: Adopted,
) -> None:
    task = next(e.task for e in ask_history(opened) if e.task is not None)
    assert task.base != opened.tree.commit
    stage = circuit(opened, 3)
    trajectory, verdict = stage.play(task, Ochiai(), 0)
    assert trajectory.task == verdict.task == task.id
    assert set(verdict.failed) | set(verdict.missing) <= set(task.tests)
    assert task.id in stored_tasks(opened)
    checked, _, changed = reverify(opened)
    assert checked >= 1 and changed == []


def test_the_fix_and_nothing_else_solves_a_question_in_a_court_opened_anew(
    opened: Adopted,
) -> None:
    for entry in ask_history(opened):
        if entry.task is not None:
            with opened.courts.lend(entry.task.base, remember=False) as court:
                assert court.grader.grade(entry.task, entry.task.fix).solved
                assert not court.grader.grade(entry.task, Patch()).solved


def test_an_adopted_project_is_asked_without_naming_its_source(
    opened: Adopted, place: Workspace, asked: Asked
) -> None:
    opened.close()
    project = place.existing(opened.project.name)
    found = ask_project(project, workers=2)
    assert {entry.name for _, entry in found.entries} == {e.name for _, e in asked.entries}


def test_an_older_fix_is_undone_in_the_tree_of_today(
    sample: ModuleType, tmp_path: Path, sample_settings: Settings
) -> None:
    made = sample.build(tmp_path / "shop")
    words = sample.CODE["shop/words.py"]
    made.commit({"shop/words.py": None, "shop/texts.py": "# Texts.\n" + words}, "Rename")
    made.commit(
        {
            "shop/stock.py": sample.CODE["shop/stock.py"].replace("count > have", "have < count"),
            "tests/test_words.py": (made.root / "tests/test_words.py")
            .read_text()
            .replace("shop.words", "shop.texts"),
        },
        "Say it otherwise",
    )
    settings = sample_settings.model_copy(update={"exam": ExamSettings(fixes=0)})
    with adopt(str(made.root), Workspace(tmp_path / "w"), settings, workers=2) as adopted:
        assert undo_fixes(adopted) == [], "only on request"
        entries = undo_fixes(adopted, most=5)
        by_outcome = {entry.outcome: entry for entry in entries}
        assert set(by_outcome) == {"valid", "rejected"}
        assert "conflicts" in by_outcome["rejected"].why
        task = by_outcome["valid"].task
        assert task is not None
        assert (task.source, task.base, task.identity) == ("reverted", adopted.tree.commit, True)
        assert set(task.broken.files) == {"shop/texts.py"}, "the file was renamed since"
        assert task.fix.over(task.broken) == Patch(
            files={"shop/texts.py": adopted.read("shop/texts.py")}
        )
        assert not adopted.grader.grade(task, Patch()).solved
        assert adopted.grader.grade(task, task.fix).solved
        before = len(adopted.suite.latencies_s)
        assert undo_fixes(adopted, most=5) == entries
        assert len(adopted.suite.latencies_s) == before


def test_undone_fixes_are_practised_on_only_where_no_exam_looks() -> None:
    def task(path: str, source: str) -> Task:
        return Task.model_validate(
            {
                "repository": "r",
                "base": "0" * 40,
                "source": source,
                "family": "f",
                "quiet": False,
                "statement": "",
                "broken": Patch(files={path: "x"}),
                "fix": Patch(files={path: "y"}),
                "place": Place(path=path, function="f", first=1, last=1),
                "fail_to_pass": ("t",),
                "pass_to_pass": (),
            }
        )

    held, mine = task("held.py", "breakage"), task("mine.py", "breakage")
    division = Split(
        practice=(mine.id,), validation=(), held_out=(held.id,), history=(), dropped={},
        by="file", why="",
    )  # fmt: skip
    told, kept = task("held.py", "reverted"), task("mine.py", "reverted")
    found = with_reverted(division, [held, mine], [told, kept])
    assert set(found.practice) == {mine.id, kept.id}
    assert "held.py" in found.dropped[told.id]
