"""Give a live function another body, so that a try costs a fork and not an import.

Only what lies wholly inside one function can be exchanged this way: the function's own text is
compiled by itself, with the classes around it put back as headers, and the new code object takes
the place of the old one in every function made from it. What import itself computed with the old
body (constants, registries, caches) stays as it was; that is why a try made so may only reject.
"""

from __future__ import annotations
import __future__

import ast
import gc
import os
import types
from typing import Any

_FUTURES = 0
for _name in __future__.all_feature_names:
    _FUTURES |= getattr(__future__, _name).compiler_flag


class Bodies:
    """The functions of a tree that are alive in this process, by file and name.

    Looks through everything the garbage collector knows, so it must be made before a `gc.freeze`.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._functions: dict[tuple[str, str], list[types.FunctionType]] = {}
        inside = root + os.sep
        for one in gc.get_objects():
            if type(one) is types.FunctionType and one.__code__.co_filename.startswith(inside):
                place = (one.__code__.co_filename, one.__code__.co_name)
                self._functions.setdefault(place, []).append(one)

    def swap(self, path: str, function: str, first: int, source: str) -> bool:
        """Exchange the body of `function`; return whether that can be done here.

        Args:
            path: The file, relative to the tree.
            function: The function's name behind those of the classes around it (``A.B.f``).
            first: The line of its ``def``.
            source: Its new text from the beginning of that line, as indented as in the file.
        """
        *classes, name = function.split(".")
        living = self._living(os.path.join(self._root, path), name, first)
        if not living:
            return False
        flags = living[0].__code__.co_flags & _FUTURES
        code = _compiled(living[0].__code__.co_filename, classes, name, first, source, flags)
        if code is None:
            return False
        try:
            for one in living:
                one.__code__ = code
        except ValueError:
            return False  # it closes over other names than before
        return True

    def _living(self, file: str, name: str, first: int) -> list[types.FunctionType]:
        """Return the functions whose ``def`` is on line `first`: the nearest that begin above."""
        found = [
            one
            for one in self._functions.get((file, name), ())
            if one.__code__.co_firstlineno <= first <= _last_line(one.__code__)
        ]
        nearest = max((one.__code__.co_firstlineno for one in found), default=0)
        return [one for one in found if one.__code__.co_firstlineno == nearest]


def _compiled(
    file: str, classes: list[str], name: str, first: int, source: str, flags: int
) -> Any | None:
    """Return the code object of the function in `source`, or `None` if it does not compile."""
    indent = source[: len(source) - len(source.lstrip(" \t"))]
    headers = [f"class {one}:" for one in classes] or (["if 1:"] if indent else [])
    if len(headers) > max(len(indent), first - 1):
        return None
    framed = "\n" * (first - 1 - len(headers))
    framed += "".join(f"{indent[:depth]}{header}\n" for depth, header in enumerate(headers))
    try:
        tree = compile(framed + source, file, "exec", flags | ast.PyCF_ONLY_AST, True)
        if not _only(tree, [*classes, name] if classes or not indent else ["", name]):
            return None
        code = compile(tree, file, "exec", flags, True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for wanted in [*classes, name]:
        (code,) = (part for part in code.co_consts if getattr(part, "co_name", "") == wanted)
    return code


def _only(tree: Any, names: list[str]) -> bool:
    """Whether `tree` is the headers and the one function in them, and nothing has slipped out."""
    for depth, name in enumerate(names):
        if len(tree.body) != 1:
            return False
        tree = tree.body[0]
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef) if depth == len(names) - 1 else _HEADERS
        if not isinstance(tree, kinds) or getattr(tree, "name", "") != name:
            return False
    return True


_HEADERS = (ast.ClassDef, ast.If)


def _last_line(code: types.CodeType) -> int:
    last = max((line for _, _, line in code.co_lines() if line), default=code.co_firstlineno)
    inner = (part for part in code.co_consts if isinstance(part, types.CodeType))
    return max([last, *(_last_line(part) for part in inner)])
