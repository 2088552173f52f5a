"""The families, in the order of those for Python."""

from __future__ import annotations

from functools import cache

from journeyman.tasks.syntax.family import SyntaxFamily
from journeyman.tasks.syntax.flow import (
    EarlyExit,
    MissingGuard,
    MissingReturn,
    MissingStatement,
    WrongBranch,
)
from journeyman.tasks.syntax.grammar import Grammar
from journeyman.tasks.syntax.names import (
    ArgumentOrder,
    MissingArgument,
    SiblingCall,
    UnknownAttribute,
    UnknownName,
    WrongAttribute,
    WrongVariable,
)
from journeyman.tasks.syntax.operators import Arithmetic, Boolean, Boundary, Comparison
from journeyman.tasks.syntax.values import (
    IndexOutOfRange,
    MissingAwait,
    MissingConversion,
    MissingCopy,
    UncheckedLookup,
    WrongConstant,
    WrongException,
)

ALL: tuple[type[SyntaxFamily], ...] = (
    UnknownName,
    UnknownAttribute,
    IndexOutOfRange,
    MissingReturn,
    MissingGuard,
    MissingArgument,
    MissingConversion,
    MissingAwait,
    UncheckedLookup,
    WrongException,
    Comparison,
    Boundary,
    Boolean,
    Arithmetic,
    WrongConstant,
    WrongVariable,
    WrongAttribute,
    SiblingCall,
    ArgumentOrder,
    WrongBranch,
    EarlyExit,
    MissingStatement,
    MissingCopy,
)


@cache
def families_of(grammar: Grammar) -> tuple[SyntaxFamily, ...]:
    """Return the families that have examples in the grammar's language."""
    return tuple(one for kind in ALL if (one := kind(grammar)).examples())
