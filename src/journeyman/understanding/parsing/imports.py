"""Import statements, read by their text: each language says it in its own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from journeyman.understanding.parsing.ecmascript_imports import ecmascript
from journeyman.understanding.parsing.import_text import QUOTED, Named, aliased
from journeyman.understanding.parsing.parsed import Import
from journeyman.understanding.parsing.path_imports import (
    csharp,
    java,
    kotlin,
    php,
    rust,
    scala,
    swift,
)

_HASH = re.compile(r"#[^\n]*")
_LONGEST = 20_000
"""Characters of a statement that are read: a broken file may be one statement."""


def read_imports(language: str, statement: str, line: int) -> list[Import]:
    """Return what a statement that begins on `line` names; nothing if it is not understood."""
    reader = _READERS.get(language)
    if reader is None:
        return []
    return [
        Import(module, name, alias, line)
        for module, name, alias in reader(statement[:_LONGEST])
        if module
    ]


_PLAIN = re.compile(r"^import\s+(.+)$", re.S)
_FROM = re.compile(r"^from\s+(\S+)\s+import\s+(.+)$", re.S)


def _python(statement: str) -> Iterator[Named]:
    text = _HASH.sub("", statement).replace("\\\n", " ")
    whole = _PLAIN.match(text)
    if whole:
        for module, alias in aliased(whole.group(1)):
            yield module, "", alias or module
    some = _FROM.match(text)
    if some:
        for name, alias in aliased(some.group(2).strip().strip("()")):
            yield some.group(1), name, alias or name


_GO = re.compile(r"""(?:([\w.]+)\s+)?["`]([^"`]+)["`]""")
_VERSION = re.compile(r"v\d+$|\.v\d+$")


def _go(statement: str) -> Iterator[Named]:
    found = _GO.search(statement)
    if found is None:
        return
    alias, path = found.groups()
    if alias == ".":
        yield path, "*", ""
    else:
        parts = path.split("/")
        last = parts[-2] if _VERSION.fullmatch(parts[-1]) and len(parts) > 1 else parts[-1]
        yield path, "", alias or re.sub(r"\.v\d+$", "", last)


_INCLUDE = re.compile(r"""#\s*(?:include|import)\w*\s*["<]([^">\n]+)[">]""")
_USING = re.compile(r"using\s+(namespace\s+)?(?:typename\s+)?(?:::)?([\w:]+)\s*;")


def _c(statement: str) -> Iterator[Named]:
    found = _INCLUDE.match(statement)
    if found is not None:
        yield found.group(1), "*", ""
    using = _USING.match(statement)
    if using is not None:
        owner, _, name = using.group(2).rpartition("::")
        if using.group(1):
            yield using.group(2), "*", ""
        else:
            yield owner, name, name


def _ruby(statement: str) -> Iterator[Named]:
    quoted = QUOTED.search(statement)
    if quoted is None:
        return
    word = re.match(r"\w*", statement)
    if word and word[0] == "require_relative" and not quoted[1].startswith("."):
        yield f"./{quoted[1]}", "*", ""
    elif word and word[0] == "autoload":
        name = re.search(r":(\w+)", statement)
        yield quoted[1], name[1] if name else "*", name[1] if name else ""
    else:
        yield quoted[1], "*", ""


_LUA = re.compile(r"""require\s*\(?\s*(?:["']([^"'\n]+)["']|\[\[([^\]\n]+)\]\])""")
_LUA_NAME = re.compile(r"local\s+(\w+)[^,=]*=")


def _lua(statement: str) -> Iterator[Named]:
    found = _LUA.search(statement)
    if found is not None:
        name = _LUA_NAME.match(statement)
        yield found.group(1) or found.group(2), "", name.group(1) if name else ""


def _bash(statement: str) -> Iterator[Named]:
    words = statement.split()
    if len(words) > 1:
        yield words[1].strip("\"'"), "*", ""


_READERS: Mapping[str, Callable[[str], Iterator[Named]]] = {
    "python": _python,
    **dict.fromkeys(("javascript", "typescript", "tsx"), ecmascript),
    "java": java,
    "go": _go,
    "rust": rust,
    **dict.fromkeys(("c", "cpp"), _c),
    "csharp": csharp,
    "ruby": _ruby,
    "php": php,
    "kotlin": kotlin,
    "swift": swift,
    "scala": scala,
    "lua": _lua,
    "bash": _bash,
}
