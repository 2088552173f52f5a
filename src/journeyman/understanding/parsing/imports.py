"""Import statements, read by their text: each language says it in its own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from journeyman.understanding.parsing.parsed import Import

_HASH = re.compile(r"#[^\n]*")
_SLASHES = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
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


Named = tuple[str, str, str]
"""A module, what of it, and what it is called here."""

_PLAIN = re.compile(r"^import\s+(.+)$", re.S)
_FROM = re.compile(r"^from\s+(\S+)\s+import\s+(.+)$", re.S)


def _python(statement: str) -> Iterator[Named]:
    text = _HASH.sub("", statement).replace("\\\n", " ")
    whole = _PLAIN.match(text)
    if whole:
        for module, alias in _aliased(whole.group(1)):
            yield module, "", alias or module
    some = _FROM.match(text)
    if some:
        for name, alias in _aliased(some.group(2).strip().strip("()")):
            yield some.group(1), name, alias or name


def _aliased(listed: str, word: str = " as ") -> Iterator[tuple[str, str]]:
    """Yield each name of a list with its alias, empty where it has none."""
    for part in listed.split(","):
        name, _, alias = " ".join(part.split()).partition(word)
        if name.strip():
            yield name.strip(), alias.strip()


_QUOTED = re.compile(r"""["'`]([^"'`\n]*)["'`]""")
_STAR_AS = re.compile(r"\*\s*(?:as\s+([\w$]+))?")
_BRACES = re.compile(r"\{([^}]*)\}")
_DECLARED = re.compile(r"^\s*(\{.*?\}|[\w$]+)\s*(?::[^=]*)?=", re.S)
_MEMBER = re.compile(r"""["'`]\s*\)\s*\)?\s*\.\s*([\w$]+)""")


def _ecmascript(statement: str) -> Iterator[Named]:
    text = _SLASHES.sub(lambda found: "" if found[0][1] == "*" else found[0], statement)
    quoted = _QUOTED.findall(text)
    if not quoted:
        return
    declared = _DECLARED.match(text)
    if re.match(r"import\b(?!\s*\()|export\b", text):
        yield from _ecmascript_clause(text, quoted[-1])
    elif declared:
        yield from _required(declared.group(1), quoted[0], text)
    else:
        yield quoted[0], "", ""


def _ecmascript_clause(text: str, module: str) -> Iterator[Named]:
    """Yield what stands between ``import`` or ``export`` and the module's name."""
    clause = re.sub(r"^(?:import|export)\s+(?:type\s+|typeof\s+)?(?=[\w$*{])", "", text)
    if clause == text and not clause.startswith(("import{", "import*", "export{", "export*")):
        yield module, "", ""
        return
    clause = re.sub(r"^(?:import|export)(?=[{*])", "", clause)
    braces = _BRACES.search(clause)
    if braces:
        for name, alias in _aliased(braces.group(1)):
            name = name.removeprefix("type ").strip()
            yield module, name, alias or name
    star = _STAR_AS.search(clause.partition("{")[0])
    if star:
        yield (module, "", star.group(1)) if star.group(1) else (module, "*", "")
    default = re.match(r"([\w$]+)\s*(,|from\b|=)", clause)
    if default:
        name = "" if default.group(2) == "=" else "default"
        yield module, name, default.group(1)


def _required(target: str, module: str, text: str) -> Iterator[Named]:
    """Yield what ``const TARGET = require(MODULE)`` names."""
    if target.startswith("{"):
        for name, alias in _aliased(target.strip("{}"), ":"):
            name = name.partition("=")[0].strip()
            if name.startswith("..."):
                yield module, "*", name[3:]
            else:
                yield module, name, alias or name
        return
    member = _MEMBER.search(text)
    yield module, member.group(1) if member else "", target


_JAVA = re.compile(r"import\s+(static\s+)?([\w.$]+?)(\.\*)?\s*;?\s*$")


def _java(statement: str) -> Iterator[Named]:
    found = _JAVA.match(" ".join(_SLASHES.sub("", statement).split()))
    if found is None:
        return
    path = found.group(2)
    if found.group(3):
        yield path, "*", ""
    elif found.group(1):
        owner, _, name = path.rpartition(".")
        yield owner, name, name
    else:
        yield path, "", path.rpartition(".")[2]


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


_READERS: Mapping[str, Callable[[str], Iterator[Named]]] = {
    "python": _python,
    **dict.fromkeys(("javascript", "typescript", "tsx"), _ecmascript),
    "java": _java,
    "go": _go,
}
