"""Wrong names: variables, attributes, what is called, and what an exception handler catches."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from journeyman.agent.policy.apprentice.grammar.site import Site
from journeyman.agent.policy.apprentice.likeness import most_alike, related
from journeyman.agent.policy.apprentice.move import Change
from journeyman.agent.policy.apprentice.source import BUILTINS
from journeyman.agent.policy.apprentice.words import base_text

_METHODS = tuple(
    sorted({one for kind in (str, list, dict, set, bytes) for one in dir(kind) if one[0] != "_"})
)
_EXCEPTIONS = ("ValueError", "TypeError", "KeyError", "IndexError", "AttributeError", "Exception")


def name_changes(site: Site, node: ast.AST, parent: ast.AST) -> Iterator[Change]:
    """Yield other names for a name or an attribute."""
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load):
            yield from _variables(site, node, parent)
        else:
            yield from _targets(site, node)
    elif isinstance(node, ast.Attribute):
        yield from _attributes(site, node)


def known(site: Site, name: str) -> bool:
    """Whether `name` means something at the site: bound here, in the module, or built in."""
    return name in site.scope.bound or name in site.source.words.modules or name in BUILTINS


def _variables(site: Site, node: ast.Name, parent: ast.AST) -> Iterator[Change]:
    span, name, words = site.source.span(node), node.id, site.source.words
    called = isinstance(parent, ast.Call) and parent.func is node
    if isinstance(site.statement, ast.ExceptHandler | ast.Raise):
        for other in dict.fromkeys([*words.exceptions, *_EXCEPTIONS]):
            if other != name:
                yield Change(*span, other, "exception", name, other)
    if not known(site, name):
        everything = [*site.scope.bound, *words.modules, *BUILTINS]
        for other in most_alike(name, everything, 12):
            yield Change(*span, other, "name-unknown", name, other)
    if name in ("self", "cls") and isinstance(parent, ast.Attribute):
        return
    if name not in BUILTINS and not (called and name in words.modules):
        for other in site.names:
            if other != name:
                yield Change(*span, other, "name-local", name, other)
        yield from _attribute_of(site, node)
    if name not in site.scope.bound:
        pool = [one for one, what in words.modules.items() if what == words.modules.get(name)]
        for other in dict.fromkeys([*related(name), *most_alike(name, pool, 4)]):
            yield Change(*span, other, "name-module", name, other)
    elif name not in ("self", "cls"):
        for other in most_alike(name, words.modules, 2, least=0.3):
            yield Change(*span, other, "name-module", name, other)


def _attribute_of(site: Site, node: ast.Name) -> Iterator[Change]:
    """Yield attributes of a name where the name itself stands, and the name as one of self's."""
    if isinstance(node.ctx, ast.Store):
        return
    words, span = site.source.words, site.source.span(node)
    for attribute, _ in words.attributes_of.get(node.id, Counter()).most_common(2):
        new = f"{node.id}.{attribute}"
        yield Change(*span, new, "attribute-add", node.id, attribute)
    own = words.attributes_of.get("self", Counter())
    if "self" in site.scope.bound and node.id != "self":
        for other in (node.id, f"_{node.id}"):
            if other in own:
                yield Change(*span, f"self.{other}", "attribute-add", node.id, other)


def _targets(site: Site, node: ast.Name) -> Iterator[Change]:
    span = site.source.span(node)
    others = [one for one in site.names if one not in (node.id, "self", "cls")][:6]
    unknown = [
        one
        for one in site.scope.loads
        if one not in others and one != node.id and not known(site, one)
    ]
    for other in [*unknown, *others]:
        yield Change(*span, other, "target", node.id, other)


def _attributes(site: Site, node: ast.Attribute) -> Iterator[Change]:
    source, name, words = site.source, node.attr, site.source.words
    end = source.span(node)[1]
    start = end - len(name)
    if source.text[start:end] != name:
        return
    base = base_text(node.value)
    beside = [one for one, _ in words.attributes_of[base].most_common(9) if one != name][:8]
    own = words.attributes_of[base]
    if base in ("self", "cls"):
        beside = list(dict.fromkeys([*most_alike(name, own, 5), *beside]))[:10]
    for other in beside:
        yield Change(start, end, other, "attribute-beside", name, other)
    alike = most_alike(name, words.attributes, 5)
    if name not in _METHODS and words.attributes[name] == 1:
        alike += most_alike(name, _METHODS, 4)
    for other in dict.fromkeys([*related(name), *alike]):
        if other not in beside:
            yield Change(start, end, other, "attribute-alike", name, other)
    if isinstance(node.ctx, ast.Load):
        whole = source.span(node)
        yield Change(*whole, source.of(node.value), "attribute-drop", name)
        if name in site.scope.bound:
            yield Change(*whole, name, "attribute-drop", name, name)
