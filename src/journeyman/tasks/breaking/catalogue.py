"""The page of all the built-in families, made from their examples (``docs/breakages.md``).

Run ``python -m journeyman.tasks.breaking.catalogue > docs/breakages.md`` after changing a family.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from journeyman.tasks.breaking.family import Breakage, Example
from journeyman.tasks.breaking.registry import BUILT_IN, ENTRY_POINTS, probabilities
from journeyman.tasks.breaking.site import COMBINED

_HEAD = f"""\
# Breakages

<!-- Made by `python -m journeyman.tasks.breaking.catalogue`; a test holds it up to date. -->

Journeyman makes repair tasks by breaking code that tests cover. Each family below imitates one
kind of mistake. Annotations, docstrings, patterns, type-checking blocks and what only runs as a
script are never broken, and nothing outside the broken characters changes. A break that compiles to
the same as the original is none, and a break becomes a task only if tests that passed before fail.

The *probability* is a family's share of the mix where every family finds something to break;
`families` in the section `[tasks]` of journeyman.toml gives other weights. What a break typically
does, its *severity*, is one of: the file *does not parse*, it *does not import*, the code *raises*,
or it gives a *wrong result* without raising. Most of the mix is of the last kind: a traceback that
names the place teaches little.

Several breaks can be made at once, in one function, in different functions of one file, or in files
of which one calls the other or that the history shows to be changed together. Every one of them
has to matter by itself.

Generated code, code of other projects inside the repository and files too big for a person to read
are left alone; `journeyman break` says which, and why.

Other packages can add families: an entry point of the group `{ENTRY_POINTS}` that gives an object
with the attributes of `journeyman.tasks.breaking.Breakage`.
"""


def markdown() -> str:
    """Return the page as Markdown."""
    return "\n".join([_HEAD, *_index(), *(part for each in BUILT_IN for part in _section(each))])


def _index() -> Iterator[str]:
    shares = probabilities(BUILT_IN)
    yield "| family | typically | probability | the mistake |"
    yield "| --- | --- | ---: | --- |"
    for family in BUILT_IN:
        name = f"[{family.name}](#{family.name})"
        share = f"{shares[family.name]:.1%}"
        yield f"| {name} | {family.severity} | {share} | {family.description} |"
    for name in COMBINED:
        yield f"| {name} | several | {shares[name]:.1%} | Two to four of the above at once. |"
    yield ""


def _section(family: Breakage) -> Iterator[str]:
    yield f"## {family.name}\n"
    yield f"{family.description} *Typically: {family.severity}.*\n"
    for example in family.examples():
        yield "```diff"
        yield _difference(example)
        yield "```\n"


def _difference(example: Example) -> str:
    before, after = example.before.splitlines(), example.after.splitlines()
    lines = difflib.unified_diff(before, after, lineterm="", n=len(before) + len(after))
    return "\n".join(list(lines)[3:])


if __name__ == "__main__":
    print(markdown(), end="")
