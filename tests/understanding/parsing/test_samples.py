"""What is found in each language: `samples/NAME.txt` is a source and, below it, all of that."""

from collections.abc import Callable
from pathlib import Path

import pytest

from journeyman.understanding.parsing.languages import KNOWN, language_of

SAMPLES = Path(__file__).parent / "samples"


@pytest.mark.parametrize("language", [one.name for one in KNOWN])
def test_all_that_a_sample_says_is_found_and_nothing_else(
    language: str, outline: Callable[[str, bytes], list[str]]
) -> None:
    source, _, found = (SAMPLES / f"{language}.txt").read_text("utf-8").partition("-----\n")
    assert outline(language, source.encode()) == found.splitlines()


@pytest.mark.parametrize(
    ("path", "language"),
    [
        *(("a/b.jsx", "javascript"), ("x.MJS", "javascript"), ("x.cts", "typescript")),
        *(("x.h", "c"), ("x.hpp", "cpp"), ("x.inl", "cpp"), ("build.gradle.kts", "kotlin")),
        *(("lib/x.rake", "ruby"), ("Rakefile", "ruby"), ("x.tsx", "tsx"), ("x.sh", "bash")),
        *(("README.md", "prose"), ("x.json", "data"), ("x.sql", "text"), ("LICENSE", "")),
    ],
)
def test_a_file_name_tells_its_language(path: str, language: str) -> None:
    assert language_of(path) == language
