"""Features of what failing tests say, crossed with the kind of move that would answer it."""

from __future__ import annotations

from collections.abc import Iterator

from journeyman.agent.policy.apprentice.case import Case
from journeyman.agent.policy.apprentice.clues import CONTRASTS, ERRORS
from journeyman.agent.policy.apprentice.kinds import GROUP_OF, GROUPS
from journeyman.agent.policy.apprentice.move import Move

_NONE = ("return", "guard", "assignment")

MEANINGS = {
    **{
        f"{error} error: {group}": f"share of failures by {error}, for a move of group {group}"
        for error in ERRORS
        for group in GROUPS
    },
    **{
        f"differs by {contrast}: {group}": f"expected and found differ by {contrast}; {group}"
        for contrast in CONTRASTS
        for group in GROUPS
    },
    "replaces missing name": "the name a NameError complains of is what the move replaces",
    "binds missing name": "the move gives a value to the name a NameError complains of",
    "missing name elsewhere": "a NameError complains of a name this move has nothing to do with",
    "replaces missing attribute": "the attribute that is missing is what the move replaces",
    "missing attribute elsewhere": "an attribute is missing and this move does not replace it",
    "replaces quoted name": "a message quotes the name that the move replaces",
    "puts quoted name": "a message quotes the name that the move puts in",
    "argument error": "a message is about arguments and so is the move",
    "none: return": "a message is about None and the move returns, guards or assigns",
}


class Message:
    """Reads the clues of a case for its moves."""

    def __init__(self, case: Case) -> None:
        self._clues = case.clues
        self._by_group = {group: list(self._crossed(group)) for group in GROUPS}

    def of(self, move: Move) -> Iterator[tuple[str, float]]:
        """Yield the features that are not zero."""
        clues, group = self._clues, GROUP_OF[move.kind]
        yield from self._by_group[group]
        if clues.missing_names:
            replaces = move.before in clues.missing_names
            binds = group == "assignment" and move.after in clues.missing_names
            yield "replaces missing name", float(replaces)
            yield (
                "binds missing name",
                float(binds or (move.kind == "target" and (move.after in clues.missing_names))),
            )
            yield "missing name elsewhere", float(not replaces and not binds)
        if clues.missing_attributes:
            replaces = move.before in clues.missing_attributes
            yield "replaces missing attribute", float(replaces)
            yield "missing attribute elsewhere", float(not replaces)
        if clues.names:
            yield "replaces quoted name", float(move.before in clues.names)
            yield "puts quoted name", float(move.after in clues.names)

    def _crossed(self, group: str) -> Iterator[tuple[str, float]]:
        for error, share in self._clues.errors.items():
            yield f"{error} error: {group}", share
        for contrast, share in self._clues.contrasts.items():
            yield f"differs by {contrast}: {group}", share
        if group == "argument" and self._clues.about_arguments:
            yield "argument error", 1.0
        if group in _NONE and self._clues.about_none:
            yield "none: return", 1.0
