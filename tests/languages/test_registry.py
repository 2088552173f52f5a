"""Languages are found by their files, and by name; the pages about them are up to date."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from journeyman.errors import SettingsError
from journeyman.languages import by_name, choose, languages, registry
from journeyman.languages.catalogue import markdown
from journeyman.languages.rust import Rust

DOCS = Path(__file__).parents[2] / "docs"


class Other(Rust):
    name = "other"


@pytest.mark.parametrize(
    ("paths", "name"),
    [
        (["a.py", "tests/test_a.py"], "python"),
        (["src/a.ts", "src/a.test.ts", "scripts/x.py"], "javascript"),
        (["lib/a.js", "test/data.json", "test/a.js", "test/b.js", "test/test_a.py"], "javascript"),
        (["src/lib.rs", "tests/it.rs", "Cargo.toml"], "rust"),
        (["README.md"], "python"),
    ],
)
def test_the_language_with_most_tests_is_taken(paths: list[str], name: str) -> None:
    assert choose(paths).name == name


def test_a_language_can_be_asked_for_by_name() -> None:
    assert choose(["tests/test_a.py"], "javascript").name == "javascript"
    with pytest.raises(SettingsError, match="cobol"):
        by_name("cobol")


def test_others_can_add_a_language(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("other", "no.such.module", registry.ENTRY_POINTS)
    monkeypatch.setattr(EntryPoint, "load", lambda self: Other)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    languages.cache_clear()
    try:
        assert [one.name for one in languages()] == ["python", "javascript", "rust", "other"]
    finally:
        languages.cache_clear()


def test_what_is_no_language_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("other", "no.such.module", registry.ENTRY_POINTS)
    monkeypatch.setattr(EntryPoint, "load", lambda self: dict)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    languages.cache_clear()
    try:
        with pytest.raises(SettingsError, match="no language"):
            languages()
    finally:
        languages.cache_clear()


def test_the_page_of_breakages_is_up_to_date() -> None:
    assert (DOCS / "breakages-by-grammar.md").read_text("utf-8") == markdown()


def test_the_worked_example_is_as_short_as_its_page_says() -> None:
    package = Path(registry.__file__).parent
    lines = [
        line
        for name in ("rust.py", "rust_grammar.py")
        for line in (package / name).read_text("utf-8").splitlines()
        if line.strip() and not line.strip().startswith(("#", '"""'))
    ]
    assert len(lines) < 300
