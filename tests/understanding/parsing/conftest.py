"""What is read out of a file as lines that a person can check against its source."""

from collections.abc import Callable

import pytest

from journeyman.understanding.parsing.parse import parse
from journeyman.understanding.parsing.parsed import Parsed


@pytest.fixture(scope="session")
def outline() -> Callable[[str, bytes], list[str]]:
    """Return what makes the lines: imports, symbols with docs, references with their place."""

    def lines(language: str, text: bytes) -> list[str]:
        parsed = parse(language, text)
        return [
            f"{parsed.language} {parsed.package}{' broken' * parsed.broken}".strip(),
            *_imports(parsed),
            *_symbols(parsed),
            *_references(parsed),
        ]

    return lines


def _imports(parsed: Parsed) -> list[str]:
    return [
        f"{one.line} import {one.module}{f' {one.name}' * bool(one.name)}"
        f"{f' as {one.alias}' * bool(one.alias)}"
        for one in parsed.imports
    ]


def _symbols(parsed: Parsed) -> list[str]:
    return [
        f"{one.first}-{one.last} {one.kind} {one.qualified}{f': {one.doc}' * bool(one.doc)}"
        for one in parsed.symbols
    ]


def _references(parsed: Parsed) -> list[str]:
    return [
        f"{one.line} {one.kind} {f'{one.receiver}.' * bool(one.receiver)}{one.name}"
        f"{f' in {parsed.symbols[one.within].qualified}' if one.within >= 0 else ''}"
        for one in parsed.references
    ]
