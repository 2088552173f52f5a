"""The public surface: what others may use, how much they do, and what tests it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from journeyman.understanding.graph.edges import Definition
from journeyman.understanding.wiki.ground import Link, is_top
from journeyman.understanding.wiki.relations import Group
from journeyman.understanding.wiki.sources import Sources

_PLAIN = ("constant", "field", "type", "module")
_SAID = {
    ".java": re.compile(r"\bpublic\b|\bprotected\b"),
    ".cs": re.compile(r"\bpublic\b|\bprotected\b"),
    ".rs": re.compile(r"\bpub\b"),
    ".ts": re.compile(r"\bexport\b"),
    ".tsx": re.compile(r"\bexport\b"),
}
"""How a language says in a header that a definition is public, where it has to."""


def is_public(one: Definition) -> bool:
    """Whether others may use a definition, by the customs of its language."""
    if one.name.startswith("_"):
        return False
    suffix = PurePosixPath(one.path).suffix
    if suffix == ".go":
        return one.name[:1].isupper()
    said = _SAID.get(suffix)
    return said is None or bool(said.search(one.header)) or one.parent >= 0


def uses_of(sources: Sources, one: Definition) -> tuple[list[Link], list[str]]:
    """Return the references to a definition and its members from other files' code, and the tests
    that refer to them as ``path::qualified``, each once."""
    facts = sources.file(one.path)
    uses: list[Link] = []
    tests: dict[str, None] = {}
    inside = f"{one.qualified}."
    for link in facts.into_by_top.get(one.qualified.partition(".")[0], ()) if facts else ():
        if link.target != one.qualified and not link.target.startswith(inside):
            continue
        if sources.ground.category(link.path) == "test":
            tests[f"{link.path}::{link.source}" if link.source else link.path] = None
        elif link.path != one.path or not f"{link.source}.".startswith(inside):
            uses.append(link)
    return uses, list(tests)


def public(sources: Sources, group: Group) -> list[tuple[Definition, int, int]]:
    """Return the public top-level definitions of a group with how many uses and tests each has,
    those that others use most first."""
    found = []
    for one in sources.definitions(group):
        if not is_top(one) or not is_public(one) or one.kind in _PLAIN:
            continue
        uses, tests = uses_of(sources, one)
        files = len({link.path for link in uses if link.path not in group.held})
        found.append((2 * files + len(uses) ** 0.5 + len(tests) ** 0.5, one, len(uses), len(tests)))
    found.sort(key=lambda row: (-row[0], not row[1].doc, row[1].path, row[1].ordinal))
    return [(one, uses, tests) for _, one, uses, tests in found]


def methods(sources: Sources, group: Group) -> list[tuple[Definition, int, int]]:
    """Return the public methods of a group that other files use, with how many uses and tests each
    has, the most used first."""
    found = []
    for one in sources.definitions(group):
        if is_top(one) or one.kind != "method" or not is_public(one):
            continue
        uses, tests = uses_of(sources, one)
        files = {link.path for link in uses if link.path != one.path}
        if files:
            found.append((2 * len(files) + len(uses) ** 0.5, one, len(uses), len(tests)))
    found.sort(key=lambda row: (-row[0], row[1].path, row[1].ordinal))
    return [(one, uses, tests) for _, one, uses, tests in found]
