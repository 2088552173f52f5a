"""Features of names: where what is put in comes from, and what becomes of what is taken out."""

from __future__ import annotations

from collections.abc import Iterator
from math import log1p

from journeyman.agent.policy.apprentice.case import Case
from journeyman.agent.policy.apprentice.likeness import likeness, related
from journeyman.agent.policy.apprentice.move import Move
from journeyman.agent.policy.apprentice.source import BUILTINS, Scope, Source

MEANINGS = {
    "puts parameter": "the name put in is a parameter",
    "puts unused parameter": "the name put in is a parameter used nowhere else",
    "puts unused variable": "the name put in is bound here and used nowhere else",
    "puts bound before": "the name put in is bound on an earlier line",
    "puts bound later": "the name put in is bound only on this or a later line",
    "puts module name": "the name put in is the module's",
    "puts builtin": "the name put in is built in",
    "puts used": "logarithm of how often the function reads the name put in",
    "puts again": "the name put in already stands in the statement",
    "puts near": "nearness of the closest use of the name put in",
    "takes undefined": "the name taken out means nothing here",
    "takes only use": "the function no longer uses the name taken out",
    "takes parameter": "the name taken out is a parameter",
    "takes again": "the name taken out stands in the statement more than once",
    "names alike": "likeness of the names exchanged",
    "names related": "the names are known to be mistaken for one another",
    "undefined stays": "the statement has an undefined name that the move leaves there",
    "attribute used": "logarithm of how often the file takes the attribute put in",
    "attribute taken once": "the attribute taken out occurs nowhere else in the file",
    "attribute beside": "logarithm of how often the attribute is taken of the same base",
}
_NAMES = ("name", "argument", "assignment", "return", "guard", "constant")


class Naming:
    """Looks names up in the scope of the function that a move is in."""

    def __init__(self, case: Case) -> None:
        self._sources = case.sources
        self._scopes = {
            (path, scope.qualified): scope
            for path, source in case.sources.items()
            for scope in source.scopes
        }
        self._undefined: dict[tuple[str, int], set[str]] = {}

    def of(self, move: Move) -> Iterator[tuple[str, float]]:
        """Yield the features that are not zero."""
        source, scope = self._sources[move.path], self._scopes[move.path, move.function]
        attribute = move.kind.startswith("attribute")
        if move.after and not attribute and move.after.isidentifier():
            yield from _put(source, scope, move)
        if move.before and move.before.isidentifier() and not attribute:
            yield from _taken(source, scope, move)
        if move.before and move.after:
            yield "names alike", likeness(move.before, move.after)
            yield "names related", float(move.after in related(move.before))
        if attribute:
            yield "attribute used", log1p(source.words.attributes[move.after])
            yield "attribute taken once", float(source.words.attributes[move.before] == 1)
        missing = self._undefined_on(move, source, scope)
        if missing and move.before not in missing and move.after not in missing:
            yield "undefined stays", 1.0

    def _undefined_on(self, move: Move, source: Source, scope: Scope) -> set[str]:
        key = (move.path, move.line)
        if key not in self._undefined:
            self._undefined[key] = {
                name
                for name, lines in scope.seen.items()
                if any(move.line <= line <= move.last for line in lines)
                and not _defined(name, source, scope)
            }
        return self._undefined[key]


def _defined(name: str, source: Source, scope: Scope) -> bool:
    return name in scope.bound or name in source.words.modules or name in BUILTINS


def _put(source: Source, scope: Scope, move: Move) -> Iterator[tuple[str, float]]:
    name = move.after
    if name in scope.bound:
        parameter = name in scope.parameters
        uses = scope.loads[name]
        yield "puts parameter", float(parameter)
        yield "puts unused parameter" if parameter else "puts unused variable", float(uses == 0)
        before = parameter or scope.bound[name] < move.line
        yield "puts bound before" if before else "puts bound later", 1.0
        yield "puts used", log1p(uses)
        distance = min(
            (abs(line - move.line) for line in scope.seen[name] if line != move.line), default=30
        )
        yield "puts near", 1.0 / (1 + distance)
        yield "puts again", float(move.line in scope.seen[name])
    elif name in source.words.modules:
        yield "puts module name", 1.0
    elif name in BUILTINS:
        yield "puts builtin", 1.0


def _taken(source: Source, scope: Scope, move: Move) -> Iterator[tuple[str, float]]:
    name = move.before
    yield "takes undefined", float(not _defined(name, source, scope))
    yield "takes parameter", float(name in scope.parameters)
    if name in scope.bound:
        yield "takes only use", float(scope.loads[name] == 1)
    here = sum(move.line <= line <= move.last for line in scope.seen.get(name, ()))
    yield "takes again", float(here > 1)
