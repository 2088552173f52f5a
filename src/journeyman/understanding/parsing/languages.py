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
    """A language with a grammar and queries of its own (``queries/NAME.scm``).

    Args:
        package: Where the grammar comes from; `maker` is the function in it that gives it.
        suffixes: What its files' names end in, or whole names (``Rakefile``).
        comments: What a comment line begins with; `block` is how a longer one opens and closes.
        queries: Its query files, where it shares some; else it has one of its own name.
    """

    name: str
    package: str
    suffixes: tuple[str, ...]
    maker: str = "language"
    comments: tuple[str, ...] = ("//",)
    block: tuple[str, str] = ("/*", "*/")
    queries: tuple[str, ...] = ()


KNOWN = (
    Language("python", "tree_sitter_python", (".py", ".pyi"), comments=("#",)),
    Language(
        "javascript",
        "tree_sitter_javascript",
        (".js", ".jsx", ".mjs", ".cjs"),
        queries=("ecmascript", "javascript", "jsx"),
    ),
    Language(
        "typescript",
        "tree_sitter_typescript",
        (".ts", ".mts", ".cts"),
        "language_typescript",
        queries=("ecmascript", "typescript"),
    ),
    Language(
        "tsx",
        "tree_sitter_typescript",
        (".tsx",),
        "language_tsx",
        queries=("ecmascript", "typescript", "jsx"),
    ),
    Language("java", "tree_sitter_java", (".java",)),
    Language("go", "tree_sitter_go", (".go",)),
    Language("rust", "tree_sitter_rust", (".rs",)),
    Language("c", "tree_sitter_c", (".c", ".h"), queries=("c", "cfamily")),
    Language(
        "cpp",
        "tree_sitter_cpp",
        (".cpp", ".cc", ".cxx", ".c++", ".hpp", ".hh", ".hxx", ".h++", ".inl", ".ipp", ".tpp"),
        queries=("cpp", "cfamily"),
    ),
    Language("csharp", "tree_sitter_c_sharp", (".cs", ".csx")),
    Language(
        "ruby",
        "tree_sitter_ruby",
        (".rb", ".rake", ".gemspec", ".ru", "Rakefile", "Gemfile"),
        comments=("#",),
    ),
    Language(
        "php",
        "tree_sitter_php",
        (".php", ".phtml", ".inc"),
        "language_php",
        comments=("//", "#"),
    ),
    Language("kotlin", "tree_sitter_kotlin", (".kt", ".kts")),
    Language("swift", "tree_sitter_swift", (".swift",)),
    Language("scala", "tree_sitter_scala", (".scala", ".sc", ".sbt")),
    Language("lua", "tree_sitter_lua", (".lua",), comments=("--",), block=("--[[", "]]")),
    Language("bash", "tree_sitter_bash", (".sh", ".bash"), comments=("#",)),
)
"""Languages whose definitions, calls and imports are read; others are searched as text."""

TEXT = {
    **dict.fromkeys((".md", ".rst", ".txt", ".adoc"), "prose"),
    **dict.fromkeys((".toml", ".ini", ".cfg", ".yaml", ".yml", ".json", ".xml"), "data"),
    **dict.fromkeys((".html", ".css", ".scss", ".sql", ".proto"), "text"),
    **dict.fromkeys((".gradle", ".cmake", ".mk", ".vue", ".svelte"), "text"),
}
"""Suffixes of files without a grammar here that are worth finding."""

_BY_SUFFIX: Mapping[str, Language] = {
    suffix.lower(): language for language in KNOWN for suffix in language.suffixes
}
_BY_NAME: Mapping[str, Language] = {language.name: language for language in KNOWN}


def language_of(path: str) -> str:
    """Return the name of a file's language, ``prose``, ``data`` or ``text``, or an empty string."""
    name = PurePosixPath(path)
    suffix = name.suffix.lower()
    known = _BY_SUFFIX.get(suffix or name.name.lower())
    return known.name if known is not None else TEXT.get(suffix, "")


def is_code(language: str) -> bool:
    """Whether a language has a grammar here."""
    return language in _BY_NAME


def comment_marks(language: str) -> tuple[str, ...]:
    """Return what comment lines begin with."""
    return _BY_NAME[language].comments


def block_marks(language: str) -> tuple[str, str]:
    """Return how a comment of several lines opens and closes."""
    return _BY_NAME[language].block


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

    They stand in one file, the way tags queries do. Definitions: ``@definition.KIND`` with
    ``@name``, whose text may be a path (``Server::serve``), and ``@owner`` where the name of what
    it belongs to stands elsewhere; where two patterns find the same thing, the first holds.
    ``@scope`` with ``@name`` is no definition, but what stands in it is named after it (``impl``).
    Then, after a line of its own that says ``; references``: ``@call``, ``@inherit``, ``@type`` on
    names, ``@skip`` on names that are none of these, ``@import`` on whole statements and
    ``@package`` on what the file says it belongs to.
    """
    import tree_sitter

    definitions, references = "", ""
    for file in _BY_NAME[name].queries or (name,):
        text = files(__package__).joinpath("queries", f"{file}.scm").read_text("utf-8")
        one, _, other = text.partition("; references\n")
        definitions += one
        references += other
    language = grammar(name)
    return tree_sitter.Query(language, definitions), tree_sitter.Query(language, references)
