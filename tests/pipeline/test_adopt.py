"""Adopting: what is found out, and that it is found out once."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from journeyman.errors import AdoptError, SettingsError, UserError
from journeyman.pipeline.adopt import adopt, project_name, reopen
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.make_tasks import ask_history
from journeyman.settings import EnvironmentSettings, ExamSettings, Settings, TestsSettings
from journeyman.workspace import Workspace


def test_tests_that_pass_fail_flake_and_are_skipped_are_told_apart(adopted: Adopted) -> None:
    baseline = adopted.baseline
    assert baseline.runs == 3
    assert baseline.counts == {"passing": 39, "failing": 1, "flaky": 2, "skipped": 1}
    assert list(baseline.failing) == ["tests/test_uneven.py::test_fails_always"]
    assert baseline.skipped == ("tests/test_uneven.py::test_skipped",)
    assert all("of_another_name" in test for test in baseline.flaky)


def test_coverage_says_which_test_goes_through_which_line(adopted: Adopted) -> None:
    text = adopted.tree.read("shop/ranges.py").splitlines()
    line = text.index('    """Return how many days the ranges cover."""') + 2
    assert adopted.coverage.tests_of("shop/ranges.py", line, line) == {
        "tests/test_ranges.py::test_days"
    }


def test_practice_stands_before_every_fix_kept_for_the_exam(
    adopted: Adopted, sample_source: Path
) -> None:
    log = list(adopted.checkout.git.log(adopted.checkout.commit, 100))
    base = next(n for n, commit in enumerate(log) if commit.id == adopted.tree.commit)
    fixes = [n for n, commit in enumerate(log) if commit.subject.startswith("Fix")]
    assert len(fixes) == 2
    assert max(fixes) < base
    assert "test_take_more_than_there_is" not in adopted.tree.read("tests/test_stock.py")
    assert any("exam.fixes" in note for note in adopted.adoption.notes)


def test_adopting_again_makes_no_test_run(
    sample_source: Path, tmp_path: Path, sample_settings: Settings
) -> None:
    workspace = Workspace(tmp_path / "w")
    with adopt(str(sample_source), workspace, sample_settings, workers=2) as first:
        pass
    with adopt(str(sample_source), workspace, sample_settings) as again:
        assert again.baseline == first.baseline
        assert again.coverage == first.coverage
        assert again.suite.latencies_s == []
        assert not again.pool._all
    with reopen(first.project, sample_settings) as again:
        assert again.baseline == first.baseline


def test_a_base_from_before_there_were_tests_gives_way_to_a_later_one(
    sample: ModuleType, tmp_path: Path, sample_settings: Settings
) -> None:
    made = sample.SampleRepository(tmp_path / "young")
    wrong, right = "def double(n):\n    return n\n", "def double(n):\n    return 2 * n\n"
    test = "from thing import double\n\n\ndef test_{0}():\n    assert double({0}) == 2 * {0}\n"
    made.commit({"thing.py": wrong}, "Start")
    made.commit({"thing.py": right, "tests/test_first.py": test.format(1)}, "Fix doubling")
    made.commit(
        {"thing.py": right + "LIMIT = 9\n", "tests/test_next.py": test.format(2)}, "Fix the end"
    )
    settings = sample_settings.model_copy(update={"exam": ExamSettings(fixes=2)})
    with adopt(str(made.root), Workspace(tmp_path / "w"), settings, workers=2) as opened:
        assert opened.adoption.fixes == 1
        assert "tests/test_first.py::test_1" in opened.baseline.passing
        assert not any("test_next" in name for name in opened.baseline.passing)
        assert len(ask_history(opened)) == 1
    with reopen(opened.project, settings) as again:
        assert again.tree.commit == opened.tree.commit


def test_a_project_is_opened_as_it_was_adopted_not_as_its_source_is_now(
    sample: ModuleType, tmp_path: Path, sample_settings: Settings
) -> None:
    made = sample.build(tmp_path / "shop")
    with adopt(str(made.root), Workspace(tmp_path / "w"), sample_settings, workers=2) as first:
        pass
    made.commit({"shop/prices.py": "later = 1\n"}, "Later work")
    with reopen(first.project, workers=2) as again:
        assert again.checkout.commit == first.checkout.commit
        assert again.settings == sample_settings
        assert not again.pool._all
    shutil.rmtree(made.root)
    with reopen(first.project, workers=2) as again:
        assert again.tree.commit == first.tree.commit


def test_settings_for_one_time_leave_the_project_as_it_was(
    sample_source: Path, tmp_path: Path, sample_settings: Settings
) -> None:
    with adopt(str(sample_source), Workspace(tmp_path / "w"), sample_settings, workers=2) as first:
        pass
    once = sample_settings.model_copy(update={"exam": ExamSettings(fixes=0)})
    with reopen(first.project, once, workers=2) as other:
        assert other.tree.commit == other.checkout.commit
    with reopen(first.project, workers=2) as again:
        assert again.tree.commit == first.tree.commit
        assert again.adoption.fixes == 2


def test_no_fixes_kept_for_the_exam_means_head(
    sample_source: Path, tmp_path: Path, sample_settings: Settings
) -> None:
    settings = sample_settings.model_copy(update={"exam": ExamSettings(fixes=0)})
    with adopt(str(sample_source), Workspace(tmp_path / "w"), settings, workers=2) as opened:
        assert opened.tree.commit == opened.checkout.commit
        assert "tests/test_stock.py::test_take_more_than_there_is" in opened.baseline.passing


def test_excluded_test_files_are_not_run(
    sample_source: Path, tmp_path: Path, sample_settings: Settings
) -> None:
    chosen = TestsSettings(exclude=["tests/test_uneven.py"])
    settings = sample_settings.model_copy(update={"tests": chosen})
    with adopt(str(sample_source), Workspace(tmp_path / "w"), settings, workers=2) as opened:
        assert opened.baseline.counts == {"passing": 39, "failing": 0, "flaky": 0, "skipped": 0}


def test_the_source_is_left_as_it_was(
    sample: ModuleType, tmp_path: Path, sample_settings: Settings
) -> None:
    made = sample.build(tmp_path / "shop")
    made.write({"shop/prices.py": "half done =", "new.txt": "new"})
    before = _content(made.root)
    with adopt(str(made.root), Workspace(tmp_path / "w"), sample_settings, workers=2) as opened:
        assert any("uncommitted" in note for note in opened.adoption.notes)
        assert "half done" not in opened.tree.read("shop/prices.py")
    assert _content(made.root) == before


def test_a_workspace_inside_the_repository_is_not_seen_by_git(
    sample: ModuleType, tmp_path: Path, sample_settings: Settings
) -> None:
    made = sample.build(tmp_path / "shop")
    workspace = Workspace(made.root / ".journeyman")
    with adopt(str(made.root), workspace, sample_settings, workers=2):
        pass
    assert made.git("status", "--porcelain") == ""


def test_one_project_is_for_one_process_at_a_time(
    adopted: Adopted, sample_settings: Settings
) -> None:
    with pytest.raises(UserError, match="another journeyman"):
        reopen(adopted.project, sample_settings)


def test_an_environment_without_pytest_is_refused_with_the_cure(
    sample_source: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    import venv

    venv.create(bare, with_pip=False)
    settings = Settings(environment=EnvironmentSettings(python=str(bare / "bin" / "python")))
    with pytest.raises(AdoptError, match="cannot import pytest") as caught:
        adopt(str(sample_source), Workspace(tmp_path / "w"), settings)
    assert "pip install" in caught.value.cure


def test_names_of_projects_are_readable_and_distinct(tmp_path: Path) -> None:
    assert project_name("pypi:boltons==25.0.0#sha256=00") == "boltons-25.0.0"
    one, two = (
        project_name(str(tmp_path / "a" / "shop")),
        project_name(str(tmp_path / "b" / "shop")),
    )
    assert one != two
    assert one.startswith("shop-") and two.startswith("shop-")
    assert project_name("https://example.org/x/shop.git").startswith("shop-")


def test_which_of_several_projects_has_to_be_said(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with pytest.raises(UserError, match="nothing has been adopted"):
        workspace.existing()
    workspace.project("one").folder("store")
    workspace.project("never adopted")
    assert workspace.existing().name == "one"
    workspace.project("two").folder("store")
    with pytest.raises(UserError, match="one, two"):
        workspace.existing()
    assert workspace.existing("two").name == "two"


def test_settings_that_cannot_be_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    from journeyman.settings import load

    with pytest.raises(SettingsError):
        load(None, {"tasks.count": 0})
    assert list(tmp_path.iterdir()) == []


def test_the_interpreter_of_the_tests_is_used_as_it_is(adopted: Adopted) -> None:
    assert adopted.adoption.environment.mode == "existing"
    assert adopted.adoption.environment.python == sys.executable


def _content(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }
