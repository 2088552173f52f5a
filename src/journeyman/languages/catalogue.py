"""The page of the families for other languages than Python, made from their examples.

Run ``python -m journeyman.languages.catalogue > docs/breakages-by-grammar.md`` after changing one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from journeyman.languages.javascript.grammar import JAVASCRIPT
from journeyman.languages.rust_grammar import RUST
from journeyman.tasks.breaking import Example
from journeyman.tasks.syntax import families_of

_HEAD = """\
# Breakages in other languages

<!-- Made by `python -m journeyman.languages.catalogue`; a test holds it up to date. -->

The families below work on a [tree-sitter](https://tree-sitter.github.io) syntax tree and a table of
what its nodes are called. They have the names and meanings of [those for Python](breakages.md), so
that a mix of families (`[tasks] families`) means the same everywhere. TypeScript is broken like
JavaScript; types are left alone, because they change nothing at run time.

Only the bodies of functions are broken. A break whose normalised syntax tree (without comments,
layout, redundant brackets and kinds of quotes) is the original's is dropped, and so is one that
does not parse.
"""


def markdown() -> str:
    """Return the page as Markdown."""
    return "\n".join([_HEAD, *_index(), *_sections()])


def _index() -> Iterator[str]:
    rust = {family.name for family in families_of(RUST)}
    yield "| family | typically | the mistake | JavaScript, TypeScript | Rust |"
    yield "| --- | --- | --- | --- | --- |"
    for family in families_of(JAVASCRIPT):
        volume = "quiet" if family.quiet else "loud"
        also = "yes" if family.name in rust else ""
        yield f"| {family.name} | {volume} | {family.description} | yes | {also} |"
    yield ""


def _sections() -> Iterator[str]:
    for family in families_of(JAVASCRIPT):
        yield f"## {family.name}\n"
        yield f"{family.description}\n"
        for example in family.examples():
            yield f"```diff\n{_difference(example)}\n```\n"


def _difference(example: Example) -> str:
    before, after = example.before.splitlines(), example.after.splitlines()
    lines = difflib.unified_diff(before, after, lineterm="", n=len(before) + len(after))
    return "\n".join(list(lines)[3:])


if __name__ == "__main__":
    print(markdown(), end="")
