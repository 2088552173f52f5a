"""Which language a file is in, by its name, and the grammar that reads it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tree_sitter


@dataclass(frozen=True)
class Language:
    """A language with a grammar and a query of its own (``queries/NAME.scm``).

    Args:
        package: Where the grammar comes from; `maker` is the function in it that gives it.
        comments: What a comment line begins with.
    """

    name: str
    package: str
    suffixes: tuple[str, ...]
    maker: str = "language"
    comments: tuple[str, ...] = ("//", "/*", "*")


KNOWN = (Language("python", "tree_sitter_python", (".py", ".pyi"), comments=("#",)),)
"""Languages whose definitions, calls and imports are read; others are searched as text."""

TEXT = {
    **dict.fromkeys((".md", ".rst", ".txt", ".adoc"), "prose"),
    **dict.fromkeys((".toml", ".ini", ".cfg", ".yaml", ".yml", ".json", ".xml"), "data"),
    **dict.fromkeys((".html", ".css", ".scss", ".sql", ".sh", ".bash", ".proto"), "text"),
    **dict.fromkeys((".gradle", ".cmake", ".mk", ".vue", ".svelte", ".lua", ".scala"), "text"),
}
"""Suffixes of files without a grammar here that are worth finding."""

_BY_SUFFIX: Mapping[str, Language] = {
    suffix: language for language in KNOWN for suffix in language.suffixes
}
_BY_NAME: Mapping[str, Language] = {language.name: language for language in KNOWN}


def language_of(path: str) -> str:
    """Return the name of a file's language, ``prose``, ``data`` or ``text``, or an empty string."""
    suffix = PurePosixPath(path).suffix.lower()
    known = _BY_SUFFIX.get(suffix)
    return known.name if known is not None else TEXT.get(suffix, "")


def is_code(language: str) -> bool:
    """Whether a language has a grammar here."""
    return language in _BY_NAME


def comment_marks(language: str) -> tuple[str, ...]:
    """Return what comment lines begin with."""
    return _BY_NAME[language].comments


@cache
def grammar(name: str) -> tree_sitter.Language:
    """Return the grammar of a known language."""
    import tree_sitter

    language = _BY_NAME[name]
    module = importlib.import_module(language.package)
    return tree_sitter.Language(getattr(module, language.maker)())


@cache
def queries(name: str) -> tuple[tree_sitter.Query, tree_sitter.Query]:
    """Return the queries for definitions and for references of a known language.

    They stand in one file, the way tags queries do: ``@definition.KIND`` with ``@name``, then,
    after a line of its own that says ``; references``, ``@call``, ``@inherit``, ``@type`` on names
    and ``@import`` on whole statements.
    """
    import tree_sitter

    text = files(__package__).joinpath("queries", f"{name}.scm").read_text("utf-8")
    definitions, _, references = text.partition("; references\n")
    language = grammar(name)
    return tree_sitter.Query(language, definitions), tree_sitter.Query(language, references)
