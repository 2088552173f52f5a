"""What a file is for, told from its path and its first lines: junk is found, but ranked low."""

from __future__ import annotations

import re
from typing import Literal, get_args

from journeyman.understanding.parsing.languages import is_code

Category = Literal["code", "test", "prose", "data", "vendored", "generated"]
CATEGORIES: tuple[Category, ...] = get_args(Category)

LARGEST = 1 << 20
"""Bytes; a larger file is listed and not read."""

_TEST = re.compile(
    r"(^|/)(tests?|testing|__tests__|specs?|e2e)(/|$)"
    r"|(^|/)(test_[^/]*|conftest)\.py$|[^/]_test\.\w+$|\.(test|spec)\.\w+$"
    r"|(Tests?|Spec|IT)\.(java|kt|scala|cs|swift)$|_spec\.rb$"
)
_VENDORED = re.compile(
    r"(^|/)(vendor|vendored|_vendor|third[-_]?party|node_modules|extern(al)?s?|bower_components"
    r"|site-packages)(/|$)"
)
_GENERATED_NAME = re.compile(
    r"(_pb2(_grpc)?\.pyi?|\.pb\.go|\.min\.(js|css)|\.bundle\.js|[-.]generated\.\w+|\.g\.(cs|dart)"
    r"|(package-lock|pnpm-lock)\.(json|yaml)|(yarn|poetry|uv|Cargo)\.lock)$"
)
_GENERATED_WORDS = re.compile(
    rb"(?i)(@generated|(auto[- ]?)?generated (by|from|file|code)|do not (edit|modify))"
)
_LONG_LINE = 400
"""Bytes a line has on average where nobody wrote it by hand."""


def category_of(path: str, language: str, text: bytes) -> Category:
    """Return what the file at `path` is for."""
    if _VENDORED.search(path):
        return "vendored"
    head = text[:1500]
    if _GENERATED_NAME.search(path) or (is_code(language) and _generated(head, text)):
        return "generated"
    if is_code(language):
        return "test" if _TEST.search(path) else "code"
    return "prose" if language == "prose" else "data"


def _generated(head: bytes, text: bytes) -> bool:
    comment = b"\n".join(line for line in head.split(b"\n")[:12] if line[:2].strip()[:1] in _MARKS)
    long_lines = len(text) > 20_000 and len(text) / (1 + text.count(b"\n")) > _LONG_LINE
    return long_lines or bool(_GENERATED_WORDS.search(comment))


_MARKS = (b"#", b"/", b"*", b"-", b";")


def is_binary(text: bytes) -> bool:
    """Whether this is no text."""
    return b"\0" in text[:8192]
