"""Imports of JavaScript and TypeScript, of both kinds of modules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from journeyman.understanding.parsing.import_text import QUOTED, SLASHES, Named, aliased

_STAR_AS = re.compile(r"\*\s*(?:as\s+([\w$]+))?")
_BRACES = re.compile(r"\{([^}]*)\}")
_DECLARED = re.compile(r"^\s*(\{.*?\}|[\w$]+)\s*(?::[^=]*)?=", re.S)
_MEMBER = re.compile(r"""["'`]\s*\)\s*\)?\s*\.\s*([\w$]+)""")


def ecmascript(statement: str) -> Iterator[Named]:
    """Yield what ``import``, ``export … from``, ``require`` and ``import()`` name."""
    text = SLASHES.sub(lambda found: "" if found[0][1] == "*" else found[0], statement)
    quoted = QUOTED.findall(text)
    if not quoted:
        return
    declared = _DECLARED.match(text)
    if re.match(r"import\b(?!\s*\()|export\b", text):
        yield from _clause(text, quoted[-1])
    elif declared:
        yield from _required(declared.group(1), quoted[0], text)
    else:
        yield quoted[0], "", ""


def _clause(text: str, module: str) -> Iterator[Named]:
    """Yield what stands between ``import`` or ``export`` and the module's name."""
    clause = re.sub(r"^(?:import|export)\s+(?:type\s+|typeof\s+)?(?=[\w$*{])", "", text)
    if clause == text and not clause.startswith(("import{", "import*", "export{", "export*")):
        yield module, "", ""
        return
    clause = re.sub(r"^(?:import|export)(?=[{*])", "", clause)
    braces = _BRACES.search(clause)
    if braces:
        for name, alias in aliased(braces.group(1)):
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
        for name, alias in aliased(target.strip("{}"), ":"):
            name = name.partition("=")[0].strip()
            if name.startswith("..."):
                yield module, "*", name[3:]
            else:
                yield module, name, alias or name
        return
    member = _MEMBER.search(text)
    yield module, member.group(1) if member else "", target
