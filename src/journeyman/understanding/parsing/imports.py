"""Import statements, read by their text: each language says it in its own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from journeyman.understanding.parsing.parsed import Import

_PLAIN = re.compile(r"^import\s+(.+)$", re.S)
_FROM = re.compile(r"^from\s+(\S+)\s+import\s+(.+)$", re.S)
_COMMENT = re.compile(r"#[^\n]*")


def read_imports(language: str, statement: str, line: int) -> list[Import]:
    """Return what one statement names, which begins on `line`; nothing where it is not understood."""
    reader = _READERS.get(language)
    return list(reader(statement, line)) if reader is not None else []


def _python(statement: str, line: int) -> Iterator[Import]:
    text = _COMMENT.sub("", statement).replace("\\\n", " ")
    whole = _PLAIN.match(text)
    if whole:
        for part in whole.group(1).split(","):
            module, _, alias = part.strip().partition(" as ")
            yield Import(module.strip(), "", alias.strip() or module.strip(), line)
    some = _FROM.match(text)
    if some:
        module = some.group(1)
        for part in some.group(2).strip().strip("()").split(","):
            name, _, alias = " ".join(part.split()).partition(" as ")
            if name:
                yield Import(module, name, alias or name, line)


_READERS: Mapping[str, Callable[[str, int], Iterator[Import]]] = {"python": _python}
