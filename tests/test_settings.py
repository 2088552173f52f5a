from __future__ import annotations

import re
from pathlib import Path

import pytest

from journeyman.errors import SettingsError
from journeyman.settings import Section, Settings, example, load


def write(directory: Path, text: str) -> Path:
    path = directory / "journeyman.toml"
    path.write_text(text)
    return path


def uncommented(text: str) -> str:
    """Put every `# key = value` of the example into force."""
    return re.sub(r"^# (\w+ = .*)$", r"\1", text, flags=re.MULTILINE)


def test_without_a_file_everything_has_its_default() -> None:
    assert load(None) == Settings()


def test_a_file_sets_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    path = write(tmp_path, '[tests]\npaths = ["t"]\n[tasks]\nfamilies = {boundary = 2}\n')
    settings = load(path)
    assert settings.tests.paths == ["t"]
    assert settings.tasks.families == {"boundary": 2.0}
    assert settings.sandbox == Settings().sandbox


def test_options_win_over_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "[tasks]\ncount = 5\nseed = 3\n")
    settings = load(path, {"tasks.count": 7})
    assert (settings.tasks.count, settings.tasks.seed) == (7, 3)


def test_the_example_in_force_is_a_valid_file_with_every_key(tmp_path: Path) -> None:
    settings = load(write(tmp_path, uncommented(example())))
    for name, field in Settings.model_fields.items():
        section = getattr(settings, name)
        assert isinstance(section, Section)
        assert field.annotation is not None
        assert section.model_fields_set == set(type(section).model_fields), name


def test_the_example_as_it_is_changes_nothing(tmp_path: Path) -> None:
    assert load(write(tmp_path, example())) == Settings()


def test_every_key_is_documented() -> None:
    for field in Settings.model_fields.values():
        section = field.annotation
        assert isinstance(section, type) and issubclass(section, Section)
        assert section.__doc__
        assert all(key.description for key in section.model_fields.values())


@pytest.mark.parametrize(
    ("text", "named", "cure"),
    [
        ("[tests\n", "line 1", "brackets"),
        ("[tests]\npath = []\n", "tests.path", "tests.paths"),
        ("[test]\n", "unknown key test", "tests"),
        ("[tests]\nstep = 1.0\n", "tests.step", "practice.step"),
        ('[tasks]\ncount = "many"\n', "tasks.count", "Proven tasks"),
        ("[tasks]\ncount = 0\n", "tasks.count", "Proven tasks"),
        ("[tasks.families]\nboundary = -1\n", "tasks.families.boundary", "Weight"),
        ('[sandbox]\nisolation = "maybe"\n', "sandbox.isolation", "refuses"),
        ("[tests]\ntimeout_s = inf\n", "tests.timeout_s", "Correct"),
        ("environment = 3\n", "environment", "Correct"),
        ("[practice]\nattempts = true\n", "practice.attempts", "Attempts"),
    ],
)
def test_an_error_names_the_file_the_key_and_the_cure(
    tmp_path: Path, text: str, named: str, cure: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load(path)
    assert str(path) in caught.value.message
    assert named in caught.value.message
    assert cure in caught.value.cure


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"option tasks\.cuont"):
        load(None, {"tasks.cuont": 3})


def test_a_missing_file_and_one_that_is_not_utf8_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        load(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(SettingsError, match="UTF-8"):
        load(tmp_path / "latin.toml")


def test_the_manual_holds_the_example_as_it_is() -> None:
    manual = Path(__file__).parents[1] / "docs" / "settings.md"
    assert f"```toml\n{example()}```" in manual.read_text("utf-8"), "write docs/settings.md anew"
