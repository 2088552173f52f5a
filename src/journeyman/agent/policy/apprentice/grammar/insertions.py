"""What may be missing: early exits, returns, first values, steps of a loop, fields of an object."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from journeyman.agent.policy.apprentice.grammar.site import Site, is_docstring, names_read
from journeyman.agent.policy.apprentice.grammar.stock import copies, guards_elsewhere
from journeyman.agent.policy.apprentice.move import Change
from journeyman.agent.policy.apprentice.source import BUILTINS

_FIRST_VALUES = ("[]", "{}", "0", "None", "''", "False", "set()", "True", "1")
_UNIT = "    "


def insertion_changes(site: Site) -> Iterator[Change]:
    """Yield statements put before the site's, and after it where a block ends."""
    node = site.statement
    if isinstance(node, ast.ExceptHandler) or not site.alone:
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node is site.scope.node:
        return
    if site.source.of(node).startswith("elif") or is_docstring(node):
        return
    before = site.source.starts[site.line - 1]
    for text, kind, name in _before(site):
        yield Change(before, before, _lines(site, text), kind, "", name)
    if site.index == len(site.block) - 1 or _last_of_list(site):
        after = site.source.starts[node.end_lineno or site.line]
        if site.source.text[:after].endswith(("\n", "\r")):
            for text, kind, name in _after(site):
                yield Change(after, after, _lines(site, text), kind, "", name)


def _before(site: Site) -> Iterator[tuple[str, str, str]]:
    yield from _guards(site)
    yield from _assignments(site)
    for text in copies(site, 5):
        yield text, "copy", ""


def _guards(site: Site) -> Iterator[tuple[str, str, str]]:
    """Yield early exits on names that the statement (or, at the top, the function) is about."""
    function = site.scope.node
    top = site.statement in function.body and _position(site) == 0
    used = names_read(site.statement)
    subjects = [name for name in site.names if name in used and name not in ("self", "cls")]
    if top:
        subjects += [one for one in site.scope.parameters if one not in subjects]
    subjects = [one for one in subjects if one not in ("self", "cls")]
    for rank, name in enumerate(subjects[: 3 if top else 2]):
        for condition in (f"{name} is None", f"not {name}") if rank < 2 else (f"{name} is None",):
            for result in _exits(site, name, top and rank == 0):
                yield f"if {condition}:\n{_UNIT}{result}", "guard", name
    for text in guards_elsewhere(site, 5):
        yield text, "guard-copy", ""


def _exits(site: Site, name: str, many: bool) -> list[str]:
    if site.loop is not None:
        return ["continue", "break", f"return {name}"]
    found = ["return None", f"return {name}"]
    if many:
        found += ["return []", "return False", "return True", "return 0", "return ''"]
        found += [f"return {one}" for one in site.scope.parameters[:3] if one not in (name, "self")]
    return found


def _assignments(site: Site) -> Iterator[tuple[str, str, str]]:
    """Yield first values for names read here that nothing has bound before."""
    scope, words = site.scope, site.source.words
    used = names_read(site.statement)
    for name in sorted(used):
        unbound = name not in scope.bound and name not in words.modules and name not in BUILTINS
        late = name in scope.bound and scope.bound[name] >= site.line
        rebound = name in scope.bound and name not in scope.parameters
        if unbound or late or (rebound and isinstance(site.statement, ast.For | ast.While)):
            for value in _FIRST_VALUES if unbound or late else _FIRST_VALUES[:3]:
                yield f"{name} = {value}", "assign-insert", name
            if unbound or late:
                for parameter in scope.parameters[:4]:
                    if parameter != name:
                        yield f"{name} = {parameter}", "assign-insert", name
        if name in scope.parameters and name not in ("self", "cls"):
            for value in ("[]", "{}", "0", "''"):
                yield f"if {name} is None:\n{_UNIT}{name} = {value}", "default-insert", name
    unused = [one for one in scope.parameters if not scope.loads[one] and one != "self"]
    if "self" in scope.parameters:
        for name in unused[:4]:
            for field in (name, f"_{name}"):
                yield f"self.{field} = {name}", "field-insert", name


def _after(site: Site) -> Iterator[tuple[str, str, str]]:
    """Yield what a block may lack at its end."""
    node, scope = site.statement, site.scope
    if not isinstance(node, ast.Return | ast.Raise | ast.Break | ast.Continue):
        names = [one for one in site.names if one not in ("cls",)][:6]
        for name in names:
            yield f"return {name}", "return-insert", name
        for value in ("True", "False", "None"):
            yield f"return {value}", "return-insert", value
        if site.loop is not None:
            yield "break", "leave-insert", "break"
            yield "continue", "leave-insert", "continue"
        yield from _steps(site)
        if "self" in scope.parameters:
            for name in [one for one in scope.parameters if not scope.loads[one]][:4]:
                yield f"self.{name} = {name}", "field-insert", name
        for text in copies(site, 5):
            yield text, "copy", ""


def _steps(site: Site) -> Iterator[tuple[str, str, str]]:
    """Yield what a loop does every time round: count, collect, move on."""
    if site.loop is None:
        return
    local = [one for one in site.names if one in site.scope.bound and one not in ("self", "cls")]
    for name in local[:4]:
        yield f"{name} += 1", "step-insert", name
        yield f"{name} -= 1", "step-insert", name
    items = [
        one.id
        for one in ast.walk(site.loop)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    ]
    for name in local[:4]:
        for item in dict.fromkeys(items[:3]):
            if item != name:
                yield f"{name}.append({item})", "step-insert", name
                yield f"{name} += {item}", "step-insert", name


def _last_of_list(site: Site) -> bool:
    """Whether the statement closes a loop's or branch's work though others follow it."""
    return isinstance(site.statement, ast.For | ast.While) and site.index + 1 < len(site.block)


def _lines(site: Site, text: str) -> str:
    newline = site.source.newline()
    return "".join(f"{site.indent}{line}{newline}" for line in text.split("\n"))


def _position(site: Site) -> int:
    """Return the statement's index in its block, a docstring not counted."""
    first = site.block[0]
    return site.index - (1 if is_docstring(first) else 0)
