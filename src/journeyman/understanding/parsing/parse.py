"""Parse one file with its grammar. Pure, and linear in the length of the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from journeyman.understanding.parsing.definitions import find_definitions
from journeyman.understanding.parsing.imports import read_imports
from journeyman.understanding.parsing.languages import grammar, is_code, queries
from journeyman.understanding.parsing.macros import is_cplusplus, without_macros
from journeyman.understanding.parsing.parsed import Import, Parsed
from journeyman.understanding.parsing.references import find_references
from journeyman.understanding.parsing.runs import without_runs

if TYPE_CHECKING:
    import tree_sitter


def parse(language: str, text: bytes) -> Parsed:
    """Return what stands in `text`; nothing for a language without a grammar here.

    A header is read as C++ when its text is C++, and the result says so.

    Does not raise for any text. It may not return in time: grammars are third-party code, so the
    index parses in a process of its own (see `understanding.index.crew`).
    """
    if not is_code(language):
        return Parsed(language)
    if language == "c" and is_cplusplus(text):
        language = "cpp"
    import tree_sitter

    readable = text
    if language in ("c", "cpp"):
        readable = without_macros(text)
    elif language in ("lua", "scala"):  # whose grammars are slow at runs themselves
        readable = without_runs(text)
    root = _parser(language).parse(readable).root_node
    broken = root.has_error
    if broken and (calmer := without_runs(readable)) != readable:
        root = _parser(language).parse(calmer).root_node
    defining, using = queries(language)
    captures = tree_sitter.QueryCursor(using).captures(root)
    imports = tuple(_imports(captures.pop("import", ()), language))
    packages = captures.pop("package", ())
    definitions = find_definitions(defining, root, language, text, imports)
    references = find_references(captures, language, text, definitions)
    symbols = tuple(definitions.symbols)
    package = _text(packages[0]) if packages else ""
    return Parsed(language, symbols, references, imports, broken, package)


@cache
def _parser(language: str) -> tree_sitter.Parser:
    import tree_sitter

    return tree_sitter.Parser(grammar(language))


def _imports(nodes: Sequence[tree_sitter.Node], language: str) -> Iterator[Import]:
    """Yield what the outermost of the statements name, in their order."""
    end = -1
    for start, minus_end, node in sorted(
        ((node.start_byte, -node.end_byte, node) for node in nodes), key=lambda one: one[:2]
    ):
        if start >= end:
            end = -minus_end
            yield from read_imports(language, _text(node), node.start_point[0] + 1)


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
