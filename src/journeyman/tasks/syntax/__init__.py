"""Breaks of any language that has a tree-sitter grammar: the same families, told by tables.

`source` parses, `family` and the files beside it break, `worthy` drops what does not parse or is
the same; a `Grammar` says what the nodes of one language are called.
"""

from journeyman.tasks.syntax.families import families_of
from journeyman.tasks.syntax.grammar import Grammar
from journeyman.tasks.syntax.outline import functions, near_duplicates
from journeyman.tasks.syntax.source import SyntaxSource
from journeyman.tasks.syntax.worthy import worthy

__all__ = ["Grammar", "SyntaxSource", "families_of", "functions", "near_duplicates", "worthy"]
