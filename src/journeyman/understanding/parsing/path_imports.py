"""Imports of languages that name what they take by a path: Java, Rust, C#, PHP and others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from journeyman.understanding.parsing.import_text import QUOTED, SLASHES, Named, aliased

_JAVA = re.compile(r"import\s+(static\s+)?([\w.$]+?)(\.\*)?\s*;?\s*$")


def java(statement: str) -> Iterator[Named]:
    """Yield what ``import static a.B.*;`` names."""
    found = _JAVA.match(" ".join(SLASHES.sub("", statement).split()))
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


_RUST = re.compile(
    r"^(?:#\[.*?\]\s*)*(?:pub\s*(?:\([^)]*\))?\s*)?(use|extern\s+crate|mod)\s+(.+?);?$", re.S
)


def rust(statement: str) -> Iterator[Named]:
    """Yield what ``use a::{b, C as D};``, ``mod a;`` names."""
    found = _RUST.match(SLASHES.sub("", statement).strip())
    if found is None:
        return
    word, rest = found.group(1), " ".join(found.group(2).split())
    if word == "use":
        yield from _tree("", rest, "::", 0)
    elif word == "mod":
        yield f"self::{rest}", "", rest
    else:
        module, _, alias = rest.partition(" as ")
        yield module, "", alias or module


def _tree(prefix: str, tree: str, separator: str, deep: int) -> Iterator[Named]:
    """Yield what ``a::{b, c::{self, D as E}, f::*}`` names, below a prefix."""
    path, brace, inner = tree.partition("{")
    if brace and deep < 20:
        below = _path(prefix, path.strip().removesuffix(separator), separator)
        for part in _outer_parts(inner.rpartition("}")[0]):
            yield from _tree(below, part, separator, deep + 1)
        return
    path, alias = _renamed(path)
    owner, _, name = _path(prefix, path, separator).rpartition(separator)
    if name in ("*", "_"):
        yield owner, "*", ""
    elif name == "self":
        yield owner, "", alias or owner.rpartition(separator)[2]
    elif not owner:
        yield name, "", alias or name
    else:
        yield owner, name, alias or name


def _renamed(path: str) -> tuple[str, str]:
    for word in (" as ", "=>"):
        old, found, new = path.partition(word)
        if found:
            return old.strip(), new.strip()
    return path.strip(), ""


def _path(prefix: str, path: str, separator: str) -> str:
    return f"{prefix}{separator}{path}" if prefix and path else prefix or path


def _outer_parts(listed: str) -> Iterator[str]:
    """Yield what stands between the commas that are in no braces."""
    deep, start = 0, 0
    for place, mark in enumerate(listed):
        deep += (mark == "{") - (mark == "}")
        if mark == "," and deep == 0:
            yield listed[start:place].strip()
            start = place + 1
    if listed[start:].strip():
        yield listed[start:].strip()


_CSHARP = re.compile(r"(?:global\s+)?using\s+(static\s+)?(?:(\w+)\s*=\s*)?([^;]+?)\s*;")


def csharp(statement: str) -> Iterator[Named]:
    """Yield what ``using A.B;`` names."""
    found = _CSHARP.match(statement)
    if found is not None:
        alias, module = found.group(2), found.group(3).removeprefix("global::")
        yield module, "" if alias else "*", alias or ""


_PHP = re.compile(r"use\s+(?:(function|const)\s+)?(.+?);?$", re.S)


def php(statement: str) -> Iterator[Named]:
    """Yield what ``use A\\{B, C as D};`` and ``require`` names."""
    used = _PHP.match(statement)
    if used is None:
        quoted = QUOTED.search(statement)
        if quoted is not None:
            here = "__DIR__" in statement or "dirname(" in statement
            yield ("." if here else "") + quoted[1], "*", ""
        return
    prefix, brace, inner = used.group(2).partition("{")
    for path, alias in aliased(inner.strip("} \n") if brace else prefix):
        word, _, rest = path.partition(" ")
        plain = rest if word in ("function", "const") and rest else path
        whole = (prefix.strip() if brace else "") + plain.strip()
        owner, _, name = whole.lstrip("\\").rpartition("\\")
        if used.group(1) or plain != path:
            yield owner, name, alias or name
        else:
            yield whole.lstrip("\\"), "", alias or name


def kotlin(statement: str) -> Iterator[Named]:
    """Yield what ``import a.b.C as D`` names."""
    path, alias = _renamed(" ".join(SLASHES.sub("", statement).split())[6:].strip(" ;"))
    path = path.replace("`", "")
    if path.endswith(".*"):
        yield path[:-2], "*", ""
    else:
        yield path, "", alias or path.rpartition(".")[2]


_SWIFT = re.compile(
    r"^(?:@\w+(?:\([^)]*\))?\s+|public\s+|internal\s+|private\s+|package\s+)*import\s+"
    r"(?:(class|struct|enum|protocol|func|var|let|typealias|actor)\s+)?([\w.]+)"
)


def swift(statement: str) -> Iterator[Named]:
    """Yield what ``import struct A.B`` names."""
    found = _SWIFT.match(statement)
    if found is None:
        return
    if found.group(1):
        owner, _, name = found.group(2).rpartition(".")
        yield owner, name, name
    else:
        yield found.group(2), "*", ""


def scala(statement: str) -> Iterator[Named]:
    """Yield what ``import a.{B, C => D}`` names."""
    text = " ".join(SLASHES.sub("", statement).split()).removeprefix("import")
    for part in _outer_parts(text):
        for module, name, alias in _tree("", part, ".", 0):
            if alias != "_":
                yield module, name, alias
