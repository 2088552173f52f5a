"""The page of all the built-in families, made from their examples (``docs/breakages.md``).

Run ``python -m journeyman.tasks.breaking.catalogue > docs/breakages.md`` after changing a family.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from journeyman.tasks.breaking.family import Breakage, Example
from journeyman.tasks.breaking.registry import BUILT_IN, ENTRY_POINTS

_HEAD = f"""\
# Breakages

<!-- Made by `python -m journeyman.tasks.breaking.catalogue`; a test holds it up to date. -->

Journeyman makes repair tasks by breaking code that tests cover. Each family below imitates one
kind of mistake. Only the bodies of functions are broken: never signatures, decorators, annotations,
docstrings, imports or code at module level; and nothing outside the broken characters changes. A
break becomes a task only if tests that passed before then fail.

A family is *loud* when its breaks typically raise, and *quiet* when they typically give wrong
results without raising. The examples are the families' own tests.

Other packages can add families: an entry point of the group `{ENTRY_POINTS}` that gives an object
with the attributes of `journeyman.tasks.breaking.Breakage`.
"""


def markdown() -> str:
    """Return the page as Markdown."""
    return "\n".join([_HEAD, *_index(), *(part for each in BUILT_IN for part in _section(each))])


def _index() -> Iterator[str]:
    yield "| family | typically | the mistake |"
    yield "| --- | --- | --- |"
    for family in BUILT_IN:
        name = f"[{family.name}](#{family.name})"
        yield f"| {name} | {_volume(family)} | {family.description} |"
    yield ""


def _section(family: Breakage) -> Iterator[str]:
    yield f"## {family.name}\n"
    yield f"{family.description} *{_volume(family).capitalize()}: {family.severity}.*\n"
    for example in family.examples():
        yield "```diff"
        yield _difference(example)
        yield "```\n"


def _difference(example: Example) -> str:
    before, after = example.before.splitlines(), example.after.splitlines()
    lines = difflib.unified_diff(before, after, lineterm="", n=len(before) + len(after))
    return "\n".join(list(lines)[3:])


def _volume(family: Breakage) -> str:
    return "quiet" if family.quiet else "loud"


if __name__ == "__main__":
    print(markdown(), end="")
