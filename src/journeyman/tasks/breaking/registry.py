"""The families there are: the built-in ones, and others' through entry points."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points

from journeyman.errors import SettingsError
from journeyman.tasks.breaking.families.argument_order import ArgumentOrder
from journeyman.tasks.breaking.families.arithmetic import Arithmetic
from journeyman.tasks.breaking.families.bad_indentation import BadIndentation
from journeyman.tasks.breaking.families.boolean import Boolean
from journeyman.tasks.breaking.families.boundary import Boundary
from journeyman.tasks.breaking.families.broad_handler import BroadHandler
from journeyman.tasks.breaking.families.comparison import Comparison
from journeyman.tasks.breaking.families.dropped_operand import DroppedOperand
from journeyman.tasks.breaking.families.early_exit import EarlyExit
from journeyman.tasks.breaking.families.format_slip import FormatSlip
from journeyman.tasks.breaking.families.identity import Identity
from journeyman.tasks.breaking.families.index_out_of_range import IndexOutOfRange
from journeyman.tasks.breaking.families.kept_none import KeptNone
from journeyman.tasks.breaking.families.lost_result import LostResult
from journeyman.tasks.breaking.families.lost_update import LostUpdate
from journeyman.tasks.breaking.families.missing_argument import MissingArgument
from journeyman.tasks.breaking.families.missing_base import MissingBase
from journeyman.tasks.breaking.families.missing_context import MissingContext
from journeyman.tasks.breaking.families.missing_conversion import MissingConversion
from journeyman.tasks.breaking.families.missing_copy import MissingCopy
from journeyman.tasks.breaking.families.missing_decorator import MissingDecorator
from journeyman.tasks.breaking.families.missing_default import MissingDefault
from journeyman.tasks.breaking.families.missing_else import MissingElse
from journeyman.tasks.breaking.families.missing_filter import MissingFilter
from journeyman.tasks.breaking.families.missing_global import MissingGlobal
from journeyman.tasks.breaking.families.missing_guard import MissingGuard
from journeyman.tasks.breaking.families.missing_import import MissingImport
from journeyman.tasks.breaking.families.missing_return import MissingReturn
from journeyman.tasks.breaking.families.missing_self import MissingSelf
from journeyman.tasks.breaking.families.missing_statement import MissingStatement
from journeyman.tasks.breaking.families.missing_super import MissingSuper
from journeyman.tasks.breaking.families.missing_unpacking import MissingUnpacking
from journeyman.tasks.breaking.families.mutable_default import MutableDefault
from journeyman.tasks.breaking.families.parameter_order import ParameterOrder
from journeyman.tasks.breaking.families.precedence import Precedence
from journeyman.tasks.breaking.families.regex_slip import RegexSlip
from journeyman.tasks.breaking.families.repeated_statement import RepeatedStatement
from journeyman.tasks.breaking.families.reset_in_loop import ResetInLoop
from journeyman.tasks.breaking.families.shared_constant import SharedConstant
from journeyman.tasks.breaking.families.sibling_call import SiblingCall
from journeyman.tasks.breaking.families.statement_order import StatementOrder
from journeyman.tasks.breaking.families.swallowed_exception import SwallowedException
from journeyman.tasks.breaking.families.swapped_targets import SwappedTargets
from journeyman.tasks.breaking.families.syntax_slip import SyntaxSlip
from journeyman.tasks.breaking.families.text_slip import TextSlip
from journeyman.tasks.breaking.families.truthiness import Truthiness
from journeyman.tasks.breaking.families.unchecked_lookup import UncheckedLookup
from journeyman.tasks.breaking.families.unhandled_exception import UnhandledException
from journeyman.tasks.breaking.families.unknown_attribute import UnknownAttribute
from journeyman.tasks.breaking.families.unknown_name import UnknownName
from journeyman.tasks.breaking.families.unknown_name_outside import UnknownNameOutside
from journeyman.tasks.breaking.families.wrong_attribute import WrongAttribute
from journeyman.tasks.breaking.families.wrong_branch import WrongBranch
from journeyman.tasks.breaking.families.wrong_constant import WrongConstant
from journeyman.tasks.breaking.families.wrong_default import WrongDefault
from journeyman.tasks.breaking.families.wrong_exception import WrongException
from journeyman.tasks.breaking.families.wrong_import import WrongImport
from journeyman.tasks.breaking.families.wrong_indentation import WrongIndentation
from journeyman.tasks.breaking.families.wrong_key import WrongKey
from journeyman.tasks.breaking.families.wrong_keyword import WrongKeyword
from journeyman.tasks.breaking.families.wrong_recursion import WrongRecursion
from journeyman.tasks.breaking.families.wrong_slice import WrongSlice
from journeyman.tasks.breaking.families.wrong_variable import WrongVariable
from journeyman.tasks.breaking.families.yield_or_return import YieldOrReturn
from journeyman.tasks.breaking.family import Breakage
from journeyman.tasks.breaking.site import COMBINED

ENTRY_POINTS = "journeyman.breakages"

COMBINED_WEIGHTS = dict(zip(COMBINED, (2.0, 1.5, 1.5), strict=True))
"""How often breaks with several parts come in the mix, in proportion to the families."""

BUILT_IN: tuple[Breakage, ...] = (
    BadIndentation(),
    SyntaxSlip(),
    UnknownNameOutside(),
    WrongImport(),
    IndexOutOfRange(),
    KeptNone(),
    MissingArgument(),
    MissingBase(),
    MissingConversion(),
    MissingDecorator(),
    MissingDefault(),
    MissingGlobal(),
    MissingGuard(),
    MissingImport(),
    MissingReturn(),
    MissingSelf(),
    MissingSuper(),
    MissingUnpacking(),
    UncheckedLookup(),
    UnhandledException(),
    UnknownAttribute(),
    UnknownName(),
    WrongException(),
    WrongKey(),
    WrongKeyword(),
    WrongRecursion(),
    ArgumentOrder(),
    Arithmetic(),
    Boolean(),
    Boundary(),
    BroadHandler(),
    Comparison(),
    DroppedOperand(),
    EarlyExit(),
    FormatSlip(),
    Identity(),
    LostResult(),
    LostUpdate(),
    MissingContext(),
    MissingCopy(),
    MissingElse(),
    MissingFilter(),
    MissingStatement(),
    MutableDefault(),
    ParameterOrder(),
    Precedence(),
    RegexSlip(),
    RepeatedStatement(),
    ResetInLoop(),
    SharedConstant(),
    SiblingCall(),
    StatementOrder(),
    SwallowedException(),
    SwappedTargets(),
    TextSlip(),
    Truthiness(),
    WrongAttribute(),
    WrongBranch(),
    WrongConstant(),
    WrongDefault(),
    WrongIndentation(),
    WrongSlice(),
    WrongVariable(),
    YieldOrReturn(),
)


@cache
def families() -> tuple[Breakage, ...]:
    """Return the built-in families, then the installed third-party ones by name.

    Raises `SettingsError` where two families share a name or a plug-in is not a family.
    """
    found = list(BUILT_IN)
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        loaded = point.load()
        family = loaded() if isinstance(loaded, type) or not hasattr(loaded, "sites") else loaded
        if not all(hasattr(family, part) for part in _PARTS):
            raise SettingsError(
                f"The entry point {point.name!r} of {ENTRY_POINTS} gives {family!r}, "
                "which is not a family of breaks.",
                f"A family has {', '.join(_PARTS)}; see journeyman.tasks.breaking.Breakage.",
            )
        found.append(family)
    names = [family.name for family in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(
            f"More than one family of breaks is called {', '.join(twice)}.",
            "Uninstall one of the packages, or rename its family.",
        )
    return tuple(found)


def by_name(*names: str) -> tuple[Breakage, ...]:
    """Return the named families in the registry's order; raises `SettingsError` for others."""
    known = {family.name: family for family in families()}
    check_names(names)
    return tuple(family for name, family in known.items() if name in names)


def probabilities(among: Iterable[Breakage] | None = None) -> dict[str, float]:
    """Return the share of each family (default: of all) in a mix where every one has sites.

    Breaks with several parts have shares of their own; all add up to 1.
    """
    weights = weights_by_default(among)
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def weights_by_default(among: Iterable[Breakage] | None = None) -> dict[str, float]:
    """Return how often each family comes in the mix, in proportion to the others."""
    chosen = families() if among is None else among
    weights = {family.name: float(getattr(family, "probability", 1.0)) for family in chosen}
    return weights | COMBINED_WEIGHTS


def check_names(names: tuple[str, ...]) -> None:
    """Raise `SettingsError` if one of `names` is no family's."""
    known = [family.name for family in families()]
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise SettingsError(
            f"There is no family of breaks called {', '.join(unknown)}.",
            f"The families are {', '.join(known)}.",
        )


_PARTS = ("name", "severity", "quiet", "description", "sites", "examples")
