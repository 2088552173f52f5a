"""An error of another kind than the caller expects."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from journeyman.tasks.breaking.family import NodeBreakage, example, replace
from journeyman.tasks.breaking.ground import Function
from journeyman.tasks.breaking.site import Edit
from journeyman.tasks.breaking.source import Source


class WrongException(NodeBreakage[cst.ExceptHandler | cst.Raise]):
    """The exception that is caught or raised is replaced by a related one."""

    name = "wrong_exception"
    severity = "raises"
    description = "The exception that is caught or raised is replaced by a related one."
    probability = 0.8
    kinds = (cst.ExceptHandler, cst.Raise)
    shown = (
        example(
            """
            def find(table, key):
                try:
                    return table[key]
                except KeyError:
                    return None
            """,
            """
            def find(table, key):
                try:
                    return table[key]
                except IndexError:
                    return None
            """,
        ),
        example(
            """
            def check(age):
                if age < 0:
                    raise ValueError("negative")
            """,
            """
            def check(age):
                if age < 0:
                    raise TypeError("negative")
            """,
        ),
    )

    def edits(
        self, source: Source, function: Function, node: cst.ExceptHandler | cst.Raise
    ) -> Iterator[Edit]:
        """Yield a related exception, and each exception of a tuple alone."""
        named: cst.CSTNode | None = node.type if isinstance(node, cst.ExceptHandler) else node.exc
        if isinstance(named, cst.Call):
            named = named.func
        if isinstance(named, cst.Tuple) and len(named.elements) > 1:
            for element in named.elements:
                yield replace(source, named, source.code(element.value))
        elif isinstance(named, cst.Name) and named.value in _RELATED:
            yield replace(source, named, _RELATED[named.value])


_RELATED = {
    "ArithmeticError": "LookupError",
    "AssertionError": "ValueError",
    "AttributeError": "KeyError",
    "EOFError": "OSError",
    "Exception": "OSError",
    "FileExistsError": "FileNotFoundError",
    "FileNotFoundError": "FileExistsError",
    "ImportError": "AttributeError",
    "IndexError": "KeyError",
    "KeyError": "IndexError",
    "LookupError": "ValueError",
    "ModuleNotFoundError": "AttributeError",
    "NameError": "AttributeError",
    "NotImplementedError": "TypeError",
    "OSError": "ValueError",
    "OverflowError": "ZeroDivisionError",
    "RuntimeError": "ValueError",
    "StopIteration": "IndexError",
    "TypeError": "ValueError",
    "UnicodeDecodeError": "UnicodeEncodeError",
    "UnicodeEncodeError": "UnicodeDecodeError",
    "UnicodeError": "TypeError",
    "ValueError": "TypeError",
    "ZeroDivisionError": "OverflowError",
}
