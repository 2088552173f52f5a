"""Ways to break Python code on purpose, so that there is something to repair.

`candidates(Source(path, text))` yields every place worth breaking, `choose` draws a balanced sample
of them, `combine` makes several breaks at once. What is tried and proven is a `Break`: one `Site`
or several. A family is one file in `families/`; `docs/breakages.md` shows them all.
"""

from journeyman.tasks.breaking.candidates import candidates, unchecked, worthy
from journeyman.tasks.breaking.combined import combine
from journeyman.tasks.breaking.family import Breakage, Example, NodeBreakage
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.mingle import mingled, whole_blocks
from journeyman.tasks.breaking.mix import choose
from journeyman.tasks.breaking.registry import BUILT_IN, by_name, families, probabilities
from journeyman.tasks.breaking.site import COMBINED, Break, Edit, Site
from journeyman.tasks.breaking.source import Source, UnparsableError

__all__ = [
    "BUILT_IN",
    "COMBINED",
    "Break",
    "Breakage",
    "Edit",
    "Example",
    "Function",
    "NodeBreakage",
    "Site",
    "Source",
    "UnparsableError",
    "by_name",
    "candidates",
    "choose",
    "combine",
    "families",
    "mingled",
    "probabilities",
    "unchecked",
    "whole_blocks",
    "worthy",
]
