"""The families there are: the built-in ones, and others' through entry points."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from journeyman.errors import SettingsError
from journeyman.tasks.breaking.families.argument_order import ArgumentOrder
from journeyman.tasks.breaking.families.arithmetic import Arithmetic
from journeyman.tasks.breaking.families.boolean import Boolean
from journeyman.tasks.breaking.families.boundary import Boundary
from journeyman.tasks.breaking.families.comparison import Comparison
from journeyman.tasks.breaking.families.early_exit import EarlyExit
from journeyman.tasks.breaking.families.index_out_of_range import IndexOutOfRange
from journeyman.tasks.breaking.families.missing_argument import MissingArgument
from journeyman.tasks.breaking.families.missing_conversion import MissingConversion
from journeyman.tasks.breaking.families.missing_copy import MissingCopy
from journeyman.tasks.breaking.families.missing_guard import MissingGuard
from journeyman.tasks.breaking.families.missing_return import MissingReturn
from journeyman.tasks.breaking.families.missing_statement import MissingStatement
from journeyman.tasks.breaking.families.sibling_call import SiblingCall
from journeyman.tasks.breaking.families.unchecked_lookup import UncheckedLookup
from journeyman.tasks.breaking.families.unknown_attribute import UnknownAttribute
from journeyman.tasks.breaking.families.unknown_name import UnknownName
from journeyman.tasks.breaking.families.wrong_attribute import WrongAttribute
from journeyman.tasks.breaking.families.wrong_branch import WrongBranch
from journeyman.tasks.breaking.families.wrong_constant import WrongConstant
from journeyman.tasks.breaking.families.wrong_exception import WrongException
from journeyman.tasks.breaking.families.wrong_variable import WrongVariable
from journeyman.tasks.breaking.family import Breakage
from journeyman.tasks.breaking.site import COMBINED

ENTRY_POINTS = "journeyman.breakages"

COMBINED_WEIGHTS = dict(zip(COMBINED, (2.0, 1.5, 1.5), strict=True))
"""How often breaks with several parts come in the mix, in proportion to the families."""

BUILT_IN: tuple[Breakage, ...] = (
    UnknownName(),
    UnknownAttribute(),
    IndexOutOfRange(),
    MissingReturn(),
    MissingGuard(),
    MissingArgument(),
    MissingConversion(),
    UncheckedLookup(),
    WrongException(),
    Comparison(),
    Boundary(),
    Boolean(),
    Arithmetic(),
    WrongConstant(),
    WrongVariable(),
    WrongAttribute(),
    SiblingCall(),
    ArgumentOrder(),
    WrongBranch(),
    EarlyExit(),
    MissingStatement(),
    MissingCopy(),
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


def probabilities() -> dict[str, float]:
    """Return each family's share of the mix where all have sites; they add up to 1."""
    weights = weights_by_default()
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def weights_by_default() -> dict[str, float]:
    """Return how often each family comes in the mix, in proportion to the others."""
    weights = {family.name: float(getattr(family, "probability", 1.0)) for family in families()}
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
