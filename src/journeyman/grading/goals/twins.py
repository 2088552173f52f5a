"""The same code in other bytes: what a test that looks at behaviour cannot tell from the original.

Local variables have other names and every function binds one name more, so that neither line
numbers nor byte code are what they were; and the file holds all of it compressed, so that whoever
reads it finds nothing. Docstrings and everything that callers can see stay.
"""

from __future__ import annotations

import ast
import base64
import warnings
import zlib

_PEEKING = frozenset({"locals", "vars", "eval", "exec", "dir", "globals"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_Definition = ast.FunctionDef | ast.AsyncFunctionDef


def twin(text: str) -> str | None:
    """Return a file that does the same as `text` and looks different; `None` if unparsable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, _Definition):
                _disguise(node)
        return _closed(ast.unparse(ast.fix_missing_locations(tree)) + "\n")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _closed(text: str) -> str:
    """Return a file that runs `text` without showing it."""
    packed = base64.b85encode(zlib.compress(text.encode())).decode()
    return (
        "import base64 as _b, zlib as _z\n"
        f"_text = _z.decompress(_b.b85decode({packed!r})).decode()\n"
        "del _b, _z\n"
        "exec(compile(globals().pop('_text'), __file__, 'exec', dont_inherit=True), globals())\n"
    )


def _disguise(function: _Definition) -> None:
    for name in sorted(_locals(function)):
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id == name:
                node.id = f"{name}_as_well"
    start = 1 if ast.get_docstring(function, clean=False) is not None else 0
    extra = ast.Assign(targets=[ast.Name("_as_well", ast.Store())], value=ast.Constant(None))
    function.body.insert(start, extra)


def _locals(function: _Definition) -> set[str]:
    """Return the names that nothing but plain uses in this very function can know of."""
    inner = [node for statement in function.body for node in ast.walk(statement)]
    if any(isinstance(node, (*_SCOPES, ast.Global, ast.Nonlocal)) for node in inner):
        return set()
    if any(isinstance(node, ast.Name) and node.id in _PEEKING for node in inner):
        return set()
    stored = {n.id for n in inner if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    bound = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    for node in inner:
        match node:
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                bound.add(name)
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                bound.add(name)
            case ast.alias(name=name, asname=other):
                bound.add(other or name.split(".")[0])
    return {name for name in stored - bound if not name.startswith("__")}
