"""Which changes are asked for, and the reasons why others are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from journeyman.repository.git import Commit, Git
from journeyman.tasks.history.candidate import Candidate, later_fixes, survey
from journeyman.tasks.history.message import read_message
from journeyman.tasks.history.paths import role
from journeyman.tasks.history.syntax import same_program

CODE = "def double(n):\n    return 2 * n\n"
TEST = "from thing import double\n\n\ndef test_double():\n    assert double(2) == 4\n"


@pytest.fixture
def made(sample: ModuleType, tmp_path: Path) -> Any:
    repository = sample.SampleRepository(tmp_path / "thing")
    repository.commit({"thing.py": CODE, "tests/test_thing.py": TEST}, "Start")
    return repository


@pytest.fixture
def candidates(made: Any) -> Callable[[], dict[str, Candidate]]:
    def found() -> dict[str, Candidate]:
        walked = survey(Git(made.root / ".git"), "HEAD", commits=None)
        return {one.message.title: one for one in walked.candidates}

    return found


def _both(number: int) -> dict[str, str]:
    return {
        "thing.py": CODE.replace("2 * n", f"2 * n + {number}"),
        "tests/test_thing.py": f"{TEST}\n\ndef test_{number}():\n    pass\n",
    }


def test_fixes_and_features_with_tests_are_told_apart(made: Any, candidates: Any) -> None:
    made.commit(_both(1), "Fix doubling of one")
    made.commit(_both(2), "Allow two")
    made.commit({"thing.py": CODE}, "Fix without a test")
    made.commit({"README.md": "# Thing\n"}, "Fix the read-me")
    found = candidates()
    assert {title: one.kind for title, one in found.items()} == {
        "Fix doubling of one": "fix",
        "Allow two": "feature",
    }
    assert all(one.why == "" for one in found.values())
    walked = survey(Git(made.root / ".git"), "HEAD", commits=None)
    assert walked.passed_over == {
        "code without a test": 1,
        "documentation only": 1,
        "the first commit": 1,
    }


@pytest.mark.parametrize(
    ("files", "message", "why"),
    [
        ({"thing.py": f"# Doubles.\n{CODE}"}, "Fix comments", "only formatting, comments"),
        ({"thing.py": CODE.replace("(n)", "(n: int) -> int")}, "Fix types", "annotations"),
        ({"thing.py": CODE + "x = 1\n"}, 'Revert "Something"', "takes back an earlier"),
        ({"thing.py": CODE + "x = 1\n"}, "Bump attrs from 1.0 to 2.0", "moves a dependency"),
        ({"thing.py": CODE + "x = 1\n"}, "Release 1.2.3", "moves the version"),
        ({"__init__.py": '__version__ = "2"\n'}, "Next", "moves the version"),
        ({"thing.js": "let a = 1\n"}, "Fix the script", "javascript"),
        ({"thing.py": CODE + "x = 1\n", "table.dat": b"\x00\x01"}, "Fix table", "binary file"),
        ({f"m{n}.py": f"x = {n}\n" for n in range(11)}, "Fix it all", "too large"),
    ],
)
def test_what_would_teach_bad_habits_is_left_out_with_a_reason(
    made: Any, candidates: Any, files: dict[str, Any], message: str, why: str
) -> None:
    made.commit({**files, "tests/test_more.py": "def test_more():\n    pass\n"}, message)
    [candidate] = candidates().values()
    assert why in candidate.why


def test_a_binary_file_among_the_tests_is_no_reason_against_a_change(
    made: Any, candidates: Any
) -> None:
    made.commit({**_both(1), "tests/data/a.bin": b"\x00\x01"}, "Fix reading")
    assert candidates()["Fix reading"].why == ""


def test_a_mass_rename_is_left_out_and_a_renamed_test_is_followed(
    made: Any, candidates: Any
) -> None:
    made.commit({f"p/m{n}.py": f"x = {n}\n" * 9 for n in range(12)}, "More")
    moved: dict[str, Any] = {f"p/m{n}.py": None for n in range(12)}
    moved |= {f"q/m{n}.py": f"x = {n}\n" * 9 for n in range(12)}
    made.commit({**moved, "tests/test_m.py": "def test_m():\n    pass\n"}, "Fix names of modules")
    made.commit(
        {
            "thing.py": CODE + "y = 1\n",
            "tests/test_thing.py": None,
            "tests/test_things.py": TEST + "\n\ndef test_y():\n    pass\n",
        },
        "Fix y",
    )
    found = candidates()
    assert found["Fix names of modules"].why == "a mass rename"
    assert found["Fix y"].why == ""
    renamed = {change.path: change.old for change in found["Fix y"].step.commit.changes}
    assert renamed["tests/test_things.py"] == "tests/test_thing.py"


def test_what_was_taken_back_later_is_left_out(made: Any, candidates: Any) -> None:
    fix = made.commit(_both(1), "Fix one")
    made.commit(
        {"thing.py": CODE, "tests/test_thing.py": TEST},
        f'Revert "Fix one"\n\nThis reverts commit {fix}.',
    )
    found = candidates()
    assert found["Fix one"].why == "it was taken back later"
    assert "takes back" in found['Revert "Fix one"'].why


def test_a_branch_counts_as_a_whole_only_where_its_commits_cannot_stand_alone(
    made: Any, candidates: Any
) -> None:
    made.git("checkout", "--quiet", "-b", "apart")
    made.commit({"thing.py": CODE + "a = 1\n"}, "Code")
    made.commit({"tests/test_a.py": "def test_a():\n    pass\n"}, "Test")
    made.git("checkout", "--quiet", "main")
    made.git("merge", "--quiet", "--no-ff", "-m", _pull(7, "Fix a"), "apart")
    made.git("checkout", "--quiet", "-b", "whole")
    made.commit(_both(3), "Fix three")
    made.git("checkout", "--quiet", "main")
    made.git("merge", "--quiet", "--no-ff", "-m", _pull(8, "Fix it"), "whole")
    found = candidates()
    assert sorted(found) == ["Fix a", "Fix three"]
    assert found["Fix a"].message.issues == (7,)
    assert found["Fix three"].step.landed == made.git("rev-parse", "HEAD")


def _pull(number: int, title: str) -> str:
    return f"Merge pull request #{number} from someone/patch\n\n{title}"


def test_what_is_practised_on_knows_no_later_fix_not_even_one_from_a_branch(made: Any) -> None:
    made.git("checkout", "--quiet", "-b", "old")
    early = made.commit(_both(1), "Fix one")
    made.git("checkout", "--quiet", "main")
    made.commit({"README.md": "a\n"}, "Words")
    made.git("merge", "--quiet", "--no-ff", "-m", _pull(1, "One"), "old")
    late = made.commit(_both(2), "Fix two")
    made.commit({"README.md": "b\n"}, "Words")
    git = Git(made.root / ".git")
    for most in (1, 2, 9):
        fixes = later_fixes(git, "HEAD", most)
        base = fixes[-1].before
        assert [one.id for one in fixes] == [late, early][:most]
        known = set(git.run("rev-list", base).decode().split())
        assert not known & {one.id for one in fixes}
    assert later_fixes(git, "HEAD", 0) == []


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("src/thing/core.py", "code"),
        ("thing.ts", "code"),
        ("tests/test_core.py", "test"),
        ("src/thing/tests/helpers.py", "test"),
        ("lib/__tests__/a.js", "test"),
        ("lib/a.spec.ts", "test"),
        ("conftest.py", "test"),
        ("tests/data/a.json", "test data"),
        ("docs/conf.py", "docs"),
        ("CHANGELOG.md", "docs"),
        ("pyproject.toml", "project"),
        ("uv.lock", "project"),
        (".github/workflows/ci.yml", "project"),
        ("thing/_vendor/six.py", "generated"),
        ("thing/locale/de.po", "other"),
    ],
)
def test_files_are_told_apart_by_their_paths(path: str, what: str) -> None:
    assert role(path) == what


def test_a_message_is_read_without_what_only_git_and_bots_say() -> None:
    commit = Commit(
        id="0" * 40,
        parents=("1" * 40, "2" * 40),
        date=0,
        subject="Merge pull request #12 from a/fix-slugs",
        body="Slugs keep their dots (#12)\n\nSee GH-3.\n\nCo-authored-by: B <b@c.d>",
    )
    message = read_message(commit)
    assert (message.title, message.body) == ("Slugs keep their dots", "See GH-3.")
    assert message.issues == (12, 3)
    assert message.fix, "the branch is named after a fix"


def test_equal_programs_are_those_a_test_cannot_tell_apart() -> None:
    assert same_program("x=1", "x = 1  # one\n")
    assert same_program("def f(a):\n    return a", 'def f(a: int):\n    "Doc."\n    return (a)\n')
    assert not same_program("x = 1", "x = 2")
    assert not same_program("class A:\n    a: int", "class A:\n    a: str")
    assert not same_program("x = (", "x = 1")
